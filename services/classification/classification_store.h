/*
 * Classification's own tables: the decisions and their revisions; the only file with its SQL.
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_STORE_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_STORE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/store/store.h"
#include "services/classification/decision.h"

#include <stddef.h>
#include <stdint.h>

#define CLASSIFICATION_MIGRATION_COUNT 1u
extern const char *const classification_migration_steps[CLASSIFICATION_MIGRATION_COUNT];

enum classification_statement {
    CLASSIFICATION_FIND_REVISION,
    CLASSIFICATION_PUT_DECISION,
    CLASSIFICATION_LIST_DECISIONS,
    CLASSIFICATION_STATEMENT_COUNT
};

struct classification_store {
    struct statement statements[CLASSIFICATION_STATEMENT_COUNT];
};

/* Prepares the statements; the store is migrated. The store's statuses, as all below. */
enum status classification_store_open(struct classification_store *tables,
                                      struct store *store) MUST_USE;
void classification_store_close(struct classification_store *tables);

/* The newest decision revision of the case; 0 when it has none. */
enum status classification_store_find_revision(struct classification_store *tables,
                                               const uint8_t case_handle[CASE_HANDLE_SIZE],
                                               uint32_t *ret_revision) MUST_USE;

/* Adds a decision at the end of the list; its `id` is not looked at. */
enum status classification_store_put(struct classification_store *tables,
                                     const struct decision *decision) MUST_USE;

/* Up to rows_max decisions behind the list's key `after`, in the arena; their reasons and facts
 * are left empty: the list has none. STATUS_NO_MEMORY. */
enum status classification_store_list(struct classification_store *tables, uint64_t after,
                                      uint32_t rows_max, struct arena *arena,
                                      const struct decision **ret_rows,
                                      size_t *ret_count) MUST_USE;

#endif
