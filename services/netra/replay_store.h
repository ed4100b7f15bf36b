/*
 * What a replay rebuilds from the log: the register of keys, cases, decisions and notices, in one
 * store of its own.
 *
 *   register_key  a key by its CURVE key
 *   cases         a case by its handle; one whose key was destroyed has nothing but the handle
 *   facts         the revisions of its facts, without their content
 *   link          which cases were said to belong together
 *   decision      every revision, with the event's payload whole
 *   notice        what was queued or blocked, and what became of it
 *   resent        which were ordered again, by their numbers in notification's list
 *   difference    what a comparison found: per round the first of each case
 *   replay        one row once the log was verified: what was rebuilt
 *
 * Why not the services' own stores: what is rebuilt by other code than made it can't repeat its
 * mistakes, and nothing here could send anything.
 * Why rounds: `compared` says in which round a row was met; what was not met is missing there.
 * Owns: store and statements.
 * Errors: the store's statuses, everywhere.
 */
#ifndef NETRA_NETRA_REPLAY_STORE_H
#define NETRA_NETRA_REPLAY_STORE_H

#include "common/base/arena.h"
#include "common/store/store.h"
#include "common/wire/header.h"

#include <stdbool.h>
#include <stdint.h>

/* PRAGMA application_id: "NT", and replay's number behind the services'. */
#define REPLAY_APPLICATION_ID 0x4e540010u

/* Texts are codes and numbers of the contract: longer ones are refused. */
#define REPLAY_TEXT_BYTES 192u

enum replay_statement {
    REPLAY_PUT_KEY,
    REPLAY_REVOKE_KEY,
    REPLAY_TAKE_KEY,
    REPLAY_PUT_CASE,
    REPLAY_PUT_ERASED,
    REPLAY_PUT_FACTS,
    REPLAY_TAKE_CASE,
    REPLAY_GET_FACTS,
    REPLAY_COUNT_FACTS,
    REPLAY_PUT_LINK,
    REPLAY_GET_LINK,
    REPLAY_COUNT_LINKS,
    REPLAY_PUT_DECISION,
    REPLAY_TAKE_DECISION,
    REPLAY_PUT_NOTICE,
    REPLAY_SETTLE_NOTICE,
    REPLAY_RESEND_NOTICE,
    REPLAY_TAKE_NOTICE,
    REPLAY_COUNT_HIGHER,
    REPLAY_PUT_DIFFERENCE,
    REPLAY_MISS_CASES,
    REPLAY_MISS_DECISIONS,
    REPLAY_MISS_NOTICES,
    REPLAY_MISS_KEYS,
    REPLAY_EACH_DIFFERENCE,
    REPLAY_COUNT,
    REPLAY_PUT_DONE,
    REPLAY_STATEMENT_COUNT
};

struct replay_store {
    struct store store;
    struct statement statements[REPLAY_STATEMENT_COUNT];
    uint64_t moment; /* counts what became of notices, to tell what came after what */
};

struct replay_case {
    char case_number[REPLAY_TEXT_BYTES];
    char region[REPLAY_TEXT_BYTES];
    char node[REPLAY_TEXT_BYTES];
    bool is_erased;
};

/* A revision of a case's facts. */
struct replay_facts {
    uint32_t revision;
    char submission_id[REPLAY_TEXT_BYTES];
    uint64_t accepted_at;
    uint32_t incident_date;
    uint32_t received;
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
};

/* By what a notice is known: once per recipient and cause. */
struct replay_notice_key {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint32_t revision;
    uint32_t kind;
    const char *recipient;
};

struct replay_notice {
    char role[REPLAY_TEXT_BYTES];
    char channel[REPLAY_TEXT_BYTES];
    char state[REPLAY_TEXT_BYTES]; /* queued, handed_over, failed or blocked */
    bool is_overtaken;             /* a later revision of its case was decided */
    bool is_resent;                /* and nothing became of it since */
};

/* What differs first at a case. */
struct replay_difference {
    char case_number[REPLAY_TEXT_BYTES];
    char what[REPLAY_TEXT_BYTES];
    char rebuilt[REPLAY_TEXT_BYTES];
    char running[REPLAY_TEXT_BYTES];
};

struct replay_counts {
    uint64_t keys;
    uint64_t cases; /* erased ones left out */
    uint64_t erased;
    uint64_t facts;
    uint64_t links;
    uint64_t decisions;
    uint64_t notices;
};

/* Makes the store, which must be new, at `path`, and begins. STATUS_NAME_TAKEN: it is there
 * already. */
enum status replay_store_open(struct replay_store *store, const char *path,
                              struct diag *diag) MUST_USE;

/* What was not committed is gone. */
void replay_store_close(struct replay_store *store);

/* Commits and begins anew. */
enum status replay_store_commit(struct replay_store *store) MUST_USE;

/* ---- applying ---- */

enum status replay_store_put_key(struct replay_store *store, const uint8_t curve_public[32],
                                 const char *name, uint32_t role) MUST_USE;
enum status replay_store_revoke_key(struct replay_store *store,
                                    const uint8_t curve_public[32]) MUST_USE;
enum status replay_store_put_case(struct replay_store *store,
                                  const uint8_t case_handle[CASE_HANDLE_SIZE],
                                  const char *case_number, const char *region,
                                  const char *node) MUST_USE;
enum status replay_store_put_erased(struct replay_store *store,
                                    const uint8_t case_handle[CASE_HANDLE_SIZE]) MUST_USE;
enum status replay_store_put_facts(struct replay_store *store,
                                   const uint8_t case_handle[CASE_HANDLE_SIZE],
                                   const struct replay_facts *facts) MUST_USE;
enum status replay_store_put_link(struct replay_store *store,
                                  const uint8_t case_handle[CASE_HANDLE_SIZE],
                                  const uint8_t other[CASE_HANDLE_SIZE], uint32_t kind) MUST_USE;
enum status replay_store_put_decision(struct replay_store *store,
                                      const uint8_t case_handle[CASE_HANDLE_SIZE],
                                      uint32_t revision, uint64_t seq, struct view made) MUST_USE;

/* A notice that the event (stream id, seq) queued or blocked. */
enum status replay_store_put_notice(struct replay_store *store,
                                    const struct replay_notice_key *key,
                                    const struct replay_notice *notice,
                                    const uint8_t stream_id[STREAM_ID_SIZE],
                                    uint64_t seq) MUST_USE;

/* What became of the notice that the event queued. STATUS_NOT_FOUND: none did. */
enum status replay_store_settle_notice(struct replay_store *store,
                                       const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                       const char *state) MUST_USE;

/* The notice of that number in notification's list waits for its channel again. Whose it is shows
 * when it is taken. */
enum status replay_store_resend_notice(struct replay_store *store, uint64_t id) MUST_USE;

/* ---- comparing: what is taken counts as met in that round (a case of round 0 is only looked at);
 * STATUS_NOT_FOUND everywhere ---- */

enum status replay_store_take_key(struct replay_store *store, unsigned round,
                                  const uint8_t curve_public[32], uint32_t *ret_role,
                                  bool *ret_is_revoked) MUST_USE;
enum status replay_store_take_case(struct replay_store *store, unsigned round,
                                   const uint8_t case_handle[CASE_HANDLE_SIZE],
                                   struct replay_case *ret_case) MUST_USE;
enum status replay_store_get_facts(struct replay_store *store,
                                   const uint8_t case_handle[CASE_HANDLE_SIZE], uint32_t revision,
                                   struct replay_facts *ret_facts) MUST_USE;

/* How many revisions and how many links the case has; links both ways. */
enum status replay_store_count_of_case(struct replay_store *store,
                                       const uint8_t case_handle[CASE_HANDLE_SIZE],
                                       uint64_t *ret_facts, uint64_t *ret_links) MUST_USE;
enum status replay_store_get_link(struct replay_store *store,
                                  const uint8_t case_handle[CASE_HANDLE_SIZE],
                                  const uint8_t other[CASE_HANDLE_SIZE], uint32_t kind) MUST_USE;

/* `ret_made` lies in the arena. STATUS_NO_MEMORY. */
enum status replay_store_take_decision(struct replay_store *store, unsigned round,
                                       const uint8_t case_handle[CASE_HANDLE_SIZE],
                                       uint32_t revision, struct arena *arena, uint64_t *ret_seq,
                                       struct view *ret_made) MUST_USE;
/* `id` is its number in notification's list. */
enum status replay_store_take_notice(struct replay_store *store, unsigned round,
                                     const struct replay_notice_key *key, uint64_t id,
                                     struct replay_notice *ret_notice) MUST_USE;

/* Whether the case has a decision of a higher revision. */
enum status replay_store_is_overtaken(struct replay_store *store,
                                      const uint8_t case_handle[CASE_HANDLE_SIZE],
                                      uint32_t revision, bool *ret_is_overtaken) MUST_USE;

/* Keeps the case's difference, unless the round has one of it already. */
enum status replay_store_put_difference(struct replay_store *store, unsigned round,
                                        const uint8_t case_handle[CASE_HANDLE_SIZE],
                                        const struct replay_difference *difference) MUST_USE;

/* Keeps a difference for every case with something that was not met in the round. */
enum status replay_store_put_missing(struct replay_store *store, unsigned round) MUST_USE;

/* Called with each case that differed in every round up to `round`, as it differed in this one. */
typedef void (*replay_visit)(void *self, const struct replay_difference *difference);
enum status replay_store_each_difference(struct replay_store *store, unsigned round,
                                         replay_visit visit, void *self) MUST_USE;

/* ---- the end ---- */

enum status replay_store_count(struct replay_store *store,
                               struct replay_counts *ret_counts) MUST_USE;

/* The log was verified: what was rebuilt is of its first `leaves` leaves. */
enum status replay_store_put_done(struct replay_store *store, const char *origin, uint64_t size,
                                  uint64_t leaves) MUST_USE;

#endif
