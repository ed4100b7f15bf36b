/* Where a recovered service has to be told to go on: position against cursor. */
#include "tests/support/test.h"

#include "common/base/view.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/recover.h"

#include <stdio.h>
#include <string.h>

/* A producer's streams, by the first byte of their ids; 0: none. */
enum { NONE = 0, OLDER = 1, NEWEST = 2, LOST = 3, LATER = 4 };

struct place {
    uint8_t stream;
    uint64_t seq;
};

struct differs_case {
    const char *name;
    bool has_applied;
    struct place applied;
    bool has_cursor;
    struct place cursor;
    const char *state; /* of the producer's stream to the service */
    bool want_differs;
};

static struct differs_case differs_cases[] = {
    {.name = "a store that stands where the producer holds it agrees",
     .has_applied = true,
     .applied = {NEWEST, 7},
     .has_cursor = true,
     .cursor = {NEWEST, 7},
     .state = "open",
     .want_differs = false},
    {.name = "a position beyond the cursor is an ack on its way",
     .has_applied = true,
     .applied = {NEWEST, 9},
     .has_cursor = true,
     .cursor = {NEWEST, 7},
     .state = "open",
     .want_differs = false},
    {.name = "a position behind the cursor has forgotten",
     .has_applied = true,
     .applied = {NEWEST, 6},
     .has_cursor = true,
     .cursor = {NEWEST, 7},
     .state = "stopped",
     .want_differs = true},
    {.name = "a stopped stream whose ends agree needs no start: a recovery half done is run again",
     .has_applied = true,
     .applied = {NEWEST, 7},
     .has_cursor = true,
     .cursor = {NEWEST, 7},
     .state = "stopped",
     .want_differs = false},
    {.name = "an emptied store has forgotten",
     .has_applied = true,
     .applied = {NONE, 0},
     .has_cursor = true,
     .cursor = {NEWEST, 7},
     .state = "open",
     .want_differs = true},
    {.name = "a service that says nothing of the stream has forgotten",
     .has_cursor = true,
     .cursor = {NEWEST, 7},
     .state = "open",
     .want_differs = true},
    {.name = "what was never acknowledged begins at the start anyway",
     .has_applied = true,
     .applied = {NONE, 0},
     .has_cursor = true,
     .cursor = {NEWEST, 0},
     .state = "open",
     .want_differs = false},
    {.name = "a producer that doesn't know the service begins at the start",
     .has_applied = true,
     .applied = {NEWEST, 7},
     .state = "",
     .want_differs = false},
    {.name = "a store that stands in a stream the producer has closed since has forgotten",
     .has_applied = true,
     .applied = {OLDER, 9},
     .has_cursor = true,
     .cursor = {NEWEST, 2},
     .state = "stopped",
     .want_differs = true},
    {.name = "a store in the newest stream is beyond a cursor in an older one",
     .has_applied = true,
     .applied = {NEWEST, 1},
     .has_cursor = true,
     .cursor = {OLDER, 9},
     .state = "open",
     .want_differs = false},
};

static void fill(Netra__V1__StreamState *row, const struct place *place, char *state,
                 uint8_t id[STREAM_ID_SIZE])
{
    netra__v1__stream_state__init(row);
    memset(id, place->stream, STREAM_ID_SIZE);
    row->stream_id = (ProtobufCBinaryData){.len = STREAM_ID_SIZE, .data = id};
    row->seq = place->seq;
    row->state = state;
}

static void differs_as_wanted(void **state)
{
    const struct differs_case *row = *state;
    Netra__V1__StreamState applied;
    Netra__V1__StreamState cursor;
    uint8_t applied_id[STREAM_ID_SIZE];
    uint8_t cursor_id[STREAM_ID_SIZE];
    uint8_t newest_id[STREAM_ID_SIZE];
    char word[16] = "";
    if (row->state != NULL)
        (void)snprintf(word, sizeof word, "%s", row->state);
    fill(&applied, &row->applied, word, applied_id);
    fill(&cursor, &row->cursor, word, cursor_id);
    memset(newest_id, NEWEST, sizeof newest_id);
    const ProtobufCBinaryData newest = {.len = STREAM_ID_SIZE, .data = newest_id};
    assert_int_equal(recover_differs(row->has_applied ? &applied : NULL,
                                     row->has_cursor ? &cursor : NULL, newest),
                     row->want_differs);
}

/* ---- which stream is adopted ---- */

#define HELD_MAX 3

struct held_case {
    const char *name;
    uint8_t closed;         /* the service's earlier stream; NEWEST is its newest */
    uint8_t held[HELD_MAX]; /* by peers, audit-log last */
    uint8_t want;
};

static struct held_case held_cases[] = {
    {"what all peers hold is the service's own", NONE, {NEWEST, NEWEST, NEWEST}, NONE},
    {"the stream of a lost store is adopted", NONE, {LOST, LOST, LOST}, LOST},
    {"a peer that holds nothing has no say", NONE, {LOST, NONE, NONE}, LOST},
    {"where peers hold two lost streams audit-log's comes first", NONE, {LATER, LOST, LOST}, LOST},
    {"the other is adopted when it is run again", LOST, {LATER, LOST, LOST}, LATER},
    {"what is adopted once is the service's own", LOST, {NEWEST, LOST, LOST}, NONE},
};

static void adopts_as_wanted(void **state)
{
    static struct recovery recovery;
    const struct held_case *row = *state;
    uint8_t want[STREAM_ID_SIZE];
    recovery = (struct recovery){.own = {.closed_count = row->closed == NONE ? 0 : 1}};
    memset(recovery.own.stream_id, NEWEST, STREAM_ID_SIZE);
    memset(recovery.own.closed_streams[0], row->closed, STREAM_ID_SIZE);
    for (unsigned i = 0; i < HELD_MAX; i++) {
        uint8_t id[STREAM_ID_SIZE];
        memset(id, row->held[i], sizeof id);
        recover_note_held(&recovery, (ProtobufCBinaryData){.len = sizeof id, .data = id});
    }
    memset(want, row->want, sizeof want);
    assert_memory_equal(recovery.held_stream, want, sizeof want);
}

int main(void)
{
    TEST_TABLE(adoptions, held_cases, adopts_as_wanted);
    static struct CMUnitTest tests[sizeof differs_cases / sizeof differs_cases[0]];
    for (size_t i = 0; i < sizeof differs_cases / sizeof differs_cases[0]; i++)
        tests[i] = (struct CMUnitTest){.name = differs_cases[i].name,
                                       .test_func = differs_as_wanted,
                                       .initial_state = &differs_cases[i]};
    return cmocka_run_group_tests_name("recover", tests, NULL, NULL) +
           cmocka_run_group_tests_name("adoption", adoptions, NULL, NULL);
}
