/* `netra service recover`, first half: what the peers hold. */
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "services/netra/event_text.h"
#include "services/netra/recover.h"

#include <string.h>

bool recover_produces_for(enum door producer, enum door consumer)
{
    switch (producer) {
    case DOOR_INTAKE:
        return consumer != DOOR_INTAKE;
    case DOOR_CLASSIFICATION:
        return consumer == DOOR_NOTIFICATION || consumer == DOOR_AUDIT_LOG;
    case DOOR_NOTIFICATION:
        return consumer == DOOR_AUDIT_LOG;
    case DOOR_AUDIT_LOG:
    case DOOR_COUNT:
        break;
    }
    return false;
}

static bool is_no_stream(ProtobufCBinaryData stream_id)
{
    return view_is_zero(wire_view(stream_id));
}

bool recover_differs(const Netra__V1__StreamState *applied, const Netra__V1__StreamState *cursor,
                     ProtobufCBinaryData newest)
{
    if (cursor == NULL || cursor->seq == 0)
        return false; /* nothing was ever acknowledged: it begins at the start anyway */
    if (applied == NULL || is_no_stream(applied->stream_id))
        return true;
    if (view_equals(wire_view(applied->stream_id), wire_view(cursor->stream_id)))
        return applied->seq < cursor->seq;
    return !view_equals(wire_view(applied->stream_id), wire_view(newest));
}

/* How many events of the service the peer holds beyond its end: all, where it is a stream that the
 * service doesn't have as its newest. */
static uint64_t beyond(const Netra__V1__ServiceStatus *service, const Netra__V1__StreamState *held)
{
    if (is_no_stream(held->stream_id))
        return 0;
    if (!view_equals(wire_view(held->stream_id), wire_view(service->stream_id)))
        return held->seq;
    return held->seq > service->seq ? held->seq - service->seq : 0;
}

static enum status list_page(struct recovery *recovery, const Netra__V1__AuditLeaves *page,
                             json_t *list, uint64_t *after, unsigned *receipts)
{
    for (size_t i = 0; i < page->n_leaves; i++) {
        struct event_header header;

        TRY(header_decode(wire_view(page->leaves[i]->leaf), &header));
        if (header.seq <= *after) {
            diag_set(&recovery->command->diag, "audit-log: leaves out of order");
            return STATUS_MALFORMED;
        }
        *after = header.seq;
        *receipts += header.type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_ACCEPTED ? 1u : 0u;
        (void)json_array_append_new(list, leaf_to_json(page->leaves[i]->index, &header));
    }
    return STATUS_OK;
}

/* The leaves of the service's stream that audit-log holds beyond the service's end. */
static enum status list_leaves(struct recovery *recovery, const Netra__V1__StreamState *held,
                               uint64_t after)
{
    struct command *command = recovery->command;
    json_t *list = json_array();
    uint8_t stream_id[STREAM_ID_SIZE];
    unsigned receipts = 0;
    size_t leaves = 1;

    (void)json_object_set_new(recovery->told, "leaves_beyond", list);
    TRY(wire_exact(held->stream_id, stream_id, STREAM_ID_SIZE, "stream_id", &command->diag));
    while (leaves > 0) {
        Netra__V1__AuditStreamRequest question = NETRA__V1__AUDIT_STREAM_REQUEST__INIT;
        ProtobufCMessage *unpacked = NULL;

        question.stream_id = wire_bytes(view_of(stream_id, STREAM_ID_SIZE));
        question.after_seq = after;
        question.rows_max = LIMIT_LIST_ROWS;
        TRY(page_ask_message(command, DOOR_AUDIT_LOG,
                             NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_STREAM, &question.base,
                             &netra__v1__audit_leaves__descriptor, &unpacked));
        leaves = ((const Netra__V1__AuditLeaves *)unpacked)->n_leaves;
        TRY(list_page(recovery, (const Netra__V1__AuditLeaves *)unpacked, list, &after,
                      &receipts));
    }
    if (receipts > 0)
        command_note(
            "receipts were given for the %u case_accepted leaves listed: those of them that "
            "`netra case list` doesn't show afterwards are cases this store no longer has; "
            "their nodes must hand them in again",
            receipts);
    return STATUS_OK;
}

static void tell_peer(struct recovery *recovery, json_t *list, enum door peer,
                      const Netra__V1__StreamState *held)
{
    json_t *object = json_object();

    json_put_text(object, "peer", door_name(peer));
    json_put_hex(object, "stream_id", wire_view(held->stream_id));
    json_put_number(object, "seq", held->seq);
    json_put_number(object, "beyond", beyond(recovery->statuses.services[recovery->door], held));
    (void)json_array_append_new(list, object);
}

void recover_note_held(struct recovery *recovery, ProtobufCBinaryData stream_id)
{
    const struct recover_start *own = &recovery->own;

    if (stream_id.len != STREAM_ID_SIZE || is_no_stream(stream_id) ||
        memcmp(own->stream_id, stream_id.data, STREAM_ID_SIZE) == 0)
        return;
    for (size_t i = 0; i < own->closed_count; i++)
        if (memcmp(own->closed_streams[i], stream_id.data, STREAM_ID_SIZE) == 0)
            return;
    memcpy(recovery->held_stream, stream_id.data, STREAM_ID_SIZE);
}

enum status recover_tell_held(struct recovery *recovery)
{
    const Netra__V1__ServiceStatus *service = recovery->statuses.services[recovery->door];
    json_t *list = json_array();

    json_put_hex(recovery->told, "stream_id", wire_view(service->stream_id));
    json_put_number(recovery->told, "seq", service->seq);
    (void)json_object_set_new(recovery->told, "held", list);
    TRY(recover_ask_point(recovery, recovery->door, 0, &recovery->own));
    for (unsigned peer = 0; peer < DOOR_COUNT; peer++) {
        const Netra__V1__ServiceStatus *status = recovery->statuses.services[peer];
        const Netra__V1__StreamState *held =
            stream_of_peer(status->consumes, status->n_consumes, door_name(recovery->door));

        if (held == NULL || peer == (unsigned)recovery->door)
            continue;
        tell_peer(recovery, list, (enum door)peer, held);
        recover_note_held(recovery, held->stream_id); /* audit-log's last: it takes everything */
        if (peer != DOOR_AUDIT_LOG || beyond(service, held) == 0)
            continue;
        if (strcmp(status->state, "ready") != 0)
            command_note("audit-log is %s: it can't be asked for its leaves beyond the end",
                         status->state);
        else
            TRY(list_leaves(recovery, held, held->seq - beyond(service, held)));
    }
    return STATUS_OK;
}
