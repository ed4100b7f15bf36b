/*
 * A register in a store of a test's own, and short descriptions of key events.
 */
#ifndef NETRA_TESTS_UNIT_SERVICE_REGISTER_CASE_H
#define NETRA_TESTS_UNIT_SERVICE_REGISTER_CASE_H

#include "common/service/register.h"
#include "netra/v1/intake_to_any.pb-c.h"

#define NODE NETRA__V1__ROLE__ROLE_NODE
#define WORKER NETRA__V1__ROLE__ROLE_WORKER
#define TYPE_AUTHORISED ((uint16_t)NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED)

extern struct store store;
extern struct register_keys keys;
extern struct arena arena;
extern struct diag diag;

/* A key authorised: keys are one byte 32 times. */
struct event {
    const char *name;
    int role;
    uint8_t curve; /* 0: absent, unless it has a size */
    uint8_t sign;
    unsigned curve_size; /* 0: 32 */
    unsigned sign_size;
    const char *regions[40];
};

extern const struct event node;

/* cmocka's fixtures. */
int set_up(void **state);
int tear_down(void **state);

void open_all(void);
void close_all(void);

struct view pack(const struct event *event);
enum status authorise(const struct event *event);
enum status revoke_key(uint8_t curve);

void begin(void);
void commit(void);
const struct principal *find(uint8_t curve);

#endif
