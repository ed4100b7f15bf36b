/*
 * The whole log read page by page and verified as it is read: what `audit verify` tells of, and
 * what `audit replay` rebuilds from.
 *
 * Why services are asked before the head: whatever is acknowledged then is in the tree of that
 * head. Leaves beyond the head that was signed are not looked at: they came since.
 * Why pages are asked for ahead: audit-log looks up the next one while this one is checked.
 * Owns: the checks' tables, memory for pages under way; audit_walk_close releases them.
 * Limits: WALK_HEADS_MAX heads in one walk; WALK_GROWTH_LEAVES more leaves than the first head
 * has.
 */
#ifndef NETRA_NETRA_AUDIT_WALK_H
#define NETRA_NETRA_AUDIT_WALK_H

#include "services/netra/audit_key.h"
#include "services/netra/log_check.h"
#include "services/netra/page_plan.h"
#include "services/netra/pages.h"

#define WALK_HEADS_MAX 3u
#define WALK_GROWTH_LEAVES 262144u

/* A page that was asked for. */
struct audit_walk_page {
    struct page_asked asked;
    struct door_ask ask;
    struct arena arena; /* the question, then the answer */
    bool is_asked;
};

struct audit_walk {
    struct command *command;
    struct page_plan plan;
    struct audit_walk_page pages[DOOR_AHEAD_MAX];
    struct log_check check;
    struct statuses statuses;         /* as they were before the newest head */
    const Netra__V1__AuditHead *head; /* the newest; in command->arena */
    uint64_t size;                    /* leaves that its checkpoint covers */
    uint64_t room;                    /* leaves that the checks have room for */
    struct note_key key;
    json_t *differences; /* what was found, as objects: at most the first hundred */
    char first[300];     /* the first of them, for the error line */
};

/* One leaf that was checked: its header (audit-log's fields as in the leaf) and its payload as it
 * rests, sealed or clear; empty when erased. */
struct audit_walked {
    uint64_t index;
    struct event_header header;
    struct view payload;
};

/* Gets the leaves of a page in order; what it takes from command->page is gone with the page. */
typedef enum status (*audit_walk_visit)(void *self, const struct audit_walked *leaves,
                                        size_t count);

/* Asks services and head, checks the head's signature and makes room. STATUS_VERIFICATION_FAILED,
 * STATUS_SIGNATURE_INVALID, STATUS_NO_MEMORY, and the statuses of command_ask. */
enum status audit_walk_open(struct audit_walk *walk, struct command *command) MUST_USE;

/* Asks services and head again, to go on from where the walk stands. STATUS_TRY_AGAIN_LATER: the
 * log has grown beyond the walk's limits meanwhile. */
enum status audit_walk_renew(struct audit_walk *walk) MUST_USE;

/* Reads on up to the newest head. `visit` may be NULL. A difference ends nothing unless no leaf
 * behind it can be checked; what `visit` returns ends it. */
enum status audit_walk_read(struct audit_walk *walk, audit_walk_visit visit, void *self) MUST_USE;

/* The end: what was expected and did not come. STATUS_VERIFICATION_FAILED with the first
 * difference in the command's diag, when there is any. */
enum status audit_walk_end(struct audit_walk *walk) MUST_USE;

void audit_walk_close(struct audit_walk *walk);

#endif
