/*
 * The register of nodes', people's and workers' keys, as each service holds it: a projection of
 * intake's key events, applied with the inbox position (protocol.md 25).
 *
 * Owns: table register_key in the service's store, and a sorted copy of it in memory for the
 * doors.
 * Limits: REGISTER_KEYS_MAX keys in all, revoked ones included: STATUS_OUT_OF_RANGE beyond.
 */
#ifndef NETRA_SERVICE_REGISTER_H
#define NETRA_SERVICE_REGISTER_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/store/store.h"
#include "common/transport/transport.h"
#include "common/wire/header.h"
#include "common/wire/limits.h"

#include <stdbool.h>
#include <stdint.h>

#define REGISTER_KEYS_MAX 8192u
#define REGISTER_REGIONS_BYTES 256u

/* Somebody who may come to a door. */
struct principal {
    uint8_t curve_public[CURVE_KEY_SIZE];
    uint8_t sign_public[32]; /* zero: signs nothing */
    uint8_t key_id[KEY_ID_SIZE];
    uint16_t role; /* Role (proto/netra/v1/event.proto) */
    bool is_revoked;
    char name[LIMIT_NAME_BYTES + 1];
    char regions[REGISTER_REGIONS_BYTES]; /* space-separated codes; empty: all */
};

/* The SQL of the tables, one migration step; part of the shared migrations. */
extern const char register_migration[];

struct register_keys {
    struct principal *principals; /* sorted by curve_public; a mapping of REGISTER_KEYS_MAX rows */
    unsigned count;
    struct store *store;
    struct statement statements[4];
    bool is_stale; /* the table may know more than memory: read it when the transaction ended */
};

/* Loads the table. STATUS_SYSTEM_FAILED (no memory), and the store's statuses; closed then. */
enum status register_open(struct register_keys *keys, struct store *store,
                          struct diag *diag) MUST_USE;
void register_close(struct register_keys *keys);

/* The key's owner, revoked or not; NULL when unknown. Valid until the register changes. */
const struct principal *register_find(const struct register_keys *keys,
                                      const uint8_t curve_public[CURVE_KEY_SIZE]);

/* The owner of a signing key by its id in the leaf; NULL when unknown. */
const struct principal *register_find_signer(const struct register_keys *keys,
                                             const uint8_t key_id[KEY_ID_SIZE]);

/* Whether the principal may speak for the region code. A node's must be one of its own, exactly:
 * the province is an office like any other. A person's region covers those below it: "36" covers
 * "36.04". No regions: all. */
bool principal_has_region(const struct principal *principal, const char *region);

/*
 * Applies an encoded KeyAuthorised or KeyRevoked inside the caller's transaction. Memory follows
 * at register_committed; until then, and after a savepoint or the transaction was rolled back,
 * lookups yield what was committed last. The same authorisation again changes nothing: a revoked
 * key stays revoked. STATUS_NAME_TAKEN (a key, key id, or role and name of another row, or the
 * same key with other content), STATUS_NOT_FOUND (revoking an unknown key), STATUS_FIELD_MISSING,
 * STATUS_OUT_OF_RANGE (also: not an event of the register), the scan's statuses and the store's.
 */
enum status register_apply(struct register_keys *keys, uint16_t event_type, struct view payload,
                           struct arena *arena, struct diag *diag) MUST_USE;

/* An owner's KeyAuthorised, or KeyRevoked, as intake announces it anew to a destination that
 * starts late. STATUS_NO_MEMORY. */
enum status register_announce(const struct principal *principal, bool is_revocation,
                              struct arena *arena, struct view *ret_payload) MUST_USE;

/* The transaction with applied events became true, or was abandoned; outside any transaction. When
 * the table can't be read, memory is empty, which refuses everybody, and the next call tries
 * again. */
void register_committed(struct register_keys *keys);
void register_rolled_back(struct register_keys *keys);

#endif
