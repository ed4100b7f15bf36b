/* Are requests checked at the edge, and do the bootstrap file's roles become the contract's? */
#include "tests/support/test.h"

#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/intake_to_any.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "netra/v1/service_to_intake.pb-c.h"
#include "services/intake/intake_wire.h"

#include <string.h>

struct list_case {
    const char *name;
    uint64_t after;
    uint32_t rows_max;
    enum status want;
};

static struct list_case list_cases[] = {
    {"one row from the start", 0, 1, STATUS_OK},
    {"the largest page", 7, LIMIT_LIST_ROWS, STATUS_OK},
    {"after the highest key there can be", INT64_MAX, 1, STATUS_OK},
    {"no rows are no page", 0, 0, STATUS_OUT_OF_RANGE},
    {"a page too large is refused, not cut", 0, LIMIT_LIST_ROWS + 1, STATUS_OUT_OF_RANGE},
    {"a key that no row can have is refused", (uint64_t)INT64_MAX + 1, 1, STATUS_OUT_OF_RANGE},
};

static void test_list(void **state)
{
    const struct list_case *row = *state;
    Netra__V1__ListRequest message = NETRA__V1__LIST_REQUEST__INIT;
    message.after = row->after;
    message.rows_max = row->rows_max;
    uint64_t after = 99;
    uint32_t rows_max = 99;
    assert_int_equal(intake_wire_read_list(&message.base, &after, &rows_max, NULL), row->want);
    assert_int_equal(after, row->want == STATUS_OK ? row->after : 99);
    assert_int_equal(rows_max, row->want == STATUS_OK ? row->rows_max : 99);
}

struct handles_case {
    const char *name;
    size_t count;
    size_t size; /* bytes of each handle */
    enum status want;
};

static struct handles_case handles_cases[] = {
    {"no handles are fine", 0, 0, STATUS_OK},
    {"one handle", 1, CASE_HANDLE_SIZE, STATUS_OK},
    {"as many handles as are answered", LIMIT_LIST_ROWS, CASE_HANDLE_SIZE, STATUS_OK},
    {"one handle too many", LIMIT_LIST_ROWS + 1, CASE_HANDLE_SIZE, STATUS_OUT_OF_RANGE},
    {"a handle too short", 1, CASE_HANDLE_SIZE - 1, STATUS_OUT_OF_RANGE},
    {"a handle too long", 1, CASE_HANDLE_SIZE + 1, STATUS_OUT_OF_RANGE},
};

static void test_handles(void **state)
{
    const struct handles_case *row = *state;
    static uint8_t bytes[CASE_HANDLE_SIZE + 1] = {1, 2, 3};
    static ProtobufCBinaryData data[LIMIT_LIST_ROWS + 1];
    for (size_t index = 0; index < row->count; index++)
        data[index] = wire_bytes(view_of(bytes, row->size));
    Netra__V1__CaseKeysRequest message = NETRA__V1__CASE_KEYS_REQUEST__INIT;
    message.n_case_handles = row->count;
    message.case_handles = data;
    struct arena arena;
    assert_int_equal(arena_open(&arena, 65536), STATUS_OK);
    const uint8_t(*handles)[CASE_HANDLE_SIZE] = NULL;
    size_t count = 99;
    assert_int_equal(intake_wire_read_handles(&message.base, &arena, &handles, &count, NULL),
                     row->want);
    assert_int_equal(count, row->want == STATUS_OK ? row->count : 99);
    for (size_t index = 0; row->want == STATUS_OK && index < count; index++)
        assert_memory_equal(handles[index], bytes, CASE_HANDLE_SIZE);
    arena_close(&arena);
}

struct role_case {
    const char *name;
    const char *word;
    enum status want;
    Netra__V1__Role want_role;
};

static struct role_case role_cases[] = {
    {"an operator", "operator", STATUS_OK, NETRA__V1__ROLE__ROLE_OPERATOR},
    {"a node", "node", STATUS_OK, NETRA__V1__ROLE__ROLE_NODE},
    {"a worker", "worker", STATUS_OK, NETRA__V1__ROLE__ROLE_WORKER},
    {"a reviewer", "reviewer", STATUS_OK, NETRA__V1__ROLE__ROLE_REVIEWER},
    {"an officer", "officer", STATUS_OK, NETRA__V1__ROLE__ROLE_OFFICER},
    {"an approver", "approver", STATUS_OK, NETRA__V1__ROLE__ROLE_APPROVER},
    {"an auditor", "auditor", STATUS_OK, NETRA__V1__ROLE__ROLE_AUDITOR},
    {"a role of two words", "protection_officer", STATUS_OK,
     NETRA__V1__ROLE__ROLE_PROTECTION_OFFICER},
    {"a role that isn't one", "king", STATUS_CONFIG_INVALID, NETRA__V1__ROLE__ROLE_UNSPECIFIED},
    {"unspecified is no role", "unspecified", STATUS_CONFIG_INVALID,
     NETRA__V1__ROLE__ROLE_UNSPECIFIED},
    {"a service is configured, never bootstrapped", "service", STATUS_CONFIG_INVALID,
     NETRA__V1__ROLE__ROLE_UNSPECIFIED},
    {"a word longer than any role",
     "operatoroperatoroperatoroperatoroperatoroperatoroperatoroperatoroperator",
     STATUS_CONFIG_INVALID, NETRA__V1__ROLE__ROLE_UNSPECIFIED},
};

static void test_role(void **state)
{
    const struct role_case *row = *state;
    struct bootstrap_key key = {
        .role = row->word,
        .name = "bkd-serang",
        .has_sign_public = true,
        .regions = {"36.04", "36.73"},
        .region_count = 2,
    };
    memset(key.curve_public, 1, sizeof(key.curve_public));
    memset(key.sign_public, 2, sizeof(key.sign_public));
    struct arena arena;
    assert_int_equal(arena_open(&arena, 65536), STATUS_OK);
    struct view bytes;
    assert_int_equal(intake_wire_key_authorised(&key, &arena, &bytes, NULL), row->want);
    if (row->want == STATUS_OK) {
        ProtobufCMessage *unpacked = NULL;
        assert_int_equal(
            wire_unpack(&netra__v1__key_authorised__descriptor, bytes, &arena, &unpacked, NULL),
            STATUS_OK);
        const Netra__V1__KeyAuthorised *message = (const Netra__V1__KeyAuthorised *)unpacked;
        assert_int_equal(message->role, row->want_role);
        assert_string_equal(message->name, "bkd-serang");
        assert_int_equal(message->n_regions, 2);
        assert_string_equal(message->regions[1], "36.73");
        assert_true(view_equals(wire_view(message->curve_public), view_of(key.curve_public, 32)));
        assert_true(view_equals(wire_view(message->sign_public), view_of(key.sign_public, 32)));
    }
    arena_close(&arena);
}

int main(void)
{
    TEST_TABLE(lists, list_cases, test_list)
    TEST_TABLE(handles, handles_cases, test_handles)
    TEST_TABLE(roles, role_cases, test_role)

    int failed = cmocka_run_group_tests_name("intake/wire_list", lists, NULL, NULL);
    failed += cmocka_run_group_tests_name("intake/wire_handles", handles, NULL, NULL);
    return failed + cmocka_run_group_tests_name("intake/wire_roles", roles, NULL, NULL);
}
