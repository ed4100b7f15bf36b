/*
 * The tables in a store of their own, and cases to put there.
 */
#ifndef NETRA_TESTS_UNIT_INTAKE_INTAKE_STORE_FIXTURE_H
#define NETRA_TESTS_UNIT_INTAKE_INTAKE_STORE_FIXTURE_H

#include "services/intake/intake_store.h"

struct fixture {
    char folder[32];
    char path[64];
    struct store store;
    struct intake_store tables;
    struct arena arena;
};

#define ID "0192f0c4-8a3b-7c21-9def-0123456789ab"
#define ID_2 "0192f0c4-8a3b-7c21-9def-0123456789ac"

#define STORE_TEST(function) \
    cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

/* The header of every event. */
extern const uint8_t fixture_header[HEADER_SIZE];

int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* A revision as it is kept; all that differs follows from its number. */
struct revision_record revision_of(uint32_t revision, uint64_t seq, const char *node,
                                   const char *id);

/* Keeps a case under ID; its id. */
uint64_t put_case_of(struct fixture *fixture, uint64_t seq, const char *number, const char *node,
                     const char *region);
uint64_t put_case(struct fixture *fixture, uint64_t seq, const char *number, const char *node);

#endif
