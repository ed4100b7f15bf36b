/*
 * Keys of cases, asked for many at once at intake's door as an auditor (protocol.md 24).
 *
 * Why kept at all: a case's events lie close together in the log, and each question is an event of
 * intake's.
 * Owns: an arena, locked where the system allows it, wiped at close. Keys rest nowhere else.
 * Limits: REPLAY_KEYS_KEPT keys; when more are needed all are forgotten.
 */
#ifndef NETRA_NETRA_REPLAY_KEYS_H
#define NETRA_NETRA_REPLAY_KEYS_H

#include "common/base/arena.h"
#include "common/wire/seal.h"
#include "services/netra/audit_walk.h"
#include "services/netra/command.h"

#define REPLAY_KEYS_KEPT 8192u

struct replay_key {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint8_t key[CASE_KEY_SIZE];
    bool is_known;  /* the place is taken */
    bool is_erased; /* intake has no such key */
};

struct replay_keys {
    struct command *command;
    struct arena arena; /* the table, and behind it an answer */
    struct replay_key *places;
    unsigned count;
};

/* STATUS_SYSTEM_FAILED, STATUS_NO_MEMORY. */
enum status replay_keys_open(struct replay_keys *keys, struct command *command) MUST_USE;
void replay_keys_close(struct replay_keys *keys);

/* Makes the keys of the leaves' cases known, as far as replay_takes their types: one question at
 * most. At most LIMIT_LIST_ROWS leaves. The statuses of command_ask and the scan's. */
enum status replay_keys_fetch(struct replay_keys *keys, const struct audit_walked *leaves,
                              size_t count) MUST_USE;

/* The key of a case that was fetched; NULL: it was destroyed. */
const uint8_t *replay_keys_find(const struct replay_keys *keys,
                                const uint8_t case_handle[CASE_HANDLE_SIZE]);

#endif
