/*
 * The door over the wire: what workers and classification say is read by the other; acts.
 */
#include "tests/support/test.h"

#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
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

struct ask_case {
    const char *name;
    size_t start_size;
    uint32_t cases_max;
    uint32_t engine_change;
    enum status want;
};

static struct ask_case ask_cases[] = {
    {"48 cases may be asked for", 8, 48, 0, STATUS_OK},
    {"0 cases withdraw the request", 8, 0, 0, STATUS_OK},
    {"49 cases are too many", 8, 49, 0, STATUS_OUT_OF_RANGE},
    {"another engine gets no work", 8, 1, 1, STATUS_OUT_OF_RANGE},
    {"a start of 7 bytes is refused", 7, 1, 0, STATUS_OUT_OF_RANGE},
    {"no start is refused", 0, 1, 0, STATUS_OUT_OF_RANGE},
};

static void test_read_ask(void **state)
{
    const struct ask_case *row = *state;
    uint8_t start[8] = {1};
    Netra__V1__WorkRequest message = NETRA__V1__WORK_REQUEST__INIT;
    message.start = wire_bytes(view_of(start, row->start_size));
    message.cases_max = row->cases_max;
    message.engine = CLASSIFICATION_ENGINE + row->engine_change;
    struct lease_ask ask;
    struct diag diag = {0};
    assert_int_equal(classification_wire_read_ask(&message.base, &ask, &diag), row->want);
    assert_int_equal(diag.text[0] != '\0', row->want != STATUS_OK);
}

/* ---- lists, views, rulesets ---- */

struct list_case {
    const char *name;
    uint64_t after;
    uint32_t rows_max;
    enum status want;
};

static struct list_case list_cases[] = {
    {"256 rows may be asked for", 0, 256, STATUS_OK},
    {"the largest key of all may be behind us", INT64_MAX, 1, STATUS_OK},
    {"0 rows are none", 0, 0, STATUS_OUT_OF_RANGE},
    {"257 rows are too many", 0, 257, STATUS_OUT_OF_RANGE},
    {"a key that no row has is refused", (uint64_t)INT64_MAX + 1, 1, STATUS_OUT_OF_RANGE},
};

static void test_read_list(void **state)
{
    const struct list_case *row = *state;
    Netra__V1__ListRequest message = NETRA__V1__LIST_REQUEST__INIT;
    message.after = row->after;
    message.rows_max = row->rows_max;
    uint64_t after = 0;
    uint32_t rows_max = 0;
    assert_int_equal(classification_wire_read_list(&message.base, &after, &rows_max, NULL),
                     row->want);
    if (row->want == STATUS_OK)
        assert_true(after == row->after && rows_max == row->rows_max);
}

static void test_case_request__a_handle_of_15_bytes__refused(void **state)
{
    (void)state;
    static const uint8_t bytes[CASE_HANDLE_SIZE] = {3};
    uint8_t handle[CASE_HANDLE_SIZE] = {0};
    Netra__V1__CaseRequest message;
    netra__v1__case_request__init(&message);
    message.case_handle = wire_bytes(view_of(bytes, sizeof(bytes)));
    assert_int_equal(classification_wire_read_case_request(&message.base, handle, NULL),
                     STATUS_OK);
    assert_memory_equal(handle, bytes, sizeof(bytes));
    message.case_handle.len--;
    assert_int_equal(classification_wire_read_case_request(&message.base, handle, NULL),
                     STATUS_OUT_OF_RANGE);
}

static void test_ruleset__in_parts__the_worker_gets_every_byte(void **state)
{
    (void)state;
    static uint8_t ruleset[CLASSIFICATION_RULESET_PART_BYTES + 5] = {1};
    ruleset[sizeof(ruleset) - 1] = 9;
    uint32_t offset = 0;
    const uint32_t want_sizes[] = {CLASSIFICATION_RULESET_PART_BYTES, 5};
    for (unsigned i = 0; i < 2; i++) {
        struct view bytes;
        struct view part;
        uint32_t size = 0;
        assert_int_equal(classification_wire_ruleset_part(view_of(ruleset, sizeof(ruleset)),
                                                          offset, &arena, &bytes, NULL),
                         STATUS_OK);
        assert_int_equal(worker_wire_read_part(bytes, &arena, &size, &part, NULL), STATUS_OK);
        assert_int_equal(size, sizeof(ruleset));
        assert_int_equal(part.size, want_sizes[i]);
        assert_memory_equal(part.bytes, ruleset + offset, part.size);
        offset += (uint32_t)part.size;
    }
    struct view none;
    struct diag diag = {0};
    assert_int_equal(classification_wire_ruleset_part(view_of(ruleset, sizeof(ruleset)), offset,
                                                      &arena, &none, &diag),
                     STATUS_OUT_OF_RANGE);
    assert_non_null(strstr(diag.text, "offset"));
}

static void test_ruleset_request__worker__read_by_classification(void **state)
{
    (void)state;
    static const uint8_t sent[SHA256_SIZE] = {4, 5};
    uint8_t digest[SHA256_SIZE];
    uint32_t offset = 0;
    struct view bytes;
    ProtobufCMessage *message = NULL;
    assert_int_equal(worker_wire_ruleset_request(sent, 131072, &arena, &bytes), STATUS_OK);
    assert_int_equal(
        wire_unpack(&netra__v1__ruleset_request__descriptor, bytes, &arena, &message, NULL),
        STATUS_OK);
    assert_int_equal(classification_wire_read_ruleset_request(message, digest, &offset, NULL),
                     STATUS_OK);
    assert_memory_equal(digest, sent, sizeof(sent));
    assert_int_equal(offset, 131072);
    ((Netra__V1__RulesetRequest *)message)->digest.len = 31;
    assert_int_equal(classification_wire_read_ruleset_request(message, digest, &offset, NULL),
                     STATUS_OUT_OF_RANGE);
}

/* ---- acts ---- */

static void test_confirm__a_revision__read(void **state)
{
    (void)state;
    Netra__V1__ConfirmDecision message = NETRA__V1__CONFIRM_DECISION__INIT;
    message.revision = 7;
    struct view bytes;
    uint32_t revision = 0;
    assert_int_equal(wire_pack(&message.base, &arena, &bytes), STATUS_OK);
    assert_int_equal(classification_wire_read_confirm(bytes, &arena, &revision, NULL), STATUS_OK);
    assert_int_equal(revision, 7);
    assert_int_equal(
        classification_wire_read_confirm(view_of_text("\x0a"), &arena, &revision, NULL),
        STATUS_MALFORMED);
}

struct override_case {
    const char *name;
    const char *reason;
    size_t repeat; /* of the reason's first byte, instead of it */
    enum status want;
};

static struct override_case override_cases[] = {
    {"a reason in a few words is read", "Bukti foto tidak cukup", 0, STATUS_OK},
    {"a reason of 4 KiB is read", "a", DECISION_WHY_BYTES_MAX, STATUS_OK},
    {"a reason of a byte more is refused", "a", DECISION_WHY_BYTES_MAX + 1, STATUS_OUT_OF_RANGE},
    {"no reason is refused", "", 0, STATUS_FIELD_MISSING},
    {"a reason of blanks is none", " \t\r\n ", 0, STATUS_FIELD_MISSING},
    {"a reason that is not UTF-8 is refused", "\xc3\x28", 0, STATUS_NOT_UTF8},
};

static void test_read_override(void **state)
{
    const struct override_case *row = *state;
    static char reason[DECISION_WHY_BYTES_MAX + 2];
    static char override_code[] = "ETIK-01";
    (void)set_up(NULL);
    memset(reason, 0, sizeof(reason));
    memcpy(reason, row->reason, strlen(row->reason));
    if (row->repeat > 0)
        memset(reason, row->reason[0], row->repeat);
    Netra__V1__OverrideDecision message;
    netra__v1__override_decision__init(&message);
    message.revision = 3;
    message.code = override_code;
    message.reason = reason;
    struct view bytes;
    struct diag diag = {0};
    uint32_t revision = 0;
    const char *code = NULL;
    assert_int_equal(wire_pack(&message.base, &arena, &bytes), STATUS_OK);
    assert_int_equal(classification_wire_read_override(bytes, &arena, &revision, &code, &diag),
                     row->want);
    assert_int_equal(diag.text[0] != '\0', row->want != STATUS_OK);
    if (row->want != STATUS_OK)
        return;
    assert_int_equal(revision, 3);
    assert_string_equal(code, "ETIK-01");
}

static void test_tables__a_digest_of_31_bytes__refused(void **state)
{
    (void)state;
    static uint8_t sent[SHA256_SIZE] = {8};
    static char name[] = "classification";
    Netra__V1__TablesLoaded message;
    netra__v1__tables_loaded__init(&message);
    message.service = name;
    message.digest = wire_bytes(view_of(sent, sizeof(sent)));
    struct view bytes;
    const char *service = NULL;
    uint8_t digest[SHA256_SIZE];
    assert_int_equal(wire_pack(&message.base, &arena, &bytes), STATUS_OK);
    assert_int_equal(classification_wire_read_tables(bytes, &arena, &service, digest, NULL),
                     STATUS_OK);
    assert_string_equal(service, "classification");
    assert_memory_equal(digest, sent, sizeof(sent));
    message.digest.len = 31;
    assert_int_equal(wire_pack(&message.base, &arena, &bytes), STATUS_OK);
    assert_int_equal(classification_wire_read_tables(bytes, &arena, &service, digest, NULL),
                     STATUS_OUT_OF_RANGE);
}

int main(void)
{
    TEST_TABLE(asks, ask_cases, test_read_ask)
    TEST_TABLE(lists, list_cases, test_read_list)
    TEST_TABLE(overrides, override_cases, test_read_override)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test_setup(test_lease__two_cases__read_by_the_worker, set_up),
        cmocka_unit_test_setup(test_request__worker__read_by_classification, set_up),
        cmocka_unit_test(test_case_request__a_handle_of_15_bytes__refused),
        cmocka_unit_test_setup(test_ruleset__in_parts__the_worker_gets_every_byte, set_up),
        cmocka_unit_test_setup(test_ruleset_request__worker__read_by_classification, set_up),
        cmocka_unit_test_setup(test_confirm__a_revision__read, set_up),
        cmocka_unit_test_setup(test_tables__a_digest_of_31_bytes__refused, set_up),
    };
    int failed = cmocka_run_group_tests_name("read_ask", asks, NULL, NULL);
    failed += cmocka_run_group_tests_name("read_list", lists, NULL, NULL);
    failed += cmocka_run_group_tests_name("read_override", overrides, NULL, NULL);
    return failed + cmocka_run_group_tests_name("wire", singles, NULL, close_arena);
}
