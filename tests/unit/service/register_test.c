/* Which key events are applied, and for what the others are refused. */
#include "register_case.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

/* ---- rows: one event after the node above ---- */

struct register_case {
    const char *name;
    struct event event;
    enum status want;
    const char *want_diag; /* part of it */
};

#define LONG_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FIVE "36.04.12.3001", "36.04.12.3002", "36.04.12.3003", "36.04.12.3004", "36.04.12.3005"

/* The node of register_case.c: a constant in C17's sense. */
#define NODE_EVENT                                                              \
    {                                                                           \
        .name = "bkd-serang", .role = NODE, .curve = 5, .sign = 6, .regions = { \
            "36.04",                                                            \
            "36.73"                                                             \
        }                                                                       \
    }

static struct register_case cases[] = {
    {.name = "another node",
     .event = {.name = "a", .role = NODE, .curve = 1, .sign = 2},
     .want = STATUS_OK},
    {.name = "a worker without a signing key",
     .event = {.name = "w", .role = WORKER, .curve = 1},
     .want = STATUS_OK},
    {.name = "a name of 64 bytes",
     .event = {.name = LONG_64, .role = NODE, .curve = 1, .sign = 2},
     .want = STATUS_OK},
    {.name = "the same name in another role",
     .event = {.name = "bkd-serang", .role = WORKER, .curve = 1},
     .want = STATUS_OK},
    {.name = "regions to the last byte",
     .event = {.name = "a",
               .role = NODE,
               .curve = 1,
               .sign = 2,
               .regions = {FIVE, FIVE, FIVE, "36", "36", "36", "36.04", "36.04", "36.041", "361",
                           "36.04.12.3001"}},
     .want = STATUS_OK},
    {.name = "the node again", .event = NODE_EVENT, .want = STATUS_OK},
    {.name = "no name",
     .event = {.role = NODE, .curve = 1, .sign = 2},
     .want = STATUS_FIELD_MISSING,
     .want_diag = "name"},
    {.name = "a name of 65 bytes",
     .event = {.name = LONG_64 "a", .role = NODE, .curve = 1, .sign = 2},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "name"},
    {.name = "a name with a space",
     .event = {.name = "a b", .role = NODE, .curve = 1, .sign = 2},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "name"},
    {.name = "a name in upper case",
     .event = {.name = "BKD", .role = NODE, .curve = 1, .sign = 2},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "name"},
    {.name = "no role",
     .event = {.name = "a", .curve = 1, .sign = 2},
     .want = STATUS_FIELD_MISSING,
     .want_diag = "role"},
    {.name = "a service",
     .event = {.name = "a", .role = NETRA__V1__ROLE__ROLE_SERVICE, .curve = 1, .sign = 2},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "role"},
    {.name = "a role of a newer contract",
     .event = {.name = "a", .role = 999, .curve = 1, .sign = 2},
     .want = STATUS_CONTRACT_NEWER,
     .want_diag = "role"},
    {.name = "no connecting key",
     .event = {.name = "a", .role = NODE, .sign = 2},
     .want = STATUS_FIELD_MISSING,
     .want_diag = "curve_public"},
    {.name = "a connecting key of 31 bytes",
     .event = {.name = "a", .role = NODE, .curve = 1, .curve_size = 31, .sign = 2},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "curve_public"},
    {.name = "a connecting key of zeros",
     .event = {.name = "a", .role = NODE, .curve_size = 32, .sign = 2},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "curve_public: all zero"},
    {.name = "a node without a signing key",
     .event = {.name = "a", .role = NODE, .curve = 1},
     .want = STATUS_FIELD_MISSING,
     .want_diag = "sign_public"},
    {.name = "a signing key of 33 bytes",
     .event = {.name = "a", .role = NODE, .curve = 1, .sign = 2, .sign_size = 33},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "sign_public"},
    {.name = "a signing key of zeros",
     .event = {.name = "w", .role = WORKER, .curve = 1, .sign_size = 32},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "sign_public: all zero"},
    {.name = "a region of one digit",
     .event = {.name = "a", .role = NODE, .curve = 1, .sign = 2, .regions = {"3"}},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "regions"},
    {.name = "a region of 14 bytes",
     .event = {.name = "a", .role = NODE, .curve = 1, .sign = 2, .regions = {"36.04.12.30011"}},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "regions"},
    {.name = "a region with a letter",
     .event = {.name = "a", .role = NODE, .curve = 1, .sign = 2, .regions = {"36.04", "36.O4"}},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "regions"},
    {.name = "regions one byte too many",
     .event = {.name = "a",
               .role = NODE,
               .curve = 1,
               .sign = 2,
               .regions = {FIVE, FIVE, FIVE, "36", "36", "36", "36.04", "36.04", "36.041", "3601",
                           "36.04.12.3001"}},
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "more than a register's row holds"},
    {.name = "the node's key with another name",
     .event = {.name = "a", .role = NODE, .curve = 5, .sign = 6, .regions = {"36.04", "36.73"}},
     .want = STATUS_NAME_TAKEN,
     .want_diag = "another row"},
    {.name = "the node's key with other regions",
     .event = {.name = "bkd-serang", .role = NODE, .curve = 5, .sign = 6, .regions = {"36.04"}},
     .want = STATUS_NAME_TAKEN,
     .want_diag = "another row"},
    {.name = "the node's key with another signing key",
     .event = {.name = "bkd-serang",
               .role = NODE,
               .curve = 5,
               .sign = 2,
               .regions = {"36.04", "36.73"}},
     .want = STATUS_NAME_TAKEN,
     .want_diag = "another row"},
    {.name = "the node's name with another key",
     .event = {.name = "bkd-serang", .role = NODE, .curve = 1, .sign = 2},
     .want = STATUS_NAME_TAKEN,
     .want_diag = "another row"},
    {.name = "one signing key for two would be one person as two",
     .event = {.name = "a", .role = NODE, .curve = 1, .sign = 6},
     .want = STATUS_NAME_TAKEN,
     .want_diag = "another row"},
};

static void test_authorise(void **state)
{
    const struct register_case *it = *state;
    (void)set_up(NULL);
    begin();
    assert_int_equal(STATUS_OK, authorise(&node));
    enum status status = authorise(&it->event);
    commit();
    const struct principal *principal = find(it->event.curve == 0 ? 1 : it->event.curve);
    bool is_there = principal != NULL && principal->role == it->event.role &&
                    strcmp(principal->name, it->event.name == NULL ? "" : it->event.name) == 0;
    bool is_node_there = find(5) != NULL && strcmp(find(5)->regions, "36.04 36.73") == 0;
    (void)tear_down(NULL);
    assert_int_equal(it->want, status);
    assert_true(is_node_there);
    if (it->want == STATUS_OK)
        assert_true(is_there);
    else
        assert_non_null(strstr(diag.text, it->want_diag));
}

/* ---- rows: regions ---- */

struct region_case {
    const char *name;
    const char *regions;
    const char *region;
    uint16_t role; /* 0: a node */
    bool want;
};

static struct region_case region_cases[] = {
    {.name = "no regions are all", .regions = "", .region = "36.04", .want = true},
    {.name = "the first", .regions = "36.04 36.73", .region = "36.04", .want = true},
    {.name = "the last", .regions = "36.04 36.73", .region = "36.73", .want = true},
    {.name = "another", .regions = "36.04 36.73", .region = "36.05"},
    {.name = "a part of one", .regions = "36.04 36.73", .region = "36.0"},
    {.name = "longer than one", .regions = "36.04 36.73", .region = "36.04.01"},
    {.name = "two in one", .regions = "36.04 36.73", .region = "36.04 36.73"},
    {.name = "nothing", .regions = "36.04 36.73", .region = ""},
    {.name = "a provincial node doesn't speak for a kabupaten",
     .regions = "36",
     .region = "36.04"},
    {.name = "a province's reviewer has its kabupaten",
     .regions = "36",
     .region = "36.04",
     .role = 4,
     .want = true},
    {.name = "a reviewer has what is his own",
     .regions = "36.04",
     .region = "36.04",
     .role = 4,
     .want = true},
    {.name = "a reviewer has nothing above his own",
     .regions = "36.04",
     .region = "36",
     .role = 4},
    {.name = "a region covers at its dots only", .regions = "36.0", .region = "36.04", .role = 4},
};

static void test_region(void **state)
{
    const struct region_case *it = *state;
    struct principal principal = {.role = it->role == 0 ? 1 : it->role};
    (void)snprintf(principal.regions, sizeof(principal.regions), "%s", it->regions);
    assert_int_equal(it->want, principal_has_region(&principal, it->region));
}

int main(void)
{
    TEST_TABLE(rows, cases, test_authorise)
    TEST_TABLE(region_rows, region_cases, test_region)
    int failures = cmocka_run_group_tests(rows, NULL, NULL);
    return failures + cmocka_run_group_tests(region_rows, NULL, NULL);
}
