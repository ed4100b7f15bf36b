/*
 * Intake's tables: the cases, and the cases' wrapped keys. Nothing of a case's content is here.
 *
 * Why two tables: erasing a case deletes its key's row and re-wraps the others; the case's own row
 * stays, so that its number is never given again and its receipt still answers.
 * Owns: prepared statements; the store is the service's.
 * Errors: the store's statuses, everywhere.
 */
#ifndef NETRA_INTAKE_INTAKE_STORE_H
#define NETRA_INTAKE_INTAKE_STORE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/store/store.h"
#include "common/wire/seal.h"
#include "services/intake/intake.h"

#include <stdbool.h>
#include <stdint.h>

/* PRAGMA application_id: "NT", and intake's number among the services. */
#define INTAKE_APPLICATION_ID 0x4e540001u

enum intake_statement {
    INTAKE_FIND_SUBMISSION,
    INTAKE_FIND_NUMBER,
    INTAKE_PUT_CASE,
    INTAKE_LIST_CASES,
    INTAKE_PUT_KEY,
    INTAKE_FIND_KEY,
    INTAKE_FIND_NEWEST_KEY,
    INTAKE_STATEMENT_COUNT
};

struct intake_store {
    struct statement statements[INTAKE_STATEMENT_COUNT];
};

/* A step that has shipped is never edited. */
#define INTAKE_MIGRATION_COUNT 1u
extern const char *const intake_migration_steps[INTAKE_MIGRATION_COUNT];

/* A case as it is kept. */
struct case_record {
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq; /* of the case's first event in that stream */
    uint8_t case_handle[CASE_HANDLE_SIZE];
    const char *case_number;
    const char *node;
    const char *submission_id;
    uint8_t hash[SUBMISSION_HASH_SIZE];
    const char *region;
    uint64_t accepted_at; /* Unix seconds */
    struct view receipt;  /* the encoded Receipt, answered again for the same submission */
};

/* What is known of a submission that came before. */
struct known_submission {
    uint8_t hash[SUBMISSION_HASH_SIZE];
    const char *case_number; /* in the arena */
    struct view receipt;     /* in the arena */
};

/* Prepares the statements of an open store. */
enum status intake_store_open(struct intake_store *tables, struct store *store) MUST_USE;
void intake_store_close(struct intake_store *tables);

/* The submission that this node sent under this id, uncommitted ones of the transaction included.
 * STATUS_NOT_FOUND: none yet. STATUS_NO_MEMORY. */
enum status intake_store_find_submission(struct intake_store *tables, const char *node,
                                         const char *submission_id, struct arena *arena,
                                         struct known_submission *ret_known) MUST_USE;

/* Whether a case has this number, erased ones included. */
enum status intake_store_has_number(struct intake_store *tables, const char *case_number,
                                    bool *ret_has) MUST_USE;

/* Keeps the case. Its number and its (node, submission id) must be new. */
enum status intake_store_put_case(struct intake_store *tables,
                                  const struct case_record *record) MUST_USE;

/* Keeps a new case's wrapped key. */
enum status intake_store_put_key(struct intake_store *tables,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE],
                                 const uint8_t wrapped[WRAPPED_KEY_SIZE]) MUST_USE;

/* The case's wrapped key. STATUS_NOT_FOUND: no such case, or erased. */
enum status intake_store_find_key(struct intake_store *tables,
                                  const uint8_t case_handle[CASE_HANDLE_SIZE],
                                  uint8_t wrapped[WRAPPED_KEY_SIZE]) MUST_USE;

/* The wrapped key with the highest handle. STATUS_NOT_FOUND: there is none. */
enum status intake_store_find_newest_key(struct intake_store *tables,
                                         uint8_t case_handle[CASE_HANDLE_SIZE],
                                         uint8_t wrapped[WRAPPED_KEY_SIZE]) MUST_USE;

/* At most `rows_max` cases after the list's key `after`, in the order in which they were accepted;
 * rows and texts lie in the arena. STATUS_NO_MEMORY. */
enum status intake_store_list(struct intake_store *tables, uint64_t after, uint32_t rows_max,
                              struct arena *arena, const struct case_row **ret_rows,
                              size_t *ret_count) MUST_USE;

#endif
