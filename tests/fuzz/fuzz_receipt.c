/*
 * Receipts at the client: the door's answer, its leaf alone, and the JSON that `case submit`
 * printed, which people keep and bring back.
 */
#include "common/base/bytes.h"
#include "services/netra/receipt_parts.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define NOBODYS_KEY "0101010101010101010101010101010101010101010101010101010101010101"

/* As JSON and back it is the same receipt; nobody here can have signed it. */
static void check(const struct receipt *first, struct arena *arena)
{
    struct receipt second;
    struct diag diag = {0};
    json_t *shown = receipt_to_json(first);
    FUZZ_CHECK(json_is_object(shown));
    enum status status = receipt_from_json(shown, arena, &second, &diag);
    if (status == STATUS_OK) {
        FUZZ_CHECK(receipt_compare(shown, &second, &diag) == STATUS_OK);
        FUZZ_CHECK(view_equals(first->given.leaf, second.given.leaf));
        FUZZ_CHECK(view_equals(first->given.path, second.given.path));
        FUZZ_CHECK(first->given.leaf_index == second.given.leaf_index);
        FUZZ_CHECK(first->given.tree_size == second.given.tree_size);
        FUZZ_CHECK(memcmp(first->given.signature, second.given.signature, SIGNATURE_SIZE) == 0);
        FUZZ_CHECK(first->seq == second.seq && strcmp(first->origin, second.origin) == 0);
    } else {
        FUZZ_CHECK(first->given.leaf.size > RECEIPT_LEAF_BYTES_MAX);
    }
    FUZZ_CHECK(receipt_check(first, NOBODYS_KEY, &diag) == STATUS_SIGNATURE_INVALID);
    json_decref(shown);
}

static void answer(struct view rest, struct arena *arena)
{
    struct receipt receipt;
    struct diag diag = {0};
    enum status status = receipt_unpack(rest, arena, &receipt, &diag);
    if (status == STATUS_OK)
        check(&receipt, arena);
    else
        fuzz_check_refused(status, &diag);
}

static void leaf(struct view rest, struct arena *arena)
{
    struct receipt receipt = {.seq = 0};
    struct diag diag = {0};
    enum status status = receipt_unpack_leaf(rest, arena, &receipt, &diag);
    if (status == STATUS_OK)
        check(&receipt, arena);
    else
        fuzz_check_refused(status, &diag);
}

static void shown(struct view rest, struct arena *arena)
{
    struct receipt receipt;
    struct diag diag = {0};
    json_t *object = json_loadb((const char *)rest.bytes, rest.size, JSON_REJECT_DUPLICATES, NULL);
    if (object == NULL)
        return;
    enum status status = receipt_from_json(object, arena, &receipt, &diag);
    if (status == STATUS_OK)
        status = receipt_compare(object, &receipt, &diag);
    if (status == STATUS_OK)
        check(&receipt, arena);
    else
        fuzz_check_refused(status, &diag);
    json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {answer, leaf, shown};
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
