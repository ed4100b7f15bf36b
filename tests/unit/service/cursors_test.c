/*
 * What is stored of how far each destination has acknowledged, and what is deleted for it.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "tests/unit/delivery/log_fixture.h"

#define PEERS 3u
#define SENT 60u
#define RUN 5u /* events of a transaction: only whole ones are deleted */

static const struct service_output outputs[2];
static const struct service_input input;
static const struct service_spec spec = {
    .name = "under_test", .outputs = outputs, .output_count = 2};
static struct config config;
static struct service service;
static struct log_fixture *fixture;

static int set_up(void **state)
{
    void *opened = NULL;
    (void)state;
    if (log_fixture_open(&opened) != 0)
        return -1;
    fixture = opened;
    for (uint64_t last = RUN; last <= SENT; last += RUN)
        if (store_begin(&fixture->store) != STATUS_OK ||
            (last == RUN && log_fixture_stream(fixture, 's') != STATUS_OK) ||
            log_fixture_append(fixture, 's', last) != STATUS_OK ||
            log_fixture_commit(fixture) != STATUS_OK)
            return -1;
    config = (struct config){.limits = {.retained_events_min = 0}};
    service = (struct service){
        .spec = &spec,
        .config = &config,
        .phase = SERVICE_READY,
        .store = fixture->store, /* the fixture closes all three */
        .delivery = fixture->delivery,
        .log = fixture->log,
        .peer_count = PEERS,
        .peers = {{.name = "first", .output = &outputs[0]},
                  {.name = "second", .output = &outputs[1]},
                  {.name = "no output", .input = &input}},
    };
    for (unsigned i = 0; i < PEERS; i++)
        service.peers[i].window.sent = SENT;
    return 0;
}

static int tear_down(void **state)
{
    void *opened = fixture;
    (void)state;
    return log_fixture_close(&opened);
}

static void acknowledge(struct peer *peer, uint64_t position)
{
    peer->window.acked = position;
    peer->is_cursor_dirty = true;
}

static uint64_t stored(const char *name)
{
    struct cursor cursor = {0};
    assert_int_equal(delivery_cursor_get(&service.delivery, name, &cursor), STATUS_OK);
    return cursor.position;
}

/* A cursor beyond what was acknowledged loses what lies between, once the process has died. */
static void test_cursors__any_position__is_stored_as_acknowledged(void **state)
{
    (void)state;
    config.limits.retained_events_min = SENT;
    for (uint64_t position = 1; position <= 200; position++) {
        service.peers[0].window.sent = position + 3;
        acknowledge(&service.peers[0], position);
        assert_int_equal(housekeeping_cursors(&service, true), STATUS_OK);
        housekeeping_cursors_written(&service, true);
        assert_int_equal(stored("first"), position);
        assert_int_equal(service.peers[0].cursor.position, position);
        assert_false(service.peers[0].is_cursor_dirty);
    }
}

static void test_cursors__abandoned__are_written_again(void **state)
{
    (void)state;
    acknowledge(&service.peers[0], 4);
    assert_int_equal(housekeeping_cursors(&service, true), STATUS_OK);
    housekeeping_cursors_written(&service, false);
    assert_int_equal(service.peers[0].cursor.position, 0);
    assert_true(service.peers[0].is_cursor_dirty);
}

struct retention_case {
    const char *name;
    uint64_t acked[2];
    uint64_t retained;
    uint64_t want_first; /* position of the oldest event that is kept */
};

static struct retention_case retentions[] = {
    {"what one destination lacks is kept", {SENT, 22}, 0, 21},
    {"what a destination never acknowledged is kept", {SENT, 0}, 0, 1},
    {"what all have is deleted, but for the newest", {SENT, SENT}, 0, 56},
    {"as many as are to be retained are kept beyond all acks", {SENT, SENT}, 30, 26},
};

static void check_retention(void **state)
{
    const struct retention_case *row = *state;
    uint64_t first = 0;
    assert_int_equal(set_up(NULL), 0);
    config.limits.retained_events_min = row->retained;
    for (unsigned i = 0; i < 2; i++)
        acknowledge(&service.peers[i], row->acked[i]);
    assert_int_equal(housekeeping_cursors(&service, true), STATUS_OK);
    assert_int_equal(event_log_first(&service.log, &first), STATUS_OK);
    assert_int_equal(first, row->want_first);
    assert_int_equal(tear_down(NULL), 0);
}

#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    TEST_TABLE(retention_tests, retentions, check_retention);
    const struct CMUnitTest singles[] = {
        WITH_LOG(test_cursors__any_position__is_stored_as_acknowledged),
        WITH_LOG(test_cursors__abandoned__are_written_again),
    };
    int failed = cmocka_run_group_tests_name("cursors", singles, NULL, NULL);
    return failed + cmocka_run_group_tests_name("retention", retention_tests, NULL, NULL);
}
