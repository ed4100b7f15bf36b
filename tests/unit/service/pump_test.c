/*
 * What leaves after a turn, and in which order.
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
    return STATUS_OK;
}

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
    const struct window open = {.state = WINDOW_OPEN,
                                .acked = ACKED,
                                .sent = ACKED,
                                .credit_entries = 100,
                                .credit_bytes = BUFFER_BYTES};
    service = (struct service){
        .spec = &spec,
        .phase = phase,
        .store = fixture->store, /* the fixture closes all three */
        .delivery = fixture->delivery,
        .log = fixture->log,
        .peer_count = 3,
        .peers = {{.name = "produces", .input = &input, .is_ack_due = true},
                  {.name = "keeps", .index = 1, .output = &outputs[1], .window = open},
                  {.name = "works on", .index = 2, .output = &outputs[0], .window = open}},
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

int main(void)
{
    TEST_TABLE(tests, cases, check_pump);
    return cmocka_run_group_tests_name("pump", tests, NULL, NULL);
}
