/*
 * Whom a service lets in by its configuration: its operator, until the register knows one.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "netra/v1/event.pb-c.h"

#include <string.h>

#define KEYS_MAX 3u

#define OPERATOR NETRA__V1__ROLE__ROLE_OPERATOR
#define WORKER NETRA__V1__ROLE__ROLE_WORKER
#define NODE NETRA__V1__ROLE__ROLE_NODE

struct entrance_case {
    const char *name;
    struct principal known[KEYS_MAX]; /* the register; role 0 ends it */
    bool is_stale;                    /* its table may know more */
    bool is_configured;
    uint8_t key; /* that comes; the configured one is 'c' */
    bool want;
};

static struct entrance_case cases[] = {
    {.name = "an empty register lets the configured operator in",
     .is_configured = true,
     .key = 'c',
     .want = true},
    {.name = "a register whose operators have not come yet lets him in",
     .known = {{.role = WORKER}, {.role = NODE}},
     .is_configured = true,
     .key = 'c',
     .want = true},
    {.name = "a register that knows another operator decides by itself",
     .known = {{.role = WORKER}, {.role = OPERATOR}},
     .is_configured = true,
     .key = 'c'},
    {.name = "a register whose operator was revoked decides by itself",
     .known = {{.role = OPERATOR, .is_revoked = true}},
     .is_configured = true,
     .key = 'c'},
    {.name = "a register that could not be read refuses everybody",
     .is_stale = true,
     .is_configured = true,
     .key = 'c'},
    {.name = "another key is not let in", .is_configured = true, .key = 'a'},
    {.name = "nobody is let in where none is configured", .key = 0},
};

static void check_entrance(void **state)
{
    static struct service service;
    struct entrance_case *row = *state;
    uint8_t key[CURVE_KEY_SIZE];
    service = (struct service){
        .register_keys = {.principals = row->known, .is_stale = row->is_stale},
    };
    while (service.register_keys.count < KEYS_MAX &&
           row->known[service.register_keys.count].role != 0)
        service.register_keys.count++;
    if (row->is_configured) {
        service.operator.role = OPERATOR;
        memset(service.operator.curve_public, 'c', CURVE_KEY_SIZE);
    }
    memset(key, row->key, sizeof key);
    const struct principal *who = service_lone_operator(&service, key);
    assert_int_equal(who != NULL, row->want);
}

int main(void)
{
    TEST_TABLE(tests, cases, check_entrance);
    return cmocka_run_group_tests_name("the configured operator", tests, NULL, NULL);
}
