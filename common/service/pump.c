/*
 * What goes out to peers: Hellos and Acks that are due, and batches within each window. Never
 * blocks.
 */
#include "common/base/bytes.h"
#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/service_state.h"
#include "common/wire/limits.h"

#include <sodium.h>
#include <string.h>

#define HEADER_TYPE_OFFSET 38u

static enum status send_frame(struct service *service, struct peer *peer, struct view frame)
{
    enum status status = service->transport.send(service->transport.self, peer->index, frame);
    if (status == STATUS_OK)
        peer->spoke_at_ms = service->now_ms;
    if (status == STATUS_NOT_CONNECTED)
        link_disconnected(service, peer);
    return status;
}

/* ---- Hello and Ack ---- */

static void fill_ack(const struct service *service, const struct peer *peer, struct link_ack *ack)
{
    *ack = (struct link_ack){
        .position = MUTANT(ack_before_commit) ? peer->inbox.received : peer->inbox.applied,
        .received = MUTANT(received_untold) ? peer->inbox.applied : peer->inbox.received,
        .credit_entries = inbox_credit_entries(&peer->inbox, service->is_pressed),
        .credit_bytes = inbox_credit_bytes(&peer->inbox, service->is_pressed),
        .has_echo = peer->has_echo,
    };
    memcpy(ack->echo, peer->echo, LINK_NUMBER_SIZE);
    struct position own = event_log_committed_end(&service->log);
    memcpy(ack->store_id, own.stream_id, STREAM_ID_SIZE);
}

static void say_hello(struct service *service, struct peer *peer)
{
    struct link_hello hello = {
        .from = service->spec->name,
        .end = event_log_committed_end(&service->log),
        .has_held = peer->input != NULL,
        .contract_min = LINK_CONTRACT_MIN,
        .contract_max = LINK_CONTRACT_MAX,
        .has_echo = peer->has_echo,
    };
    service->number++;
    memcpy(hello.number, service->start, PROCESS_START_SIZE);
    bytes_put_u64(hello.number + PROCESS_START_SIZE, service->number);
    memcpy(hello.echo, peer->echo, LINK_NUMBER_SIZE);
    if (hello.has_held)
        fill_ack(service, peer, &hello.held);
    struct view frame;
    if (link_hello_encode(&hello, &service->arena, &frame) == STATUS_OK &&
        send_frame(service, peer, frame) == STATUS_OK) {
        peer->is_hello_due = false;
        peer->is_ack_due = false;
    }
}

static void say_ack(struct service *service, struct peer *peer)
{
    struct link_ack ack;
    struct view frame;
    fill_ack(service, peer, &ack);
    if (link_ack_encode(&ack, &service->arena, &frame) == STATUS_OK &&
        send_frame(service, peer, frame) == STATUS_OK)
        peer->is_ack_due = false;
}

/* ---- batches ---- */

static enum status add_row(struct service *service, struct peer *peer,
                           struct link_builder *builder, const struct event_log_row *row,
                           uint64_t seq)
{
    uint16_t type = bytes_get_u16(row->header_bytes + HEADER_TYPE_OFFSET);
    /* A stream's beginning is never a gap: the destination has to read it. */
    if (seq > 1 && peer->output->wants != NULL && !peer->output->wants(type))
        return link_builder_gap(builder, row, seq);
    struct event_header header;
    TRY(header_decode(view_of(row->header_bytes, HEADER_SIZE), &header));
    bool is_of_case = !view_is_zero(view_of(header.case_handle, CASE_HANDLE_SIZE));
    bool is_given =
        is_of_case && peer->output->carries_case_keys && service->spec->case_key != NULL;
    if (!is_given)
        return link_builder_event(builder, row, seq, NULL);
    uint8_t key[CASE_KEY_SIZE];
    enum status status = service->spec->case_key(service->app, header.case_handle, key);
    if (status == STATUS_OK)
        status = link_builder_event(builder, row, seq, key);
    else if (status == STATUS_NOT_FOUND)
        status = link_builder_event(builder, row, seq, NULL); /* erased */
    sodium_memzero(key, sizeof key);
    return status;
}

/* What one batch came to. */
struct batch_end {
    uint64_t position;
    uint64_t bytes_through;
    unsigned events;
    uint8_t gap_header[HEADER_SIZE]; /* of the last event, where a gap marker stands for it */
};

static bool may_add(const struct peer *peer, const struct batch_end *end,
                    const struct link_builder *builder, const struct event_log_row *row)
{
    struct window ahead = peer->window;
    if (end->events > 0)
        window_sent(&ahead, end->position, end->bytes_through);
    uint64_t bytes = HEADER_SIZE + row->payload.size;
    return window_may_send(&ahead, bytes) && link_builder_fits(builder, row->payload.size);
}

/* Adds what follows the window, as far as it may go and in one stream. */
static enum status add_rows(struct service *service, struct peer *peer,
                            struct link_builder *builder, struct batch_end *end)
{
    uint64_t stream_base = peer->window.sent - builder->before.seq;
    struct event_log_row row;
    bool has_row = false;
    TRY(event_log_read_next(&service->log, &row, &has_row));
    while (has_row) {
        uint64_t seq = 0;
        const struct event_log_stream *stream =
            event_log_stream_of(&service->log, row.position, &seq);
        if (stream->base != stream_base || !may_add(peer, end, builder, &row))
            return STATUS_OK;
        TRY(add_row(service, peer, builder, &row, seq));
        end->position = row.position;
        end->bytes_through = row.bytes_through;
        end->events++;
        if (builder->is_gap_open)
            memcpy(end->gap_header, row.header_bytes, HEADER_SIZE);
        TRY(event_log_read_next(&service->log, &row, &has_row));
    }
    return STATUS_OK;
}

/* Whoever has no use for an event may soon have one for what another service makes of it, and then
 * needn't ask. A key that can't be given here is asked for at the door. */
static enum status tell_key(struct service *service, struct peer *peer,
                            struct link_builder *builder, const struct batch_end *end)
{
    bool (*tells_key_of)(uint16_t type) = peer->output->tells_key_of;
    struct event_header header;
    uint8_t key[CASE_KEY_SIZE];
    if (!builder->is_gap_open || tells_key_of == NULL || service->spec->case_key == NULL ||
        header_decode(view_of(end->gap_header, HEADER_SIZE), &header) != STATUS_OK ||
        !tells_key_of(header.type))
        return STATUS_OK;
    enum status status = STATUS_OK;
    if (service->spec->case_key(service->app, header.case_handle, key) == STATUS_OK)
        status = link_builder_gap_key(builder, header.case_handle, key);
    sodium_memzero(key, sizeof key);
    return status;
}

static enum status build_batch(struct service *service, struct peer *peer,
                               struct link_builder *builder, struct batch_end *end)
{
    struct position before;
    uint64_t seq = 0;
    TRY(event_log_read_start(&service->log, peer->window.sent, before.digest));
    const struct event_log_stream *stream =
        event_log_stream_of(&service->log, peer->window.sent + 1, &seq);
    before.seq = seq - 1;
    memcpy(before.stream_id, stream->stream_id, STREAM_ID_SIZE);
    enum status status = link_builder_open(builder, &service->arena, &before);
    if (status == STATUS_OK)
        status = add_rows(service, peer, builder, end);
    if (status == STATUS_OK)
        status = tell_key(service, peer, builder, end);
    event_log_read_stop(&service->log);
    return status;
}

/* Sends one batch; false when there is nothing more to send now. */
static bool send_batch(struct service *service, struct peer *peer)
{
    if (peer->window.sent >= service->log.committed.position ||
        !window_may_send(&peer->window, HEADER_SIZE + 1))
        return false;
    struct link_builder builder;
    struct batch_end end = {0};
    size_t mark = arena_mark(&service->arena);
    enum status status = build_batch(service, peer, &builder, &end);
    if (status == STATUS_OK && end.events > 0) {
        FAULT_POINT(link_batch_built);
        status = send_frame(service, peer, link_builder_encode(&builder));
    }
    bool is_sent = status == STATUS_OK && end.events > 0;
    arena_rewind(&service->arena, mark);
    if (!is_sent) {
        bool is_told = (peer->refused & (1ull << status)) != 0;
        if (!is_told && status != STATUS_OK && status != STATUS_WOULD_BLOCK &&
            status != STATUS_NOT_CONNECTED)
            log_line(LOG_LEVEL_ERROR, "batch_not_built", LOG_TEXT("peer", peer->name),
                     LOG_TEXT("status", status_name(status)));
        peer->refused |= 1ull << status;
        return false;
    }
    FAULT_POINT(link_batch_sent);
    window_sent(&peer->window, end.position, end.bytes_through);
    service->counters.entries_sent += end.events;
    return true;
}

/* Each side says Hello when it has said nothing else for a while: that is how an idle peer is
 * heard again, and how each learns whose number the other repeats. */
static bool hello_is_idle(const struct service *service, const struct peer *peer)
{
    return service->now_ms - peer->spoke_at_ms >= HELLO_AFTER_MS;
}

static void pump_hellos(struct service *service)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        if (peer->is_connected && (peer->is_hello_due || hello_is_idle(service, peer)))
            say_hello(service, peer);
    }
}

/* In the order of the outputs: who works on goes before who keeps. */
static void pump_batches(struct service *service)
{
    for (unsigned i = 0; i < service->spec->output_count; i++) {
        struct peer *peer = link_peer_named(service, service->spec->outputs[i].destination);
        while (peer != NULL && peer->is_connected && send_batch(service, peer))
            continue;
    }
}

static void pump_acks(struct service *service)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        if (peer->is_connected && peer->is_ack_due && peer->input != NULL)
            say_ack(service, peer);
    }
}

/* Each frame costs the next one 50 us: what somebody works on leaves first. */
void pump_all(struct service *service)
{
    if (service->phase == SERVICE_FORKED)
        return;
    pump_hellos(service);
    if (service->phase == SERVICE_READY || service->phase == SERVICE_DRAINING)
        pump_batches(service);
    pump_acks(service);
}
