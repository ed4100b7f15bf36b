/*
 * One signature for a turn. The leaves are hashed and the answers encoded only here, so that a
 * turn that is taken back has spent nothing on them.
 */
#include "services/intake/intake_receipts.h"

#include "services/intake/intake_wire.h"
#include "services/intake/receipt_tree.h"

#include <string.h>

struct owed_receipt {
    struct owed_receipt *before;
    struct door_request *request;
    struct view leaf;
    uint32_t index;
};

enum status turn_receipts_place(struct turn_receipts *receipts, struct intake_store *tables,
                                uint64_t *ret_tree, uint32_t *ret_index)
{
    if (receipts->count == 0)
        TRY(intake_store_next_tree(tables, &receipts->tree));
    *ret_tree = receipts->tree;
    *ret_index = receipts->count;
    return STATUS_OK;
}

enum status turn_receipts_owe(struct turn_receipts *receipts, struct turn *turn,
                              struct door_request *request, struct view leaf, uint32_t index)
{
    struct owed_receipt *owed = arena_take(turn->arena, sizeof(*owed));
    if (owed == NULL)
        return STATUS_NO_MEMORY;
    *owed = (struct owed_receipt){
        .before = receipts->newest, .request = request, .leaf = leaf, .index = index};
    receipts->newest = owed;
    if (index == receipts->count)
        receipts->count++;
    return STATUS_OK;
}

static enum status answer(const struct receipt_tree *tree, uint32_t index, struct view leaf,
                          struct turn *turn, struct door_request *request)
{
    struct signed_receipt receipt;
    TRY(receipt_tree_give(tree, index, leaf, turn->arena, &receipt));
    return intake_wire_receipt(&receipt, turn->arena, &request->answer);
}

enum status turn_receipts_repeat(const struct known_submission *known, struct turn *turn,
                                 struct door_request *request)
{
    struct receipt_tree tree;
    uint32_t size = (uint32_t)(known->leaf_hashes.size / SHA256_SIZE);
    if (known->receipt_index >= size || size > 1u << RECEIPT_PATH_HASHES_MAX)
        return STATUS_STORE_CORRUPT;
    TRY(receipt_tree_build(known->leaf_hashes.bytes, size, turn->arena, &tree));
    memcpy(tree.signature, known->signature, sizeof(tree.signature));
    return answer(&tree, known->receipt_index, known->receipt, turn, request);
}

enum status turn_receipts_sign(const struct turn_receipts *receipts, struct intake_store *tables,
                               struct turn *turn, const uint8_t sign_secret[64])
{
    struct receipt_tree tree;
    if (receipts->count == 0)
        return STATUS_OK;
    size_t bytes = (size_t)receipts->count * SHA256_SIZE;
    uint8_t *hashes = arena_take(turn->arena, bytes);
    if (hashes == NULL)
        return STATUS_NO_MEMORY;
    for (const struct owed_receipt *owed = receipts->newest; owed != NULL; owed = owed->before)
        receipt_leaf_hash(owed->leaf, hashes + (size_t)owed->index * SHA256_SIZE);
    TRY(receipt_tree_build(hashes, receipts->count, turn->arena, &tree));
    receipt_tree_sign(&tree, sign_secret);
    for (const struct owed_receipt *owed = receipts->newest; owed != NULL; owed = owed->before)
        TRY(answer(&tree, owed->index, owed->leaf, turn, owed->request));
    return intake_store_put_tree(tables, receipts->tree, view_of(hashes, bytes), tree.signature);
}
