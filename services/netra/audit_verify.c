/* `netra audit verify`: pages the whole log through log_check.c. */
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "services/netra/audit_key.h"
#include "services/netra/file.h"
#include "services/netra/log_check.h"
#include "services/netra/pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIFFERENCES_SHOWN 100u

struct verification {
    struct command *command;
    struct log_check check;
    json_t *differences;
    char first[300]; /* the first difference, for the error line */
};

static void differs(void *self, uint64_t first, uint64_t last, const char *what)
{
    struct verification *verification = self;
    json_t *object = NULL;

    if (verification->first[0] == '\0' && first == last)
        (void)snprintf(verification->first, sizeof verification->first, "leaf %" PRIu64 ": %s",
                       first, what);
    else if (verification->first[0] == '\0')
        (void)snprintf(verification->first, sizeof verification->first,
                       "leaves %" PRIu64 " to %" PRIu64 ": %s", first, last, what);
    if (json_array_size(verification->differences) >= DIFFERENCES_SHOWN)
        return;
    object = json_object();
    json_put_number(object, "first", first);
    json_put_number(object, "last", last);
    json_put_text(object, "what", what);
    (void)json_array_append_new(verification->differences, object);
}

/* ---- what others vouch for ---- */

static void expect_point(struct verification *verification, const Netra__V1__StreamState *state,
                         const char *who)
{
    struct check_stream point = {.seq = state->seq};

    if (state->stream_id.len != STREAM_ID_SIZE)
        return;
    memcpy(point.stream_id, state->stream_id.data, STREAM_ID_SIZE);
    if (state->digest.len == SHA256_SIZE)
        memcpy(point.digest, state->digest.data, SHA256_SIZE);
    log_check_expect_point(&verification->check, &point, who);
}

/* Where each service says the log stands in its stream, and where the log itself says so. Asked
 * before the head: whatever is acknowledged now is in the tree of that head. */
static void expect_points(struct verification *verification, const struct statuses *statuses)
{
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        const Netra__V1__ServiceStatus *status = statuses->services[door];

        if (status == NULL) {
            command_note_silent(&statuses->asks[door]);
            continue;
        }
        for (size_t i = 0; door == DOOR_AUDIT_LOG && i < status->n_consumes; i++)
            expect_point(verification, status->consumes[i], "audit-log");
        const Netra__V1__StreamState *state =
            stream_of_peer(status->produces, status->n_produces, "audit-log");

        if (state != NULL)
            expect_point(verification, state, door_name((enum door)door));
    }
}

static enum status expect_old_checkpoint(struct verification *verification,
                                         const struct note_key *key)
{
    struct command *command = verification->command;
    const char *path = command->arguments->values[OPTION_checkpoint];
    struct note_checkpoint old;
    struct view note;

    if (path == NULL)
        return STATUS_OK;
    TRY(file_read(path, NOTE_BYTES_MAX, &command->arena, &note, &command->diag));
    const enum status status = note_checkpoint_verify(note, key, &old);

    if (status != STATUS_OK) {
        diag_set(&command->diag, "%s: %s", path, status_text(status));
        return status == STATUS_SIGNATURE_INVALID ? status : STATUS_VERIFICATION_FAILED;
    }
    log_check_expect_root(&verification->check, old.size, old.root, path);
    return STATUS_OK;
}

/* ---- the leaves ---- */

/* An act that recovered audit-log itself says where it took up the streams. */
static void take_recovery(struct verification *verification, struct view payload)
{
    struct command *command = verification->command;
    ProtobufCMessage *unpacked = NULL;

    if (wire_unpack(&netra__v1__service_recovered__descriptor, payload, &command->page, &unpacked,
                    NULL) != STATUS_OK)
        return;
    const Netra__V1__ServiceRecovered *message = (const Netra__V1__ServiceRecovered *)unpacked;

    if (strcmp(message->service, "audit-log") != 0)
        return;
    for (size_t i = 0; i < message->n_starts; i++) {
        const Netra__V1__StreamStart *start = message->starts[i];
        struct check_stream before = {.seq = start->seq};

        if (start->stream_id.len != STREAM_ID_SIZE || start->digest.len != SHA256_SIZE)
            continue;
        memcpy(before.stream_id, start->stream_id.data, STREAM_ID_SIZE);
        memcpy(before.digest, start->digest.data, SHA256_SIZE);
        log_check_begin_stream(&verification->check, &before);
    }
}

/* Leaves beyond the head that was signed are not looked at: they came since. */
static bool check_page(struct verification *verification, const Netra__V1__AuditLeaves *page,
                       uint64_t size)
{
    for (size_t i = 0; i < page->n_leaves && verification->check.tree.size < size; i++) {
        const Netra__V1__AuditLeaf *row = page->leaves[i];
        const struct check_leaf leaf = {.index = row->index,
                                        .leaf = wire_view(row->leaf),
                                        .leaf_hash = wire_view(row->leaf_hash),
                                        .payload = wire_view(row->payload)};
        struct event_header header;
        struct view payload;

        if (!log_check_leaf(&verification->check, &leaf, &header, &payload))
            return false;
        if (header.type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_SERVICE_RECOVERED)
            take_recovery(verification, payload);
    }
    for (size_t i = 0; i < page->n_nodes; i++) {
        if ((page->nodes[i]->index + 1) * MERKLE_TILE_LEAVES <= size)
            log_check_node(&verification->check, page->nodes[i]->index,
                           wire_view(page->nodes[i]->hash));
    }
    return true;
}

static enum status check_leaves(struct verification *verification, uint64_t size)
{
    struct command *command = verification->command;
    ProtobufCMessage *unpacked = NULL;

    while (verification->check.tree.size < size) {
        const uint64_t next = verification->check.tree.size;

        TRY(page_ask(command, DOOR_AUDIT_LOG, NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_LEAVES,
                     next, &netra__v1__audit_leaves__descriptor, &unpacked));
        const Netra__V1__AuditLeaves *page = (const Netra__V1__AuditLeaves *)unpacked;

        if (page->n_leaves == 0) {
            differs(verification, next, size - 1, "the log does not hand these leaves out");
            verification->check.difference_count++;
            return STATUS_OK;
        }
        if (!check_page(verification, page, size))
            return STATUS_OK;
    }
    return STATUS_OK;
}

static enum status verify(struct verification *verification, const struct statuses *statuses,
                          const Netra__V1__AuditHead *head)
{
    struct command *command = verification->command;
    struct note_checkpoint checkpoint;
    struct note_key key;

    TRY(audit_key(command, head, &key));
    TRY(audit_check_head(command, head, &key, &checkpoint));
    expect_points(verification, statuses);
    TRY(expect_old_checkpoint(verification, &key));
    log_check_expect_root(&verification->check, checkpoint.size, checkpoint.root,
                          "the newest checkpoint");
    TRY(check_leaves(verification, checkpoint.size));
    /* Where the leaves break off, everything after is missing: that was told once. */
    if (verification->check.tree.size == checkpoint.size)
        log_check_end(&verification->check);
    json_t *object = json_object();

    json_put_text(object, "origin", head->origin);
    json_put_number(object, "size", head->size);
    json_put_hex(object, "root", wire_view(head->root));
    json_put_number(object, "leaves_checked", verification->check.tree.size);
    json_put_number(object, "payloads_erased", verification->check.erased);
    json_put_bool(object, "verified", verification->check.difference_count == 0);
    (void)json_object_set(object, "differences", verification->differences);
    output_object(&command->output, object);
    if (verification->check.difference_count == 0)
        return STATUS_OK;
    diag_set(&command->diag, "%s (%" PRIu64 " differences in all)", verification->first,
             verification->check.difference_count);
    return STATUS_VERIFICATION_FAILED;
}

enum status audit_verify(struct command *command)
{
    struct verification *verification = arena_take(&command->arena, sizeof *verification);
    const Netra__V1__AuditHead *head = NULL;
    struct statuses statuses;

    if (verification == NULL)
        return STATUS_NO_MEMORY;
    verification->command = command;
    TRY(page_ask_statuses(command, &statuses));
    TRY(audit_ask_head(command, &head));
    TRY(log_check_open(&verification->check, head->size, differs, verification));
    verification->differences = json_array();
    const enum status status = verify(verification, &statuses, head);

    json_decref(verification->differences);
    log_check_close(&verification->check);
    return status;
}
