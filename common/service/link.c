/*
 * What a frame from a peer means: Hello and Ack move windows, a Batch fills an inbox
 * (protocol.md 3-10). Effects are sent by pump.c.
 */
#include "common/base/bytes.h"
#include "common/base/log.h"
#include "common/service/service_state.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LEAP_HELLO_MS \
    200 /* a lost batch makes all behind it leap: one Hello asks for all of them */

struct peer *link_peer_of_key(struct service *service, const uint8_t key[CURVE_KEY_SIZE])
{
    for (unsigned i = 0; i < service->peer_count; i++)
        if (memcmp(service->peers[i].public_key, key, CURVE_KEY_SIZE) == 0)
            return &service->peers[i];
    return NULL;
}

struct peer *link_peer_named(struct service *service, const char *name)
{
    for (unsigned i = 0; i < service->peer_count; i++)
        if (strcmp(service->peers[i].name, name) == 0)
            return &service->peers[i];
    return NULL;
}

void service_fork(struct service *service, const char *format, ...)
{
    if (service->phase == SERVICE_FORKED)
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(service->detail, sizeof service->detail, format, arguments);
    va_end(arguments);
    service->phase = SERVICE_FORKED;
    log_line(LOG_LEVEL_ERROR, "stream_forked",
             LOG_TEXT("status", status_name(STATUS_STREAM_FORKED)),
             LOG_TEXT("detail", service->detail));
}

/* ---- numbers ---- */

enum status link_draw_start(struct service *service)
{
    random_fill(&service->edges.random, service->start, sizeof service->start);
    service->number = 0;
    return delivery_start_put(&service->delivery, service->start);
}

/* Whose number a peer repeats; `echo` is NULL when it repeats none. */
static enum status judge_echo(struct service *service, const uint8_t *echo,
                              struct window_answer *answer)
{
    answer->echo = WINDOW_ECHO_NONE;
    if (echo == NULL)
        return STATUS_OK;
    answer->echo_counter = bytes_get_u64(echo + PROCESS_START_SIZE);
    if (memcmp(echo, service->start, PROCESS_START_SIZE) == 0) {
        bool is_drawn = answer->echo_counter > 0 && answer->echo_counter <= service->number;
        answer->echo = is_drawn ? WINDOW_ECHO_CURRENT : WINDOW_ECHO_FOREIGN;
        return STATUS_OK;
    }
    bool is_ours = false;
    TRY(delivery_start_has(&service->delivery, echo, &is_ours));
    answer->echo = is_ours ? WINDOW_ECHO_EARLIER : WINDOW_ECHO_FOREIGN;
    return STATUS_OK;
}

/* ---- positions ---- */

/* Whether the digest a peer holds at a located position is ours. A row that was trimmed can't be
 * compared any more: it was acknowledged by everybody. */
static enum status judge_digest(struct service *service, const struct position *held,
                                struct window_answer *answer)
{
    uint64_t seq = 0;
    uint8_t digest[SHA256_SIZE];
    if (answer->position == 0 || held->seq == 0)
        return STATUS_OK;
    const struct event_log_stream *stream =
        event_log_stream_of(&service->log, answer->position, &seq);
    bool is_same_point =
        seq == held->seq && memcmp(stream->stream_id, held->stream_id, STREAM_ID_SIZE) == 0;
    enum status status =
        event_log_at(&service->log, answer->position, digest, &answer->bytes_through);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    TRY(status);
    if (is_same_point && memcmp(digest, held->digest, SHA256_SIZE) != 0)
        answer->point = WINDOW_POINT_MISFIT;
    return STATUS_OK;
}

static enum status judge_position(struct service *service, const struct peer *peer,
                                  const struct position *held, struct window_answer *answer)
{
    answer->point = WINDOW_POINT_KNOWN;
    answer->position = 0;
    answer->bytes_through = peer->window.acked_bytes;
    if (view_is_zero(view_of(held->stream_id, STREAM_ID_SIZE)))
        return STATUS_OK;
    enum status status =
        event_log_locate(&service->log, held->stream_id, held->seq, &answer->position);
    if (status == STATUS_NOT_FOUND) {
        answer->point = WINDOW_POINT_BEYOND;
        return STATUS_OK;
    }
    TRY(status);
    return judge_digest(service, held, answer);
}

/* What a peer has received it will apply: of another branch, it is a fork before it does. On acks
 * that come while entries flow this would only cost time. */
static enum status judge_received(struct service *service, const struct peer *peer,
                                  const struct link_ack *ack, struct window_answer *answer)
{
    struct window_answer ahead = *answer;
    if (answer->point != WINDOW_POINT_KNOWN || (!answer->is_hello && peer->has_answered))
        return STATUS_OK;
    TRY(judge_position(service, peer, &ack->received, &ahead));
    answer->point = ahead.point;
    return STATUS_OK;
}

/* ---- Hello and Ack ---- */

static void act_on(struct service *service, struct peer *peer, enum window_effect effect,
                   const struct link_ack *ack)
{
    switch (effect) {
    case WINDOW_NOTHING:
        return;
    case WINDOW_GREET:
        peer->is_hello_due = true;
        return;
    case WINDOW_MOVE:
        peer->is_cursor_dirty = peer->is_cursor_dirty ||
                                peer->window.acked != peer->cursor.position ||
                                memcmp(peer->cursor.store_id, ack->store_id, STREAM_ID_SIZE) != 0;
        memcpy(peer->cursor.store_id, ack->store_id, STREAM_ID_SIZE);
        return;
    case WINDOW_ALARM:
        log_line(LOG_LEVEL_ERROR, "stream_forked", LOG_TEXT("peer", peer->name),
                 LOG_TEXT("status", status_name(STATUS_STREAM_FORKED)),
                 LOG_TEXT("detail", "the peer has forgotten what it acknowledged"));
        return;
    case WINDOW_STOP:
        service_fork(service,
                     "%s holds seq %llu of our log, which is not in it, or answers "
                     "somebody else who speaks with our key",
                     peer->name, (unsigned long long)ack->position.seq);
        return;
    }
}

static enum status take_ack(struct service *service, struct peer *peer, const struct link_ack *ack,
                            bool is_hello)
{
    if (peer->output == NULL)
        return STATUS_NOT_AUTHORISED;
    struct window_answer answer = {
        .credit_entries = ack->credit_entries,
        .credit_bytes = ack->credit_bytes,
        .is_hello = is_hello,
    };
    const uint8_t *known = peer->cursor.store_id;
    answer.is_store_known = view_is_zero(view_of(known, STREAM_ID_SIZE)) ||
                            memcmp(known, ack->store_id, STREAM_ID_SIZE) == 0;
    TRY(judge_echo(service, ack->has_echo ? ack->echo : NULL, &answer));
    TRY(judge_position(service, peer, &ack->position, &answer));
    TRY(judge_received(service, peer, ack, &answer));
    enum window_event event = window_judge(&peer->window, &answer);
    /* Who holds less was emptied or recovered: that is an answer too. */
    peer->has_answered |= event == WINDOW_IS_ANSWERED || event == WINDOW_IS_FORGOTTEN;
    act_on(service, peer, window_answered(&peer->window, &answer, service->number), ack);
    asking_settle(service);
    return STATUS_OK;
}

/* A peer that we send nothing to repeats our numbers in its Hellos alone: once it has repeated one
 * of this start, a number never drawn means that somebody else speaks with our key (protocol.md
 * 9). */
static enum status watch_for_twin(struct service *service, struct peer *peer,
                                  const struct link_hello *hello)
{
    struct window_answer answer;
    TRY(judge_echo(service, hello->has_echo ? hello->echo : NULL, &answer));
    if (answer.echo == WINDOW_ECHO_FOREIGN && peer->is_echoed)
        service_fork(service, "%s answers somebody else who speaks with our key", peer->name);
    peer->is_echoed = peer->is_echoed || answer.echo == WINDOW_ECHO_CURRENT;
    return STATUS_OK;
}

static enum status take_hello(struct service *service, struct peer *peer,
                              const struct link_hello *hello, struct diag *diag)
{
    if (strcmp(hello->from, peer->name) != 0) {
        diag_set(diag, "a Hello through the key of %s names another sender", peer->name);
        return STATUS_NAME_NOT_OF_KEY;
    }
    memcpy(peer->echo, hello->number, LINK_NUMBER_SIZE);
    peer->has_echo = true;
    if (peer->input != NULL)
        peer->is_ack_due = true;
    if (hello->has_held && peer->output != NULL)
        return take_ack(service, peer, &hello->held, true);
    return peer->output == NULL ? watch_for_twin(service, peer, hello) : STATUS_OK;
}

/* ---- Batch ---- */

static bool is_handled_here(const struct service_input *input, uint16_t type)
{
    for (unsigned i = 0; i < SERVICE_EVENTS_MAX && input->events[i].type != 0; i++)
        if (input->events[i].type == type)
            return true;
    return false;
}

static enum status take_entries(struct service *service, struct peer *peer,
                                const struct link_batch *batch, struct diag *diag)
{
    struct position chain = batch->before;
    for (unsigned i = 0; i < batch->entry_count; i++) {
        struct queued_entry entry;
        TRY(link_batch_entry(batch, i, &entry, diag));
        if (entry.is_gap && entry.key_state == ENTRY_KEY_HERE) {
            case_keys_of_gap(service, peer, &entry);
            sodium_memzero(entry.case_key, sizeof entry.case_key);
        }
        bool is_of_case =
            !entry.is_gap && !view_is_zero(view_of(entry.header.case_handle, CASE_HANDLE_SIZE));
        bool is_needed = is_of_case && peer->input->needs_case_keys &&
                         is_handled_here(peer->input, entry.header.type);
        if (!is_needed)
            entry.key_state = ENTRY_KEY_UNNEEDED;
        else if (entry.key_state != ENTRY_KEY_HERE)
            entry.key_state = ENTRY_KEY_MISSING;
        enum status status = inbox_offer(&peer->inbox, &chain, &entry);
        sodium_memzero(entry.case_key, sizeof entry.case_key);
        TRY(status);
    }
    return STATUS_OK;
}

static void say_hello_for_leap(struct service *service, struct peer *peer)
{
    if (service->now_ms - peer->leapt_at_ms < LEAP_HELLO_MS)
        return;
    peer->leapt_at_ms = service->now_ms;
    peer->is_hello_due = true;
}

static enum status take_batch(struct service *service, struct peer *peer,
                              const struct link_batch *batch, struct diag *diag)
{
    if (peer->input == NULL)
        return STATUS_NOT_AUTHORISED;
    const struct inbox_opening *opening = batch->is_opening ? &batch->opening : NULL;
    switch (inbox_judge(&peer->inbox, &batch->before, opening)) {
    case INBOX_DROP:
    case INBOX_GO_ON:
        return STATUS_OK;
    case INBOX_ASK:
        say_hello_for_leap(service, peer);
        return STATUS_OK;
    case INBOX_ALARM:
        diag_set(diag, "the stream of %s contradicts what is held of it", peer->name);
        return STATUS_STREAM_FORKED;
    case INBOX_SWITCH:
        inbox_switch(&peer->inbox, &batch->before);
        break;
    case INBOX_TAKE:
        break;
    }
    enum status status = take_entries(service, peer, batch, diag);
    if (status == STATUS_BACKLOG) {
        say_hello_for_leap(service, peer);
        return STATUS_OK;
    }
    return status;
}

/* ---- frames ---- */

static enum status take_frame(struct service *service, struct peer *peer, struct view bytes,
                              struct diag *diag)
{
    struct link_frame frame;
    size_t mark = arena_mark(&service->arena);
    enum status status = link_frame_decode(bytes, &service->arena, &frame, diag);
    if (status == STATUS_OK) {
        switch (frame.kind) {
        case LINK_HELLO:
            status = take_hello(service, peer, &frame.as.hello, diag);
            break;
        case LINK_ACK:
            status = take_ack(service, peer, &frame.as.ack, false);
            break;
        case LINK_BATCH:
            status = take_batch(service, peer, &frame.as.batch, diag);
            break;
        }
    }
    arena_rewind(&service->arena, mark);
    return status;
}

void link_receive(struct service *service, const struct received *received)
{
    struct peer *peer = link_peer_of_key(service, received->key);
    if (peer == NULL) {
        /* A node's or worker's key is let in by ZAP for the door; at the inlet it has no business.
         */
        if (service->counters.frames_refused++ == 0)
            log_line(LOG_LEVEL_WARN, "frame_refused",
                     LOG_TEXT("status", status_name(STATUS_NOT_AUTHORISED)),
                     LOG_TEXT("detail", "a key that is no peer's spoke at the inlet"));
        return;
    }
    if (service->phase == SERVICE_FORKED)
        return;
    struct diag diag = {0};
    enum status status = take_frame(service, peer, received->bytes, &diag);
    if (status == STATUS_OK)
        return;
    service->counters.frames_refused++;
    if ((peer->refused & (1ull << status)) != 0)
        return;
    peer->refused |= 1ull << status;
    log_line(LOG_LEVEL_WARN, "frame_refused", LOG_TEXT("peer", peer->name),
             LOG_TEXT("status", status_name(status)), LOG_TEXT("detail", diag.text));
}

/* ---- connections ---- */

void link_connected(struct service *service, struct peer *peer)
{
    peer->is_connected = true;
    peer->is_hello_due = true;
    peer->is_echoed = false;
    if (peer->output != NULL)
        window_connect(&peer->window);
    log_line(LOG_LEVEL_INFO, "connected", LOG_TEXT("peer", peer->name));
    (void)service;
}

void link_disconnected(struct service *service, struct peer *peer)
{
    if (!peer->is_connected)
        return;
    peer->is_connected = false;
    if (peer->output != NULL)
        window_disconnect(&peer->window);
    log_line(LOG_LEVEL_INFO, "disconnected", LOG_TEXT("peer", peer->name));
    (void)service;
}

/* Cursors and positions from the store, at start. */
enum status link_load(struct service *service, struct diag *diag)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        diag_set(diag, "delivery's record of %s", peer->name);
        if (peer->output != NULL)
            TRY(link_reset(service, peer));
        if (peer->input != NULL) {
            struct position position;
            TRY(delivery_inbox_get(&service->delivery, peer->name, &position));
            inbox_load(&peer->inbox, &position);
        }
    }
    diag_clear(diag);
    return STATUS_OK;
}

/* The window begins anew at the stored cursor, and what comes in is taken again; whoever spoke
 * with the peer before is forgotten. */
enum status link_reset(struct service *service, struct peer *peer)
{
    peer->is_hello_due = true;
    peer->has_echo = false;
    peer->has_answered = false;
    peer->is_cursor_dirty = false;
    if (peer->input != NULL)
        inbox_go_on(&peer->inbox);
    if (peer->output == NULL)
        return STATUS_OK;
    TRY(delivery_cursor_get(&service->delivery, peer->name, &peer->cursor));
    window_reset(&peer->window, peer->cursor.position, peer->cursor.bytes_through, service->number,
                 peer->is_connected);
    return STATUS_OK;
}
