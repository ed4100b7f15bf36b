/*
 * Results over the wire: what a worker sends of its lease is read by classification.
 */
#include "tests/support/test.h"

#include "common/service/door_wire.h"
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

static void test_result__worker__read_by_classification(void **state)
{
    (void)state;
    struct worker_results sent = {
        .lease_id = 3,
        .pin = fixture.pool.pin,
        .count = 2,
        .rows = {{.stream_id = {0x11}, .seq = 4, .verdict = fixture_verdict("ETIK-01")},
                 {.stream_id = {0x12}, .seq = 5, .verdict = fixture_verdict("ETIK-02")}},
    };
    struct view bytes;
    ProtobufCMessage *message = NULL;
    struct lease_results read;
    assert_int_equal(worker_wire_results(&sent, &arena, &bytes), STATUS_OK);
    assert_int_equal(
        wire_unpack(&netra__v1__work_results__descriptor, bytes, &arena, &message, NULL),
        STATUS_OK);
    assert_int_equal(classification_wire_read_results(message, &arena, &read, NULL), STATUS_OK);
    assert_true(ruleset_pin_equals(&read.pin, &fixture.pool.pin));
    assert_int_equal(read.count, 2);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(read.rows[i].point.seq, sent.rows[i].seq);
        assert_memory_equal(read.rows[i].point.stream_id, sent.rows[i].stream_id, STREAM_ID_SIZE);
        assert_memory_equal(&read.rows[i].verdict, &sent.rows[i].verdict, sizeof(struct verdict));
    }
}

static void fill_codes(struct code *codes, uint32_t count_max, uint32_t *count)
{
    *count = count_max;
    for (uint32_t i = 0; i < count_max; i++)
        memset(codes[i].text, 'X', CODE_BYTES);
}

/* A verdict with as much of everything as there may be. */
static struct verdict largest_verdict(void)
{
    struct verdict verdict = fixture_verdict("ETIK-01");
    fill_codes(verdict.codes, VERDICT_CODES_MAX, &verdict.code_count);
    fill_codes(verdict.flags, VERDICT_FLAGS_MAX, &verdict.flag_count);
    fill_codes(verdict.missing, VERDICT_MISSING_MAX, &verdict.missing_count);
    fill_codes(verdict.conflicts, VERDICT_CONFLICTS_MAX, &verdict.conflict_count);
    verdict.reason_count = VERDICT_REASONS_MAX;
    for (unsigned i = 0; i < VERDICT_REASONS_MAX; i++) {
        struct reason *reason = &verdict.reasons[i];
        uint32_t count = 0;
        fill_codes(&reason->rule, 1, &count);
        fill_codes(&reason->code, 1, &count);
        reason->date = UINT32_MAX;
        reason->span_count = VERDICT_SPANS_MAX;
        for (unsigned k = 0; k < VERDICT_SPANS_MAX; k++)
            reason->spans[k] = (struct span){TEXT_FIELD_UNIT, UINT32_MAX, UINT32_MAX};
    }
    return verdict;
}

static void test_results__a_whole_lease_of_the_largest__pass_a_frames_limits(void **state)
{
    (void)state;
    static struct worker_results sent;
    sent = (struct worker_results){
        .lease_id = UINT64_MAX, .pin = fixture.pool.pin, .count = WORKER_CASES_MAX};
    sent.pin.engine = UINT32_MAX;
    struct worker_result largest = {.seq = UINT64_MAX, .verdict = largest_verdict()};
    for (unsigned i = 0; i < WORKER_CASES_MAX; i++)
        sent.rows[i] = largest;
    static const uint8_t start[WORKER_START_SIZE] = {1};
    struct door_request_parts requests[2] = {
        {.request_id = UINT64_MAX, .kind = WORKER_KIND_RESULT},
        {.request_id = UINT64_MAX, .kind = WORKER_KIND_WORK},
    };
    struct door_request_parts *rows = NULL;
    unsigned count = 0;
    struct view frame;
    ProtobufCMessage *message = NULL;
    struct lease_results read;
    assert_int_equal(worker_wire_results(&sent, &arena, &requests[0].body), STATUS_OK);
    assert_int_equal(worker_wire_request(start, WORKER_CASES_MAX, &arena, &requests[1].body),
                     STATUS_OK);
    assert_int_equal(door_requests_encode(requests, 2, &arena, &frame), STATUS_OK);
    assert_int_equal(door_requests_decode(frame, &arena, &rows, &count, NULL), STATUS_OK);
    assert_int_equal(
        wire_unpack(&netra__v1__work_results__descriptor, rows[0].body, &arena, &message, NULL),
        STATUS_OK);
    assert_int_equal(classification_wire_read_results(message, &arena, &read, NULL), STATUS_OK);
    assert_memory_equal(&read.rows[47].verdict, &largest.verdict, sizeof(largest.verdict));
}

static void test_results__none_or_more_than_a_lease_has__refused(void **state)
{
    (void)state;
    struct lease_results read;
    Netra__V1__WorkResults message = NETRA__V1__WORK_RESULTS__INIT;
    assert_int_equal(classification_wire_read_results(&message.base, &arena, &read, NULL),
                     STATUS_OUT_OF_RANGE);
    message.n_results = LEASE_CASES_MAX + 1;
    assert_int_equal(classification_wire_read_results(&message.base, &arena, &read, NULL),
                     STATUS_OUT_OF_RANGE);
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
    {"a result without a verdict is refused", 16, 32, 1, true, 1, STATUS_OUT_OF_RANGE},
    {"a stream id of 15 bytes is refused", 15, 32, 1, false, 1, STATUS_OUT_OF_RANGE},
    {"a digest of 31 bytes is refused", 16, 31, 1, false, 1, STATUS_OUT_OF_RANGE},
    {"seq 0 is no entry", 16, 32, 0, false, 1, STATUS_OUT_OF_RANGE},
    {"a verdict without a disposition is refused", 16, 32, 1, false, 0, STATUS_OUT_OF_RANGE},
    {"a verdict for review is a machine's", 16, 32, 1, false, 2, STATUS_OK},
    {"no machine confirms", 16, 32, 1, false, 3, STATUS_OUT_OF_RANGE},
    {"no machine overrides", 16, 32, 1, false, 4, STATUS_OUT_OF_RANGE},
};

static void test_read_result(void **state)
{
    const struct result_case *row = *state;
    uint8_t bytes[32] = {1};
    struct verdict found = fixture_verdict("ETIK-01");
    uint8_t verdict[VERDICT_WIRE_BYTES_MAX];
    found.disposition = (enum disposition)row->disposition;
    (void)set_up(NULL);
    size_t verdict_size = row->has_no_verdict ? 0 : classification_wire_verdict(&found, verdict);
    Netra__V1__WorkResult result = NETRA__V1__WORK_RESULT__INIT;
    result.stream_id = wire_bytes(view_of(bytes, row->stream_size));
    result.seq = row->seq;
    result.verdict = wire_bytes(view_of(verdict, verdict_size));
    Netra__V1__WorkResults message = NETRA__V1__WORK_RESULTS__INIT;
    message.ruleset_digest = wire_bytes(view_of(bytes, row->digest_size));
    message.n_results = 1;
    message.results = (Netra__V1__WorkResult *[]){&result};
    struct lease_results read;
    struct diag diag = {0};
    assert_int_equal(classification_wire_read_results(&message.base, &arena, &read, &diag),
                     row->want);
    assert_int_equal(diag.text[0] != '\0', row->want != STATUS_OK);
}

int main(void)
{
    TEST_TABLE(results, result_cases, test_read_result)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test_setup(test_result__worker__read_by_classification, set_up),
        cmocka_unit_test_setup(test_results__a_whole_lease_of_the_largest__pass_a_frames_limits,
                               set_up),
        cmocka_unit_test_setup(test_results__none_or_more_than_a_lease_has__refused, set_up),
    };
    int failed = cmocka_run_group_tests_name("read_result", results, NULL, NULL);
    return failed + cmocka_run_group_tests_name("results", singles, NULL, close_arena);
}
