/*
 * A lease and its result over the wire: classification's side and the worker's read each other.
 */
#include "tests/support/test.h"

#include "common/wire/unpack.h"
#include "netra/v1/worker_to_classification.pb-c.h"
#include "pool_fixture.h"
#include "services/classification/classification_wire.h"
#include "services/worker/worker_wire.h"

#include <string.h>

static struct arena arena;

static int set_up(void **state)
{
    if (arena.base == NULL)
        assert_int_equal(arena_open(&arena, 16u << 20), STATUS_OK);
    arena_reset(&arena);
    return fixture_set_up(state);
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static void test_lease__two_cases__read_by_the_worker(void **state)
{
    (void)state;
    fixture_offer(4, 5);
    fixture_ask('A', 1);
    unsigned worker = 0;
    struct entry_point point;
    struct lease_grant grant;
    assert_int_equal(lease_pool_next(&fixture.pool, &worker, &point), LEASE_NEXT_SEVERAL);
    lease_pool_grant(&fixture.pool, worker, fixture.now_ms, &grant);
    struct view bytes;
    struct worker_lease lease;
    assert_int_equal(classification_wire_lease(&fixture.pool, &grant, &arena, &bytes), STATUS_OK);
    assert_int_equal(worker_wire_read_lease(bytes, &arena, &lease, NULL), STATUS_OK);
    assert_int_equal(lease.lease_id, grant.lease_id);
    assert_true(ruleset_pin_equals(&lease.pin, &fixture.pool.pin));
    assert_int_equal(lease.count, 2);
    assert_int_equal(lease.cases[1].seq, 5);
    assert_int_equal(lease.cases[1].stream_id[0], 0x11);
    assert_int_equal(lease.cases[1].facts.size, 8);
    assert_int_equal(lease.cases[1].facts.bytes[7], 5);
}

static void test_request__worker__read_by_classification(void **state)
{
    (void)state;
    static const uint8_t start[WORKER_START_SIZE] = {9, 8, 7};
    struct view bytes;
    ProtobufCMessage *message = NULL;
    struct lease_ask ask;
    assert_int_equal(worker_wire_request(start, 16, &arena, &bytes), STATUS_OK);
    assert_int_equal(
        wire_unpack(&netra__v1__work_request__descriptor, bytes, &arena, &message, NULL),
        STATUS_OK);
    assert_int_equal(classification_wire_read_ask(message, &ask, NULL), STATUS_OK);
    assert_memory_equal(ask.start, start, sizeof(start));
    assert_int_equal(ask.cases_max, 16);
}

static void test_result__worker__read_by_classification(void **state)
{
    (void)state;
    struct worker_result sent = {.lease_id = 3, .stream_id = {0x11}, .seq = 4};
    classification_decide(view_of_text("facts"), &sent.verdict);
    struct view bytes;
    ProtobufCMessage *message = NULL;
    struct lease_result read;
    assert_int_equal(worker_wire_result(&sent, &fixture.pool.pin, &arena, &bytes), STATUS_OK);
    assert_int_equal(
        wire_unpack(&netra__v1__work_result__descriptor, bytes, &arena, &message, NULL),
        STATUS_OK);
    assert_int_equal(classification_wire_read_result(message, &read, NULL), STATUS_OK);
    assert_int_equal(read.point.seq, 4);
    assert_int_equal(read.point.stream_id[0], 0x11);
    assert_true(ruleset_pin_equals(&read.pin, &fixture.pool.pin));
    assert_memory_equal(&read.verdict, &sent.verdict, sizeof(sent.verdict));
}

struct ask_case {
    const char *name;
    size_t start_size;
    uint32_t cases_max;
    uint32_t engine;
    enum status want;
};

static struct ask_case ask_cases[] = {
    {"64 cases may be asked for", 8, 64, 1, STATUS_OK},
    {"0 cases withdraw the request", 8, 0, 1, STATUS_OK},
    {"65 cases are too many", 8, 65, 1, STATUS_OUT_OF_RANGE},
    {"another engine gets no work", 8, 1, 2, STATUS_OUT_OF_RANGE},
    {"a start of 7 bytes is refused", 7, 1, 1, STATUS_OUT_OF_RANGE},
    {"no start is refused", 0, 1, 1, STATUS_OUT_OF_RANGE},
};

static void test_read_ask(void **state)
{
    const struct ask_case *row = *state;
    uint8_t start[8] = {1};
    Netra__V1__WorkRequest message = NETRA__V1__WORK_REQUEST__INIT;
    message.start = wire_bytes(view_of(start, row->start_size));
    message.cases_max = row->cases_max;
    message.engine = row->engine;
    struct lease_ask ask;
    struct diag diag = {0};
    assert_int_equal(classification_wire_read_ask(&message.base, &ask, &diag), row->want);
    assert_int_equal(diag.text[0] != '\0', row->want != STATUS_OK);
}

struct result_case {
    const char *name;
    size_t stream_size;
    size_t digest_size;
    uint64_t seq;
    bool has_no_verdict;
    int disposition;
    enum status want;
};

static struct result_case result_cases[] = {
    {"a whole result is read", 16, 32, 1, false, 1, STATUS_OK},
    {"a result without a verdict is refused", 16, 32, 1, true, 1, STATUS_FIELD_MISSING},
    {"a stream id of 15 bytes is refused", 15, 32, 1, false, 1, STATUS_OUT_OF_RANGE},
    {"a digest of 31 bytes is refused", 16, 31, 1, false, 1, STATUS_OUT_OF_RANGE},
    {"seq 0 is no entry", 16, 32, 0, false, 1, STATUS_OUT_OF_RANGE},
    {"a verdict without a disposition is refused", 16, 32, 1, false, 0, STATUS_OUT_OF_RANGE},
};

static void test_read_result(void **state)
{
    const struct result_case *row = *state;
    uint8_t bytes[32] = {1};
    char reason[] = "X";
    Netra__V1__Verdict verdict;
    netra__v1__verdict__init(&verdict);
    verdict.outcome = NETRA__V1__OUTCOME__OUTCOME_VIOLATION;
    verdict.disposition = (Netra__V1__Disposition)row->disposition;
    verdict.reason = reason;
    Netra__V1__WorkResult message = NETRA__V1__WORK_RESULT__INIT;
    message.stream_id = wire_bytes(view_of(bytes, row->stream_size));
    message.ruleset_digest = wire_bytes(view_of(bytes, row->digest_size));
    message.seq = row->seq;
    message.verdict = row->has_no_verdict ? NULL : &verdict;
    struct lease_result result;
    struct diag diag = {0};
    assert_int_equal(classification_wire_read_result(&message.base, &result, &diag), row->want);
    assert_int_equal(diag.text[0] != '\0', row->want != STATUS_OK);
}

static void test_facts__not_a_case__refused(void **state)
{
    (void)state;
    assert_int_equal(classification_wire_check_facts(view_of_text("\x0a\x05two"), NULL),
                     STATUS_MALFORMED);
    assert_int_equal(classification_wire_check_facts(view_of_text("\x0a\x03two"), NULL),
                     STATUS_OK);
}

int main(void)
{
    TEST_TABLE(asks, ask_cases, test_read_ask)
    TEST_TABLE(results, result_cases, test_read_result)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test_setup(test_lease__two_cases__read_by_the_worker, set_up),
        cmocka_unit_test_setup(test_request__worker__read_by_classification, set_up),
        cmocka_unit_test_setup(test_result__worker__read_by_classification, set_up),
        cmocka_unit_test(test_facts__not_a_case__refused),
    };
    int failed = cmocka_run_group_tests_name("read_ask", asks, NULL, NULL);
    failed += cmocka_run_group_tests_name("read_result", results, NULL, NULL);
    return failed + cmocka_run_group_tests_name("wire", singles, NULL, close_arena);
}
