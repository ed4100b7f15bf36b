/*
 * What a receipt is, read and checked: its signed bytes are the truth, everything shown beside
 * them is read from them.
 */
#include "services/netra/receipt_parts.h"

#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "common/wire/unpack.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "services/netra/translate.h"

#include <sodium.h>
#include <string.h>

static const char receipt_prefix[] = "netra-receipt/v1\n";
#define RECEIPT_PREFIX_SIZE (sizeof receipt_prefix - 1)

enum status receipt_unpack_signed(struct view signed_bytes, struct arena *arena,
                                  struct receipt *ret_receipt, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;

    if (signed_bytes.size < RECEIPT_PREFIX_SIZE ||
        memcmp(signed_bytes.bytes, receipt_prefix, RECEIPT_PREFIX_SIZE) != 0) {
        diag_set(diag, "signed_bytes: not a receipt's");
        return STATUS_MALFORMED;
    }
    const struct view body =
        view_of(signed_bytes.bytes + RECEIPT_PREFIX_SIZE, signed_bytes.size - RECEIPT_PREFIX_SIZE);

    TRY(wire_unpack(&netra__v1__receipt_body__descriptor, body, arena, &unpacked, diag));
    const Netra__V1__ReceiptBody *message = (const Netra__V1__ReceiptBody *)unpacked;

    ret_receipt->signed_bytes = signed_bytes;
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

    TRY(wire_exact(message->signature, ret_receipt->signature, SIGNATURE_SIZE, "signature", diag));
    return receipt_unpack_signed(wire_view(message->signed_bytes), arena, ret_receipt, diag);
}

enum status receipt_check(const struct receipt *receipt, const char *receipt_public,
                          struct diag *diag)
{
    uint8_t key[32];

    if (!bytes_from_hex(receipt_public, key, sizeof key)) {
        diag_set(diag, "receipt_public: 64 hex digits were expected");
        return STATUS_CONFIG_INVALID;
    }
    if (crypto_sign_verify_detached(receipt->signature, receipt->signed_bytes.bytes,
                                    receipt->signed_bytes.size, key) == 0)
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
    json_put_hex(object, "signed_bytes", receipt->signed_bytes);
    json_put_hex(object, "signature", view_of(receipt->signature, SIGNATURE_SIZE));
    return object;
}

/* A hex text of the object into the arena. */
static enum status take_hex(const json_t *object, const char *key, struct arena *arena,
                            struct view *ret_bytes, struct diag *diag)
{
    const char *hex = json_string_value(json_object_get(object, key));
    const size_t size = hex == NULL ? 0 : strlen(hex) / 2;
    uint8_t *bytes = arena_take(arena, size + 1);

    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    if (hex == NULL || size == 0 || size > RECEIPT_SIGNED_BYTES_MAX ||
        !bytes_from_hex(hex, bytes, size)) {
        diag_set(diag, _("%s: hex digits were expected"), key);
        return STATUS_MALFORMED;
    }
    *ret_bytes = view_of(bytes, size);
    return STATUS_OK;
}

enum status receipt_from_json(const json_t *shown, struct arena *arena,
                              struct receipt *ret_receipt, struct diag *diag)
{
    struct view signed_bytes;
    struct view signature;

    TRY(take_hex(shown, "signed_bytes", arena, &signed_bytes, diag));
    TRY(take_hex(shown, "signature", arena, &signature, diag));
    if (signature.size != SIGNATURE_SIZE) {
        diag_set(diag, "signature: %u bytes were expected", SIGNATURE_SIZE);
        return STATUS_MALFORMED;
    }
    memcpy(ret_receipt->signature, signature.bytes, SIGNATURE_SIZE);
    return receipt_unpack_signed(signed_bytes, arena, ret_receipt, diag);
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
