/*
 * Own work between turns: one transaction, whose end memory follows; and what was met there counts
 * when the service stops.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "tests/unit/delivery/log_fixture.h"

#define ARENA_BYTES 1048576u
#define TYPE 40u

static struct service service;
static struct log_fixture *fixture;
static unsigned committed;
static unsigned abandoned;

static void on_committed(void *app, struct service *unused)
{
    (void)app;
    (void)unused;
    committed++;
}

static void on_abandoned(void *app, struct service *unused)
{
    (void)app;
    (void)unused;
    abandoned++;
}

static const struct service_spec spec = {
    .name = "under_test", .committed = on_committed, .abandoned = on_abandoned};

static int64_t read_clock(void *self)
{
    (void)self;
    return 0;
}

static void fill(void *self, uint8_t *bytes, size_t size)
{
    (void)self;
    memset(bytes, 7, size);
}

static int set_up(void **state)
{
    void *opened = NULL;
    (void)state;
    if (log_fixture_open(&opened) != 0)
        return -1;
    fixture = opened;
    committed = 0;
    abandoned = 0;
    service = (struct service){
        .spec = &spec,
        .phase = SERVICE_READY,
        .store = fixture->store, /* the fixture closes all three */
        .delivery = fixture->delivery,
        .log = fixture->log,
        .edges = {.clock = {.utc_s = read_clock, .boot_ms = read_clock}, .random = {.fill = fill}},
    };
    uint8_t stream[STREAM_ID_SIZE] = {'s'};
    if (event_log_begin_stream(&service.log, stream) != STATUS_OK)
        return -1;
    event_log_committed(&service.log);
    return arena_open(&service.arena, ARENA_BYTES) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    void *opened = fixture;
    (void)state;
    arena_close(&service.arena);
    return log_fixture_close(&opened);
}

static enum status append_one(void *app, struct turn *turn, void *context, struct diag *diag)
{
    struct event_draft draft = {.type = TYPE, .schema = 1, .payload = view_of_text("x")};
    struct event_made made;
    const enum status *verdict = context;
    (void)app;
    TRY(turn_append(turn, &draft, &made));
    if (*verdict != STATUS_OK)
        diag_set(diag, "said so");
    return *verdict;
}

struct run_case {
    const char *name;
    enum status verdict; /* of the work */
    enum service_phase phase;
    int64_t retry_at_ms;
    enum status want;
    uint64_t want_seq; /* of the log's end afterwards */
    unsigned want_committed;
    unsigned want_abandoned;
    bool want_wait; /* before the next transaction */
    bool want_full; /* the disk is known to be */
};

static struct run_case cases[] = {
    {.name = "what was appended is committed, and the app told",
     .phase = SERVICE_READY,
     .want = STATUS_OK,
     .want_seq = 1,
     .want_committed = 1},
    {.name = "a refusal takes everything back",
     .verdict = STATUS_NOT_FOUND,
     .phase = SERVICE_READY,
     .want = STATUS_NOT_FOUND,
     .want_abandoned = 1},
    {.name = "the store's trouble takes everything back and waits",
     .verdict = STATUS_STORE_FULL,
     .phase = SERVICE_READY,
     .want = STATUS_STORE_FULL,
     .want_abandoned = 1,
     .want_wait = true,
     .want_full = true},
    {.name = "nothing is done before the service is ready",
     .phase = SERVICE_ASKING,
     .want = STATUS_TRY_AGAIN_LATER},
    {.name = "nothing is done by a forked service",
     .phase = SERVICE_FORKED,
     .want = STATUS_TRY_AGAIN_LATER},
    {.name = "nothing is done while the store is being left alone",
     .phase = SERVICE_READY,
     .retry_at_ms = 10,
     .want = STATUS_TRY_AGAIN_LATER,
     .want_wait = true},
};

static void check_run(void **state)
{
    const struct run_case *row = *state;
    struct diag diag = {0};
    enum status verdict = row->verdict;
    assert_int_equal(set_up(NULL), 0);
    service.phase = row->phase;
    service.retry_at_ms = row->retry_at_ms;
    assert_int_equal(service_run(&service, append_one, &verdict, &diag), row->want);
    assert_int_equal(event_log_end(&service.log).seq, row->want_seq);
    assert_int_equal(event_log_committed_end(&service.log).seq, row->want_seq);
    assert_int_equal(committed, row->want_committed);
    assert_int_equal(abandoned, row->want_abandoned);
    assert_int_equal(service.retry_at_ms > service.now_ms, row->want_wait);
    assert_int_equal(service.has_more, row->want == STATUS_OK);
    assert_int_equal(service.disk.full_until_ms > service.now_ms, row->want_full);
    assert_int_equal(tear_down(NULL), 0);
}

static void test_stop__after_a_fatal_error__does_not_end_well(void **state)
{
    (void)state;
    service.fatal = STATUS_STORE_SYNC_FAILED;
    assert_int_equal(service_stop(&service), STATUS_STORE_SYNC_FAILED);
    assert_int_equal(service.phase, SERVICE_READY);
}

int main(void)
{
    TEST_TABLE(runs, cases, check_run);
    const struct CMUnitTest singles[] = {
        cmocka_unit_test_setup_teardown(test_stop__after_a_fatal_error__does_not_end_well, set_up,
                                        tear_down),
    };
    int failed = cmocka_run_group_tests_name("service_run", runs, NULL, NULL);
    return failed + cmocka_run_group_tests_name("stopping", singles, NULL, NULL);
}
