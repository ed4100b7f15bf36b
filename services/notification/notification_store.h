/*
 * Notification's table: who is to be told what. A notice is unique by case, decision revision,
 * recipient and kind (protocol.md 22). Nothing of a case's content is here.
 *
 * Owns: prepared statements; the store is the service's.
 * Errors: the store's statuses, everywhere.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_STORE_H
#define NETRA_NOTIFICATION_NOTIFICATION_STORE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/store/store.h"
#include "services/notification/notification.h"

#include <stdbool.h>
#include <stdint.h>

/* PRAGMA application_id: "NT", and notification's number among the services. */
#define NOTIFICATION_APPLICATION_ID 0x4e540003u

enum notification_statement {
    NOTIFICATION_PUT_NOTICE,
    NOTIFICATION_FIND_HIGHER,
    NOTIFICATION_LIST_NOTICES,
    NOTIFICATION_STATEMENT_COUNT
};

struct notification_store {
    struct statement statements[NOTIFICATION_STATEMENT_COUNT];
};

/* A step that has shipped is never edited. */
#define NOTIFICATION_MIGRATION_COUNT 1u
extern const char *const notification_migration_steps[NOTIFICATION_MIGRATION_COUNT];

/* What becomes of a notice. */
enum notice_state {
    NOTICE_QUEUED,    /* to be handed over */
    NOTICE_SUPERSEDED /* a higher revision's notice was there first: recorded, never acted on
                         (protocol.md 20) */
};

struct notice {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint32_t revision;
    struct recipient recipient;
    enum notice_state state;
    int64_t at; /* Unix seconds */
};

/* Prepares the statements of an open store. */
enum status notification_store_open(struct notification_store *tables,
                                    struct store *store) MUST_USE;
void notification_store_close(struct notification_store *tables);

/* Keeps the notice. *ret_is_new is false when it was there already; it is then left as it was. */
enum status notification_store_put(struct notification_store *tables, const struct notice *notice,
                                   bool *ret_is_new) MUST_USE;

/* Whether there is a notice of a higher revision of the case's decision. */
enum status notification_store_has_higher(struct notification_store *tables,
                                          const uint8_t case_handle[CASE_HANDLE_SIZE],
                                          uint32_t revision, bool *ret_has) MUST_USE;

/* At most `rows_max` notices after the list's key `after`, in the order in which they were made;
 * rows and texts lie in the arena. STATUS_NO_MEMORY. */
enum status notification_store_list(struct notification_store *tables, uint64_t after,
                                    uint32_t rows_max, struct arena *arena,
                                    const struct notice_row **ret_rows,
                                    size_t *ret_count) MUST_USE;

#endif
