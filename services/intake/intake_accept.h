/*
 * How a submission becomes a case, and a correction a revision: number, handle, key, event,
 * receipt and record, all in the turn's transaction; and the keys of the cases that exist.
 *
 * Owns: the service's secrets, in memory that is locked and wiped (protocol.md 23, 24).
 */
#ifndef NETRA_INTAKE_INTAKE_ACCEPT_H
#define NETRA_INTAKE_INTAKE_ACCEPT_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/service/key_file.h"
#include "common/service/service.h"
#include "common/wire/seal.h"
#include "services/intake/intake.h"
#include "services/intake/intake_receipts.h"
#include "services/intake/intake_store.h"

/* The key of a case that was accepted lately: both streams ask for it soon. It is in the store
 * too, wrapped, and the key that unwraps it lies beside this one. Destroying a case's key must
 * wipe it here as well. All zero: none. */
#define RECENT_KEYS 512u
struct recent_key {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint8_t key[CASE_KEY_SIZE];
};

struct intake_secrets {
    struct key_pair pair; /* its signing half signs the turns' receipts */
    struct key_secret key_encryption;
    struct key_secret index;
    struct recent_key recent[RECENT_KEYS];
};

struct intake {
    struct intake_store tables;
    struct intake_secrets secrets;
    struct case_number_stretch numbers; /* this process's newest */
    struct turn_receipts receipts;      /* of the open turn */
};

/* What came in, checked. */
struct incoming {
    struct accepted_facts facts; /* without case number and revision */
    uint8_t hash[SUBMISSION_HASH_SIZE];
    struct view reporter; /* sealed; empty: anonymous, or a correction */
};

/*
 * Makes a case of what was submitted: an event, a wrapped key and a record; the request is owed
 * its receipt. All become true with the turn's commit, or none does. STATUS_SYSTEM_FAILED when the
 * random source repeats itself; turn_append's and the store's.
 */
enum status intake_accept(struct intake *intake, struct turn *turn,
                          const struct incoming *incoming, struct door_request *request) MUST_USE;

/* Makes what was submitted the next revision of a case's facts, in the same way.
 * STATUS_NOT_FOUND: the case's key was destroyed. */
enum status intake_accept_correction(struct intake *intake, struct turn *turn,
                                     const struct case_row *corrected,
                                     const struct incoming *incoming,
                                     struct door_request *request) MUST_USE;

/* A case's key on the stack, for CLEANUP(case_secret_wipe). */
struct case_secret {
    uint8_t key[CASE_KEY_SIZE];
};
void case_secret_wipe(struct case_secret *secret);

/* The case's key. STATUS_NOT_FOUND (no such case, or erased), STATUS_SEAL_BROKEN (its row was
 * altered), and the store's. */
enum status intake_find_case_key(struct intake *intake,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE],
                                 uint8_t case_key[CASE_KEY_SIZE]) MUST_USE;

/* Whether the key-encryption key (read from `path`) opens the newest case key: a wrong one would
 * else show only when a case's content is asked for. STATUS_KEY_FILE_INVALID. */
enum status intake_check_keys(struct intake *intake, const char *path, struct diag *diag) MUST_USE;

#endif
