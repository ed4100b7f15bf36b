/*
 * What a receipt is, read and checked: its leaf is the truth, everything shown beside it is read
 * from it.
 */
#include "services/netra/receipt_parts.h"

#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "common/wire/unpack.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "services/netra/translate.h"

#include <string.h>

#define PATH_BYTES_MAX ((size_t)RECEIPT_PATH_HASHES_MAX * SHA256_SIZE)

enum status receipt_unpack_leaf(struct view leaf, struct arena *arena, struct receipt *ret_receipt,
                                struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    struct view body;

    if (receipt_leaf_read(leaf, &body) != STATUS_OK) {
        diag_set(diag, "leaf: not a receipt's");
        return STATUS_MALFORMED;
    }
    TRY(wire_unpack(&netra__v1__receipt_body__descriptor, body, arena, &unpacked, diag));
    const Netra__V1__ReceiptBody *message = (const Netra__V1__ReceiptBody *)unpacked;

    ret_receipt->given.leaf = leaf;
    ret_receipt->origin = message->origin;
    ret_receipt->case_number = message->case_number;
    ret_receipt->submission_id = message->submission_id;
    ret_receipt->accepted_at = message->accepted_at;
    ret_receipt->seq = message->seq;
    ret_receipt->facts_revision = message->facts_revision;
    TRY(wire_exact(message->commitment, ret_receipt->commitment, 32, "commitment", diag));
    TRY(wire_exact(message->stream_id, ret_receipt->stream_id, STREAM_ID_SIZE, "stream_id", diag));
    return wire_exact(message->case_handle, ret_receipt->case_handle, CASE_HANDLE_SIZE,
                      "case_handle", diag);
}

enum status receipt_unpack(struct view answer, struct arena *arena, struct receipt *ret_receipt,
                           struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;

    TRY(wire_unpack(&netra__v1__receipt__descriptor, answer, arena, &unpacked, diag));
    const Netra__V1__Receipt *message = (const Netra__V1__Receipt *)unpacked;

    TRY(wire_exact(message->signature, ret_receipt->given.signature, SIGNATURE_SIZE, "signature",
                   diag));
    ret_receipt->given.leaf_index = message->leaf_index;
    ret_receipt->given.tree_size = message->tree_size;
    ret_receipt->given.path = wire_view(message->path);
    if (message->path.len % SHA256_SIZE != 0 || message->path.len > PATH_BYTES_MAX) {
        diag_set(diag, "path: at most %u hashes were expected", RECEIPT_PATH_HASHES_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    return receipt_unpack_leaf(wire_view(message->leaf), arena, ret_receipt, diag);
}

enum status receipt_check(const struct receipt *receipt, const char *receipt_public,
                          struct diag *diag)
{
    struct view body;
    uint8_t key[32];

    if (!bytes_from_hex(receipt_public, key, sizeof key)) {
        diag_set(diag, "receipt_public: 64 hex digits were expected");
        return STATUS_CONFIG_INVALID;
    }
    if (receipt_tree_verify(&receipt->given, key, &body) == STATUS_OK)
        return STATUS_OK;
    diag_set(diag, "the receipt was not signed with intake's receipt key, or was changed since");
    return STATUS_SIGNATURE_INVALID;
}

json_t *receipt_to_json(const struct receipt *receipt)
{
    json_t *object = json_object();

    json_put_text(object, "case_number", receipt->case_number);
    json_put_text(object, "submission_id", receipt->submission_id);
    json_put_instant(object, "accepted_at", receipt->accepted_at);
    json_put_hex(object, "commitment", view_of(receipt->commitment, 32));
    json_put_hex(object, "stream_id", view_of(receipt->stream_id, STREAM_ID_SIZE));
    json_put_number(object, "seq", receipt->seq);
    json_put_hex(object, "case_handle", view_of(receipt->case_handle, CASE_HANDLE_SIZE));
    json_put_text(object, "origin", receipt->origin);
    json_put_number(object, "facts_revision", receipt->facts_revision);
    json_put_hex(object, "leaf", receipt->given.leaf);
    json_put_number(object, "leaf_index", receipt->given.leaf_index);
    json_put_number(object, "tree_size", receipt->given.tree_size);
    json_put_hex(object, "path", receipt->given.path);
    json_put_hex(object, "signature", view_of(receipt->given.signature, SIGNATURE_SIZE));
    return object;
}

/* A hex text of the object into the arena. */
static enum status take_hex(const json_t *object, const char *key, size_t size_max,
                            struct arena *arena, struct view *ret_bytes, struct diag *diag)
{
    const char *hex = json_string_value(json_object_get(object, key));
    const size_t size = hex == NULL ? 0 : strlen(hex) / 2;
    uint8_t *bytes = arena_take(arena, size + 1);

    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    if (hex == NULL || size > size_max || !bytes_from_hex(hex, bytes, size)) {
        diag_set(diag, _("%s: hex digits were expected"), key);
        return STATUS_MALFORMED;
    }
    *ret_bytes = view_of(bytes, size);
    return STATUS_OK;
}

static enum status take_number(const json_t *object, const char *key, uint32_t *ret_number,
                               struct diag *diag)
{
    const json_t *number = json_object_get(object, key);
    const json_int_t value = json_integer_value(number);

    if (!json_is_integer(number) || value < 0 || value > (json_int_t)UINT32_MAX) {
        diag_set(diag, _("%s: a number was expected"), key);
        return STATUS_MALFORMED;
    }
    *ret_number = (uint32_t)value;
    return STATUS_OK;
}

enum status receipt_from_json(const json_t *shown, struct arena *arena,
                              struct receipt *ret_receipt, struct diag *diag)
{
    struct signed_receipt *given = &ret_receipt->given;
    struct view leaf;
    struct view signature;

    TRY(take_hex(shown, "leaf", RECEIPT_LEAF_BYTES_MAX, arena, &leaf, diag));
    TRY(take_number(shown, "leaf_index", &given->leaf_index, diag));
    TRY(take_number(shown, "tree_size", &given->tree_size, diag));
    TRY(take_hex(shown, "path", PATH_BYTES_MAX, arena, &given->path, diag));
    TRY(take_hex(shown, "signature", SIGNATURE_SIZE, arena, &signature, diag));
    if (signature.size != SIGNATURE_SIZE || given->path.size % SHA256_SIZE != 0) {
        diag_set(diag, "signature, path: %u and a multiple of %u bytes were expected",
                 SIGNATURE_SIZE, SHA256_SIZE);
        return STATUS_MALFORMED;
    }
    memcpy(given->signature, signature.bytes, SIGNATURE_SIZE);
    return receipt_unpack_leaf(leaf, arena, ret_receipt, diag);
}

enum status receipt_compare(const json_t *shown, const struct receipt *receipt, struct diag *diag)
{
    CLEANUP(json_release) json_t *said = receipt_to_json(receipt);
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(said, key, value)
    {
        json_t *other = json_object_get(shown, key);

        if (other == NULL || json_equal(value, other))
            continue;
        diag_set(diag, _("%s is not what was signed"), key);
        return STATUS_SIGNATURE_INVALID;
    }
    return STATUS_OK;
}
