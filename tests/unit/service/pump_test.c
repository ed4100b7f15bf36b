/*
 * What leaves after a turn, and in which order; and which case keys with gap markers.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "tests/unit/delivery/log_fixture.h"

#include <stdio.h>
#include <string.h>

#define ARENA_BYTES 1048576u
#define BUFFER_BYTES 65536u
#define ACKED 1u
#define END 3u
#define SENT_MAX 8u

struct pump_case {
    const char *name;
    enum service_phase phase;
    const char *want; /* a letter of the peer and one of the frame, in order */
};

static struct pump_case cases[] = {
    {"who works on is sent to before who keeps, whatever the configuration's order, and acks last",
     SERVICE_READY, "wB kB pA "},
    {"what is in the log leaves while it drains", SERVICE_DRAINING, "wB kB pA "},
    {"a start that asks sends no event", SERVICE_ASKING, "pA "},
    {"a forked service says nothing", SERVICE_FORKED, ""},
};

static struct service service;
static struct log_fixture *fixture;
static char sent[SENT_MAX * 3 + 1];
static struct queued_entry last_entry; /* of the batch that was sent last */

static enum status note_sent(void *self, unsigned peer, struct view bytes)
{
    static uint8_t memory[BUFFER_BYTES];
    struct arena arena = {.base = memory, .size = sizeof memory};
    struct link_frame frame;
    struct diag diag = {0};
    size_t used = strlen(sent);
    (void)self;
    assert_int_equal(link_frame_decode(bytes, &arena, &frame, &diag), STATUS_OK);
    (void)snprintf(sent + used, sizeof sent - used, "%c%c ", service.peers[peer].name[0],
                   frame.kind == LINK_BATCH ? 'B' : 'A');
    return frame.kind == LINK_BATCH
               ? link_batch_entry(&frame.as.batch, frame.as.batch.entry_count - 1, &last_entry,
                                  &diag)
               : STATUS_OK;
}

static const struct window open_window = {.state = WINDOW_OPEN,
                                          .acked = ACKED,
                                          .sent = ACKED,
                                          .credit_entries = 100,
                                          .credit_bytes = BUFFER_BYTES};

static void open_service(enum service_phase phase)
{
    static const struct service_output outputs[] = {{.destination = "works on"},
                                                    {.destination = "keeps"}};
    static const struct service_input input = {.producer = "produces"};
    static const struct service_spec spec = {
        .name = "under_test", .outputs = outputs, .output_count = 2};
    void *opened = NULL;
    assert_int_equal(log_fixture_open(&opened), 0);
    fixture = opened;
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_stream(fixture, 's'), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 's', END), STATUS_OK);
    assert_int_equal(log_fixture_commit(fixture), STATUS_OK);
    service = (struct service){
        .spec = &spec,
        .phase = phase,
        .store = fixture->store, /* the fixture closes all three */
        .delivery = fixture->delivery,
        .log = fixture->log,
        .peer_count = 3,
        .peers = {{.name = "produces", .input = &input, .is_ack_due = true},
                  {.name = "keeps", .index = 1, .output = &outputs[1], .window = open_window},
                  {.name = "works on", .index = 2, .output = &outputs[0], .window = open_window}},
        .transport = {.send = note_sent},
    };
    for (unsigned i = 0; i < service.peer_count; i++)
        service.peers[i].is_connected = true;
    assert_int_equal(arena_open(&service.arena, ARENA_BYTES), STATUS_OK);
}

static void check_pump(void **state)
{
    const struct pump_case *row = *state;
    void *opened = NULL;
    sent[0] = '\0';
    open_service(row->phase);
    pump_all(&service);
    opened = fixture;
    arena_close(&service.arena);
    assert_int_equal(log_fixture_close(&opened), 0);
    assert_string_equal(sent, row->want);
}

/* ---- keys with gap markers ---- */

#define OF_CASE 9u  /* the type of an event whose case's key is told */
#define OF_READ 10u /* of one whose case's key isn't */
#define WANTED 11u

struct told_case {
    const char *name;
    uint16_t types[END]; /* of the events; the case of each is its seq */
    bool tells_keys;
    enum status key_status;
    uint8_t want_handle; /* of the key that is told; 0: none */
};

static struct told_case told_cases[] = {
    {"the key of the last event that the gap stands for",
     {OF_CASE, OF_CASE, OF_CASE},
     true,
     STATUS_OK,
     END},
    {"none, the last event's key isn't told", {OF_CASE, OF_CASE, OF_READ}, true, STATUS_OK, 0},
    {"none to who is told none", {OF_CASE, OF_CASE, OF_CASE}, false, STATUS_OK, 0},
    {"none of an erased case", {OF_CASE, OF_CASE, OF_CASE}, true, STATUS_NOT_FOUND, 0},
    {"none that doesn't open, and the batch leaves",
     {OF_CASE, OF_CASE, OF_CASE},
     true,
     STATUS_SEAL_BROKEN,
     0},
    {"none behind which an event follows", {OF_CASE, OF_CASE, WANTED}, true, STATUS_OK, 0},
};

static const struct told_case *told;

static bool is_wanted(uint16_t type)
{
    return type == WANTED;
}

static bool is_of_case(uint16_t type)
{
    return type == OF_CASE;
}

static enum status give_key(void *app, const uint8_t case_handle[CASE_HANDLE_SIZE],
                            uint8_t case_key[CASE_KEY_SIZE])
{
    (void)app;
    assert_int_equal(case_handle[0], END);
    memset(case_key, 'k', CASE_KEY_SIZE);
    return told->key_status;
}

static void append_told(void)
{
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_stream(fixture, 's'), STATUS_OK);
    for (uint64_t seq = 1; seq <= END; seq++) {
        struct queued_entry entry = fixture_entry('s', seq, told->types[seq - 1]);
        entry.header.case_handle[0] = (uint8_t)seq;
        header_encode(&entry.header, entry.header_bytes);
        assert_int_equal(
            event_log_append(&fixture->log, &entry.header, entry.header_bytes, entry.payload),
            STATUS_OK);
    }
    assert_int_equal(log_fixture_commit(fixture), STATUS_OK);
}

static void check_told(void **state)
{
    told = *state;
    const struct service_output output = {.destination = "works on",
                                          .wants = is_wanted,
                                          .tells_key_of = told->tells_keys ? is_of_case : NULL};
    const struct service_spec spec = {
        .name = "under_test", .outputs = &output, .output_count = 1, .case_key = give_key};
    void *opened = NULL;
    sent[0] = '\0';
    last_entry = (struct queued_entry){.key_state = ENTRY_KEY_ERASED};
    assert_int_equal(log_fixture_open(&opened), 0);
    fixture = opened;
    append_told();
    service = (struct service){
        .spec = &spec,
        .phase = SERVICE_READY,
        .log = fixture->log, /* the fixture closes it */
        .peer_count = 1,
        .peers =
            {{.name = "works on", .output = &output, .window = open_window, .is_connected = true}},
        .transport = {.send = note_sent},
    };
    assert_int_equal(arena_open(&service.arena, ARENA_BYTES), STATUS_OK);
    pump_all(&service);
    arena_close(&service.arena);
    assert_int_equal(log_fixture_close(&opened), 0);
    assert_int_equal(service.peers[0].window.sent, END);
    assert_int_equal(last_entry.through.seq, END);
    assert_int_equal(last_entry.key_state,
                     told->want_handle > 0 ? ENTRY_KEY_HERE : ENTRY_KEY_UNNEEDED);
    if (told->want_handle > 0)
        assert_int_equal(last_entry.header.case_handle[0], told->want_handle);
}

int main(void)
{
    TEST_TABLE(tests, cases, check_pump);
    TEST_TABLE(told_tests, told_cases, check_told);
    const int failed = cmocka_run_group_tests_name("pump", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("pump_keys", told_tests, NULL, NULL);
}
