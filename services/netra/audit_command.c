/* `netra audit head` and `netra audit tail`: the newest of the log. */
#include "common/base/bytes.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/audit_key.h"
#include "services/netra/event_text.h"
#include "services/netra/pages.h"

#include <string.h>

#define TAIL_LEAVES 20u

enum status audit_ask_head(struct command *command, const Netra__V1__AuditHead **ret_head)
{
    struct door_ask ask = {.door = DOOR_AUDIT_LOG,
                           .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_HEAD};
    ProtobufCMessage *unpacked = NULL;

    TRY(door_client_ask(&command->doors, &ask, command->timeout_ms, &command->arena,
                        &command->diag));
    TRY(wire_unpack(&netra__v1__audit_head__descriptor, ask.answer, &command->arena, &unpacked,
                    &command->diag));
    *ret_head = (const Netra__V1__AuditHead *)unpacked;
    return STATUS_OK;
}

enum status audit_key(struct command *command, const Netra__V1__AuditHead *head,
                      struct note_key *ret_key)
{
    const char *origin = command->config->common.origin;
    const char *configured = command->config->checkpoint_public;
    uint8_t public_key[NOTE_PUBLIC_KEY_SIZE];

    if (configured == NULL) {
        command_note(
            "netra.yaml has no checkpoint_public: the log's own word is taken for its key");
        return note_key_parse(view_of_text(head->verifier_key), ret_key);
    }
    if (!bytes_from_hex(configured, public_key, sizeof public_key)) {
        diag_set(&command->diag, "checkpoint_public: 64 hex digits were expected");
        return STATUS_CONFIG_INVALID;
    }
    return note_key_make(view_of_text(origin), NOTE_KEY_ED25519, public_key, ret_key);
}

enum status audit_check_head(struct command *command, const Netra__V1__AuditHead *head,
                             const struct note_key *key, struct note_checkpoint *ret_checkpoint)
{
    const enum status status =
        note_checkpoint_verify(wire_view(head->checkpoint), key, ret_checkpoint);

    if (status != STATUS_OK) {
        diag_set(&command->diag, "the checkpoint: %s", status_text(status));
        return status == STATUS_SIGNATURE_INVALID ? status : STATUS_VERIFICATION_FAILED;
    }
    if (head->size == ret_checkpoint->size &&
        view_equals(wire_view(head->root), view_of(ret_checkpoint->root, SHA256_SIZE)))
        return STATUS_OK;
    diag_set(&command->diag, "the checkpoint is of other leaves than the head says");
    return STATUS_VERIFICATION_FAILED;
}

enum status audit_head(struct command *command)
{
    const Netra__V1__AuditHead *head = NULL;
    struct note_checkpoint checkpoint;
    struct note_key key;

    TRY(audit_ask_head(command, &head));
    TRY(audit_key(command, head, &key));
    TRY(audit_check_head(command, head, &key, &checkpoint));
    if (!command->output.is_json) { /* the note itself, byte for byte: it may go into a file */
        (void)fwrite(head->checkpoint.data, 1, head->checkpoint.len, command->output.stream);
        return STATUS_OK;
    }
    json_t *object = json_object();

    json_put_text(object, "origin", head->origin);
    json_put_number(object, "size", head->size);
    json_put_hex(object, "root", wire_view(head->root));
    (void)json_object_set_new(
        object, "checkpoint",
        json_stringn((const char *)head->checkpoint.data, head->checkpoint.len));
    json_put_text(object, "verifier_key", head->verifier_key);
    output_object(&command->output, object);
    return STATUS_OK;
}

static enum status print_page(struct command *command, const Netra__V1__AuditLeaves *page)
{
    for (size_t i = 0; i < page->n_leaves; i++) {
        struct event_header header;

        TRY(header_decode(wire_view(page->leaves[i]->leaf), &header));
        output_list_row(&command->output, leaf_to_json(page->leaves[i]->index, &header));
    }
    return STATUS_OK;
}

enum status audit_tail(struct command *command)
{
    static const struct column columns[] = {{"index", 8},       {"event", 18}, {"seq", 8},
                                            {"stream_id", 32},  {"actor", 10}, {"appended_at", 20},
                                            {"case_handle", 32}};
    const Netra__V1__AuditHead *head = NULL;
    ProtobufCMessage *unpacked = NULL;

    TRY(audit_ask_head(command, &head));
    uint64_t next = head->size > TAIL_LEAVES ? head->size - TAIL_LEAVES : 0;

    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    while (next < head->size) {
        TRY(page_ask(command, DOOR_AUDIT_LOG, NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_LEAVES,
                     next, &netra__v1__audit_leaves__descriptor, &unpacked));
        const Netra__V1__AuditLeaves *page = (const Netra__V1__AuditLeaves *)unpacked;

        TRY(print_page(command, page));
        if (page->n_leaves == 0)
            break;
        next = page->leaves[page->n_leaves - 1]->index + 1;
    }
    output_list_end(&command->output);
    return STATUS_OK;
}
