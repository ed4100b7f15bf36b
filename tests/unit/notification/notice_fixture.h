/*
 * Notification's tables in a folder of their own, and notices to put there.
 */
#ifndef NETRA_TESTS_UNIT_NOTIFICATION_NOTICE_FIXTURE_H
#define NETRA_TESTS_UNIT_NOTIFICATION_NOTICE_FIXTURE_H

#include "services/notification/notification_store.h"

#define NOW 1728700000

struct fixture {
    char folder[32];
    char path[64];
    struct store store;
    struct notification_store tables;
};

/* Opens and removes them; cmocka's setup and teardown. */
int set_up(void **state);
int tear_down(void **state);

/* A queued notice. */
struct notice_row row_of(uint8_t case_byte, uint32_t revision, const char *recipient,
                         enum notice_kind kind);

/* Keeps it. Returns the new row's id; 0: it was there. */
uint64_t put(struct fixture *fixture, struct notice_row row);

/* The row with that id, which must be there. */
struct notice_row get(struct fixture *fixture, uint64_t id);

#endif
