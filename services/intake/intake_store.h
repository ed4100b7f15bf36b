/*
 * Intake's tables: cases, the revisions of their facts, links between them, and their keys.
 * intake_store.c writes and looks up; intake_view_store.c reads what is shown.
 *
 * Why sealed copies: the event log is trimmed once everybody has an event, and a case's text is
 * asked for later; what is kept here opens with the case's key alone, so erasing the key erases
 * it.
 * Limits: REVISIONS_MAX revisions of a case; a revision's id is case id << 16 | revision.
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
    INTAKE_PUT_CASE,
    INTAKE_PUT_REVISION,
    INTAKE_MOVE_CASE,
    INTAKE_FIND_REVISION,
    INTAKE_FIND_REPORTER,
    INTAKE_NEXT_TREE,
    INTAKE_PUT_TREE,
    INTAKE_PUT_LINK,
    INTAKE_FIND_LINK,
    INTAKE_FIND_KEY,
    INTAKE_FIND_NEWEST_KEY,
    INTAKE_FIND_CASE_BY_NUMBER,
    INTAKE_FIND_CASE_BY_HANDLE,
    INTAKE_LIST_CASES,
    INTAKE_LIST_REVISIONS,
    INTAKE_LIST_LINKS,
    INTAKE_STATEMENT_COUNT
};

struct intake_store {
    struct statement statements[INTAKE_STATEMENT_COUNT];
};

/* A step that has shipped is never edited. */
#define INTAKE_MIGRATION_COUNT 1u
extern const char *const intake_migration_steps[INTAKE_MIGRATION_COUNT];

/* A revision of a case's facts as it is kept; the first is the case's own submission. */
struct revision_record {
    uint32_t revision;
    uint8_t stream_id[STREAM_ID_SIZE]; /* the event */
    uint64_t seq;
    const uint8_t *header; /* HEADER_SIZE bytes, as chained */
    struct view sealed;    /* the event's payload as it rests */
    const char *node;
    const char *submission_id;
    uint8_t hash[SUBMISSION_HASH_SIZE];
    struct view receipt;    /* its leaf in the tree of receipts … */
    uint64_t receipt_tree;  /* … of this id … */
    uint32_t receipt_index; /* … and its place there */
    uint64_t accepted_at;   /* Unix seconds */
    uint32_t incident_date;
    uint32_t received;
    bool is_clock_off;
};

/* A new case as it is kept. */
struct case_record {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    const char *case_number;
    const char *region;
    struct view reporter; /* sealed; empty: anonymous */
    uint8_t wrapped_key[WRAPPED_KEY_SIZE];
    const struct revision_record *first; /* what is known of it before its event is */
};

/* What is known of a submission or correction that came before. */
struct known_submission {
    uint8_t hash[SUBMISSION_HASH_SIZE];
    uint32_t revision;       /* which it became; 1: a new case */
    const char *case_number; /* in the arena */
    struct view receipt;     /* its leaf, in the arena */
    uint64_t receipt_tree;
    uint32_t receipt_index;
    struct view leaf_hashes; /* of that tree, in the arena; empty: it is this transaction's own */
    uint8_t signature[SIGNATURE_SIZE];
};

/* A revision's sealed event, read back; in the arena. */
struct kept_revision {
    uint8_t hash[SUBMISSION_HASH_SIZE];
    uint8_t header[HEADER_SIZE];
    struct view sealed;
};

/* Prepares the statements of an open store. */
enum status intake_store_open(struct intake_store *tables, struct store *store) MUST_USE;
void intake_store_close(struct intake_store *tables);

/* The submission that this node sent under this id, uncommitted ones of the transaction included.
 * STATUS_NOT_FOUND: none yet. STATUS_NO_MEMORY. */
enum status intake_store_find_submission(struct intake_store *tables, const char *node,
                                         const char *submission_id, struct arena *arena,
                                         struct known_submission *ret_known) MUST_USE;

/* Keeps the case with its key, without its first revision; *ret_id 0: a case has this number,
 * erased ones included, and nothing was kept. Its handle must be new. */
enum status intake_store_put_case(struct intake_store *tables, const struct case_record *record,
                                  uint64_t *ret_id) MUST_USE;

/* Keeps a revision of the case with that id, which becomes its newest. Its (node, submission id)
 * must be new. */
enum status intake_store_put_revision(struct intake_store *tables, uint64_t case_id,
                                      const struct revision_record *record) MUST_USE;

/* A revision's sealed event. STATUS_NOT_FOUND: the case has none of that number.
 * STATUS_NO_MEMORY. */
enum status intake_store_find_revision(struct intake_store *tables, uint64_t case_id,
                                       uint32_t revision, struct arena *arena,
                                       struct kept_revision *ret_kept) MUST_USE;

/* The sealed reporter, in the arena. STATUS_NOT_FOUND: there is none. STATUS_NO_MEMORY. */
enum status intake_store_find_reporter(struct intake_store *tables, uint64_t case_id,
                                       struct arena *arena, struct view *ret_reporter) MUST_USE;

/* The id that the next tree of receipts will have. */
enum status intake_store_next_tree(struct intake_store *tables, uint64_t *ret_id) MUST_USE;

/* Keeps what the receipts of one commit share: the hashes of their leaves, one after the other,
 * and the signature. */
enum status intake_store_put_tree(struct intake_store *tables, uint64_t id,
                                  struct view leaf_hashes,
                                  const uint8_t signature[SIGNATURE_SIZE]) MUST_USE;

/* Links a case to another, and whether that was done before with the same kind. */
enum status intake_store_put_link(struct intake_store *tables, uint64_t case_id, uint64_t other_id,
                                  uint32_t kind, uint64_t at) MUST_USE;
enum status intake_store_has_link(struct intake_store *tables, uint64_t case_id, uint64_t other_id,
                                  uint32_t kind, bool *ret_has) MUST_USE;

/* The case's wrapped key. STATUS_NOT_FOUND: no such case, or erased. */
enum status intake_store_find_key(struct intake_store *tables,
                                  const uint8_t case_handle[CASE_HANDLE_SIZE],
                                  uint8_t wrapped[WRAPPED_KEY_SIZE]) MUST_USE;

/* The wrapped key that was made last. STATUS_NOT_FOUND: there is none. */
enum status intake_store_find_newest_key(struct intake_store *tables,
                                         uint8_t case_handle[CASE_HANDLE_SIZE],
                                         uint8_t wrapped[WRAPPED_KEY_SIZE]) MUST_USE;

/* ---- what is shown (intake_view_store.c) ---- */

/* The case with that number, or that handle, without its revisions and links; texts lie in the
 * arena. STATUS_NOT_FOUND, STATUS_NO_MEMORY. */
enum status intake_store_case_by_number(struct intake_store *tables, const char *case_number,
                                        struct arena *arena, struct case_view *ret_case) MUST_USE;
enum status intake_store_case_by_handle(struct intake_store *tables,
                                        const uint8_t case_handle[CASE_HANDLE_SIZE],
                                        struct arena *arena, struct case_view *ret_case) MUST_USE;

/* Adds its newest LIMIT_LIST_ROWS revisions and links. STATUS_NO_MEMORY. */
enum status intake_store_complete_case(struct intake_store *tables, struct arena *arena,
                                       struct case_view *view) MUST_USE;

/* Whose cases a list shows: the same as principal_has_region says of each. */
struct region_filter {
    const char *regions; /* codes with blanks between them; "": all */
    bool is_exact;       /* those only, as for a node; else those below them too */
};

/* At most `rows_max` cases after the list's key `after`, in the order in which they were accepted.
 * Rows and texts lie in the arena. STATUS_NO_MEMORY. */
enum status intake_store_list(struct intake_store *tables, uint64_t after, uint32_t rows_max,
                              const struct region_filter *filter, struct arena *arena,
                              const struct case_row **ret_rows, size_t *ret_count) MUST_USE;

#endif
