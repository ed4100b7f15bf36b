/* `netra receipt`: checking a receipt without asking anybody. */
#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "services/netra/command.h"
#include "services/netra/file.h"
#include "services/netra/submission.h"

#include <string.h>

#define RECEIPT_FILE_BYTES_MAX 65536u
#define SIGNED_BYTES_MAX 2048u

/* A hex text of the object into the arena. */
static enum status take_hex(struct command *command, const json_t *object, const char *key,
                            struct view *ret_bytes)
{
    const char *hex = json_string_value(json_object_get(object, key));
    const size_t size = hex == NULL ? 0 : strlen(hex) / 2;
    uint8_t *bytes = arena_take(&command->arena, size + 1);

    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    if (hex == NULL || size == 0 || size > SIGNED_BYTES_MAX || !bytes_from_hex(hex, bytes, size)) {
        diag_set(&command->diag, "%s: hex digits were expected", key);
        return STATUS_MALFORMED;
    }
    *ret_bytes = view_of(bytes, size);
    return STATUS_OK;
}

/* What is shown beside the signed bytes must be what they say. */
static enum status compare(struct command *command, const json_t *shown,
                           const struct receipt *receipt)
{
    CLEANUP(json_release) json_t *said = receipt_to_json(receipt);
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(said, key, value)
    {
        json_t *other = json_object_get(shown, key);

        if (other == NULL || json_equal(value, other))
            continue;
        diag_set(&command->diag, "%s is not what was signed", key);
        return STATUS_SIGNATURE_INVALID;
    }
    return STATUS_OK;
}

static enum status verify(struct command *command, const json_t *shown, struct receipt *receipt)
{
    struct view signed_bytes;
    struct view signature;

    TRY(take_hex(command, shown, "signed_bytes", &signed_bytes));
    TRY(take_hex(command, shown, "signature", &signature));
    if (signature.size != SIGNATURE_SIZE) {
        diag_set(&command->diag, "signature: %u bytes were expected", SIGNATURE_SIZE);
        return STATUS_MALFORMED;
    }
    memcpy(receipt->signature, signature.bytes, SIGNATURE_SIZE);
    receipt->signed_bytes = signed_bytes;
    TRY(receipt_check(receipt, command->config->receipt_public, &command->diag));
    TRY(receipt_unpack_signed(signed_bytes, &command->arena, receipt, &command->diag));
    if (strcmp(receipt->origin, command->config->common.origin) != 0) {
        diag_set(&command->diag, "it is of another installation: %s", receipt->origin);
        return STATUS_SIGNATURE_INVALID;
    }
    return compare(command, shown, receipt);
}

enum status receipt_verify(struct command *command)
{
    struct receipt receipt = {.seq = 0};
    struct view text;

    if (command->config->receipt_public == NULL) {
        diag_set(&command->diag, "netra.yaml: receipt_public is needed for this");
        return STATUS_CONFIG_INVALID;
    }
    TRY(file_read(command->arguments->words[0], RECEIPT_FILE_BYTES_MAX, &command->arena, &text,
                  &command->diag));
    CLEANUP(json_release)
    json_t *shown = json_loadb((const char *)text.bytes, text.size, 0, NULL);

    if (!json_is_object(shown)) {
        diag_set(&command->diag, "expected what `netra case submit --json` printed");
        return STATUS_MALFORMED;
    }
    TRY(verify(command, shown, &receipt));
    json_t *object = json_object();

    json_put_bool(object, "verified", 1);
    json_put_text(object, "case_number", receipt.case_number);
    json_put_text(object, "submission_id", receipt.submission_id);
    json_put_instant(object, "accepted_at", receipt.accepted_at);
    json_put_hex(object, "commitment", view_of(receipt.commitment, 32));
    json_put_text(object, "origin", receipt.origin);
    output_object(&command->output, object);
    return STATUS_OK;
}
