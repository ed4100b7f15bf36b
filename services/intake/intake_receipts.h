/*
 * The receipts of the open turn: what is accepted takes a place in the turn's tree, and gets its
 * receipt when the tree is signed, once for all, as the last thing before the commit.
 *
 * Owns: nothing beyond the turn; leaves and what is owed lie in its arena.
 */
#ifndef NETRA_INTAKE_INTAKE_RECEIPTS_H
#define NETRA_INTAKE_INTAKE_RECEIPTS_H

#include "common/base/status.h"
#include "common/base/view.h"
#include "common/service/service.h"
#include "services/intake/intake_store.h"

#include <stdint.h>

struct owed_receipt;

/* Zeroed: nothing was accepted yet. */
struct turn_receipts {
    uint64_t tree;               /* its id in the store */
    uint32_t count;              /* leaves so far */
    struct owed_receipt *newest; /* and from it all before */
};

/* Which tree, and which place in it, the next leaf gets. The store's statuses. */
enum status turn_receipts_place(struct turn_receipts *receipts, struct intake_store *tables,
                                uint64_t *ret_tree, uint32_t *ret_index) MUST_USE;

/*
 * Owes the request the receipt of that leaf: a new one at the next place, or one of this turn's
 * again. The handler's last step, because nothing takes it back alone. Request and leaf must last
 * until the commit. STATUS_NO_MEMORY: it isn't owed.
 */
enum status turn_receipts_owe(struct turn_receipts *receipts, struct turn *turn,
                              struct door_request *request, struct view leaf,
                              uint32_t index) MUST_USE;

/* Answers with the receipt of what was accepted in an earlier turn, made of what is kept.
 * STATUS_STORE_CORRUPT, STATUS_NO_MEMORY. */
enum status turn_receipts_repeat(const struct known_submission *known, struct turn *turn,
                                 struct door_request *request) MUST_USE;

/* Signs and keeps the tree, and answers all who are owed. STATUS_NO_MEMORY, and the store's. */
enum status turn_receipts_sign(const struct turn_receipts *receipts, struct intake_store *tables,
                               struct turn *turn, const uint8_t sign_secret[64]) MUST_USE;

#endif
