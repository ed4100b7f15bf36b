/*
 * A submission's content goes out as the bytes that were read; it is parsed only to find region
 * and id when they were not given.
 */
#include "services/netra/submission.h"

#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/node_to_intake.pb-c.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char receipt_prefix[] = "netra-receipt/v1\n";
#define RECEIPT_PREFIX_SIZE (sizeof receipt_prefix - 1)

void submission_draw_id(uint8_t id[UUID_SIZE])
{
    uint8_t random[UUID7_RANDOM_BYTES];

    randombytes_buf(random, sizeof random);
    uuid7_make((uint64_t)clock_system_utc_ms(), random, id);
}

enum status submission_complete(struct submission *submission, const char *region, const char *id,
                                struct diag *diag)
{
    if (submission->content.size == 0)
        return STATUS_BODY_EMPTY;
    if (submission->content.size > LIMIT_SUBMISSION_BYTES) {
        diag_set(diag, "at most %u bytes", LIMIT_SUBMISSION_BYTES);
        return STATUS_BODY_TOO_LARGE;
    }
    CLEANUP(json_release)
    json_t *content =
        json_loadb((const char *)submission->content.bytes, submission->content.size, 0, NULL);

    if (region == NULL)
        region = json_string_value(json_object_get(content, "region"));
    if (id == NULL)
        id = json_string_value(json_object_get(content, "submission_id"));
    if (id == NULL) {
        submission_draw_id(submission->id);
    } else if (!uuid_from_text(id, submission->id)) {
        diag_set(diag, "submission_id: a UUID of 36 characters was expected");
        return STATUS_OUT_OF_RANGE;
    }
    if (region == NULL || region[0] == '\0') {
        diag_set(diag, content == NULL
                           ? "region: the content is not JSON, so --region must name it"
                           : "region: it is neither in the content nor in --region");
        return STATUS_FIELD_MISSING;
    }
    if (strlen(region) >= sizeof submission->region) {
        diag_set(diag, "region: a Kemendagri code such as 36.04 was expected");
        return STATUS_OUT_OF_RANGE;
    }
    memcpy(submission->region, region, strlen(region) + 1);
    return STATUS_OK;
}

enum status submission_pack(const struct submission *submission, struct arena *arena,
                            struct view *ret_body)
{
    Netra__V1__SubmitCase message;
    char id[UUID_TEXT_SIZE];
    char region[REGION_BYTES];

    netra__v1__submit_case__init(&message);
    uuid_to_text(submission->id, id);
    memcpy(region, submission->region, sizeof region);
    message.submission_id = id;
    message.region = region;
    message.content = wire_bytes(submission->content);
    return wire_pack(&message.base, arena, ret_body);
}

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
    json_put_hex(object, "signed_bytes", receipt->signed_bytes);
    json_put_hex(object, "signature", view_of(receipt->signature, SIGNATURE_SIZE));
    return object;
}
