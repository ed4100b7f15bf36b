/*
 * One transport, many questions: each has its own number, what waits for a connection is sent when
 * it comes up, and an answer to a number that nobody waits for is dropped.
 */
#include "services/netra/door_client.h"

#include "common/base/invariant.h"
#include "common/base/random.h"
#include "common/transport/transport_zmq.h"
#include "common/wire/limits.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* An answer's frame is unpacked beside its own bytes. */
#define FRAME_ARENA_BYTES (LIMIT_UNPACKED_BYTES + 4u * LIMIT_FRAME_BYTES)

static const char *const names[DOOR_COUNT] = {
    [DOOR_INTAKE] = "intake",
    [DOOR_CLASSIFICATION] = "classification",
    [DOOR_NOTIFICATION] = "notification",
    [DOOR_AUDIT_LOG] = "audit-log",
};

const char *door_name(enum door door)
{
    return names[door];
}

char *door_name_to(enum door door, char name[DOOR_NAME_SIZE])
{
    int length = snprintf(name, DOOR_NAME_SIZE, "%s", names[door]);

    INVARIANT(length > 0 && (size_t)length < DOOR_NAME_SIZE);
    return name;
}

enum door door_of_name(const char *name)
{
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        if (strcmp(names[door], name) == 0)
            return (enum door)door;
    }
    return DOOR_COUNT;
}

enum status door_client_open_over(struct door_client *client, struct transport transport,
                                  struct clock clock, uint64_t first_id)
{
    *client = (struct door_client){.transport = transport, .clock = clock, .next_id = first_id};
    const enum status status = arena_open(&client->frame, FRAME_ARENA_BYTES);

    if (status != STATUS_OK)
        transport.close(transport.self);
    client->is_open = status == STATUS_OK;
    return status;
}

enum status door_client_open(struct door_client *client,
                             const struct door_address addresses[DOOR_COUNT],
                             const struct key_pair *key, struct diag *diag)
{
    struct transport_peer peers[DOOR_COUNT];
    struct transport_spec spec = {.peers = peers, .peer_count = DOOR_COUNT};
    struct transport transport;
    uint64_t first_id = 0;

    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        peers[door] = (struct transport_peer){.name = names[door], .door = addresses[door].door};
        memcpy(peers[door].public_key, addresses[door].public_key, CURVE_KEY_SIZE);
    }
    memcpy(spec.public_key, key->curve_public, CURVE_KEY_SIZE);
    memcpy(spec.secret_key, key->curve_secret, CURVE_KEY_SIZE);
    const enum status status = transport_zmq_open(&spec, &transport, diag);

    sodium_memzero(&spec, sizeof spec);
    TRY(status);
    randombytes_buf(&first_id, sizeof first_id);
    return door_client_open_over(client, transport, clock_of_system(), first_id);
}

void door_client_close(struct door_client *client)
{
    if (!client->is_open)
        return;
    client->transport.close(client->transport.self);
    arena_close(&client->frame);
    client->is_open = false;
}

uint64_t door_client_draw_id(struct door_client *client)
{
    return client->next_id++;
}

int64_t door_client_now_ms(const struct door_client *client)
{
    return clock_boot_ms(&client->clock);
}

enum status door_client_send(struct door_client *client, enum door door, uint64_t request_id,
                             uint32_t kind, struct view body)
{
    const struct door_request_parts parts = {.request_id = request_id, .kind = kind, .body = body};
    struct view frame;

    if (!client->is_up[door])
        return STATUS_NOT_CONNECTED;
    arena_reset(&client->frame);
    TRY(door_request_encode(&parts, &client->frame, &frame));
    return client->transport.ask(client->transport.self, (unsigned)door, frame);
}

static void take_answer(struct door_client *client, const struct received *received,
                        struct door_event *event)
{
    arena_reset(&client->frame);
    if (door_answer_decode(received->bytes, &client->frame, &event->answer, NULL) == STATUS_OK)
        event->kind = DOOR_EVENT_ANSWER;
}

void door_client_receive(struct door_client *client, struct door_event *ret_event)
{
    struct received received = {.kind = RECEIVED_CLIENT_UP};

    *ret_event = (struct door_event){.kind = DOOR_EVENT_NOTHING};
    while (ret_event->kind == DOOR_EVENT_NOTHING && received.kind != RECEIVED_NOTHING) {
        client->transport.receive(client->transport.self, door_client_now_ms(client), &received);
        if (received.peer >= DOOR_COUNT)
            continue;
        ret_event->door = (enum door)received.peer;
        switch (received.kind) {
        case RECEIVED_ANSWER:
            take_answer(client, &received, ret_event);
            break;
        case RECEIVED_CLIENT_UP:
            client->is_up[received.peer] = true;
            client->refusals[received.peer] = 0;
            ret_event->kind = DOOR_EVENT_UP;
            break;
        case RECEIVED_CLIENT_DOWN:
            client->is_up[received.peer] = false;
            ret_event->kind = DOOR_EVENT_DOWN;
            break;
        case RECEIVED_REFUSED:
            client->refusals[received.peer]++;
            ret_event->kind = DOOR_EVENT_REFUSED;
            break;
        case RECEIVED_NOTHING:
        case RECEIVED_FRAME:
        case RECEIVED_REQUEST:
        case RECEIVED_CONNECTED:
        case RECEIVED_DISCONNECTED:
            break; /* this program has no inlet and no outlet */
        }
    }
}

enum status door_client_wait(struct door_client *client, int64_t timeout_ms)
{
    return client->transport.wait(client->transport.self, timeout_ms);
}

/* ---- asking ---- */

static void finish(struct door_ask *ask, enum status status, const char *detail)
{
    ask->status = status;
    ask->detail = detail;
    ask->is_done = true;
}

static enum status send_waiting(struct door_client *client, struct door_ask *asks, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct door_ask *ask = &asks[i];

        if (ask->is_done || ask->is_sent || door_client_now_ms(client) < ask->again_ms)
            continue;
        const enum status status =
            door_client_send(client, ask->door, ask->request_id, ask->kind, ask->body);

        if (status == STATUS_OK)
            ask->is_sent = true;
        else if (status != STATUS_NOT_CONNECTED && status != STATUS_WOULD_BLOCK)
            return status;
    }
    return STATUS_OK;
}

static enum status send_ahead(struct door_client *client)
{
    for (unsigned i = 0; i < DOOR_AHEAD_MAX; i++)
        TRY(send_waiting(client, client->ahead[i], client->ahead[i] == NULL ? 0 : 1));
    return STATUS_OK;
}

static enum status take_event(struct door_client *client, const struct door_event *event,
                              struct door_ask *ask)
{
    const struct door_answer_parts *answer = &event->answer;

    if (ask->is_done || ask->door != event->door)
        return STATUS_OK;
    if (event->kind == DOOR_EVENT_DOWN)
        ask->is_sent = false;
    if (event->kind == DOOR_EVENT_REFUSED && client->refusals[ask->door] >= REFUSALS_MAX)
        finish(ask, STATUS_NOT_AUTHORISED,
               "its door refuses this key: it is in no register, or the configuration has another "
               "public key of the service");
    if (event->kind != DOOR_EVENT_ANSWER || answer->request_id != ask->request_id)
        return STATUS_OK;
    if (answer->status == STATUS_KEY_NOT_AT_HAND) {
        ask->again_ms = door_client_now_ms(client) + (int64_t)answer->retry_after_ms;
        ask->is_sent = false;
        return STATUS_OK;
    }
    const uint8_t *detail =
        arena_copy(ask->arena, view_of(answer->detail, strlen(answer->detail) + 1));
    const uint8_t *body = arena_copy(ask->arena, answer->body);

    if (detail == NULL || body == NULL)
        return STATUS_NO_MEMORY;
    ask->answer = view_of(body, answer->body.size);
    ask->retry_after_ms = answer->retry_after_ms;
    finish(ask, answer->status, (const char *)detail);
    return STATUS_OK;
}

/* A survey of several services doesn't wait for one at whose door nobody is. */
static void give_up_on_silent(struct door_client *client, struct door_ask *asks, unsigned count)
{
    for (unsigned i = 0; count > 1 && i < count; i++) {
        if (!asks[i].is_done && !asks[i].is_sent && !client->is_up[asks[i].door])
            finish(&asks[i], STATUS_NOT_CONNECTED, "it is silent: nothing answers at its door");
    }
}

static bool is_all_done(const struct door_ask *asks, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!asks[i].is_done)
            return false;
    }
    return true;
}

static enum status take_events(struct door_client *client, struct door_ask *asks, unsigned count)
{
    struct door_event event;

    for (door_client_receive(client, &event); event.kind != DOOR_EVENT_NOTHING;
         door_client_receive(client, &event)) {
        for (unsigned i = 0; i < count; i++)
            TRY(take_event(client, &event, &asks[i]));
        for (unsigned i = 0; i < DOOR_AHEAD_MAX; i++) {
            if (client->ahead[i] != NULL)
                TRY(take_event(client, &event, client->ahead[i]));
        }
    }
    return STATUS_OK;
}

static void finish_unanswered(struct door_ask *asks, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const char *why = asks[i].is_sent ? "it was asked and gave no answer in time (a revoked "
                                            "key is told so once, then not answered)"
                                          : "it is silent: nothing answers at its door";

        if (!asks[i].is_done)
            finish(&asks[i], STATUS_NOT_CONNECTED, why);
    }
}

/* Until the next question is due again, at most SILENT_AFTER_MS and not past the end. */
static int64_t wait_of(const struct door_ask *asks, unsigned count, int64_t now_ms,
                       int64_t until_ms)
{
    int64_t wait_ms = until_ms - now_ms < SILENT_AFTER_MS ? until_ms - now_ms : SILENT_AFTER_MS;

    for (unsigned i = 0; i < count; i++) {
        if (!asks[i].is_done && !asks[i].is_sent && asks[i].again_ms > now_ms &&
            asks[i].again_ms - now_ms < wait_ms)
            wait_ms = asks[i].again_ms - now_ms;
    }
    return wait_ms;
}

static void start(struct door_client *client, struct door_ask *ask, struct arena *arena)
{
    ask->request_id = door_client_draw_id(client);
    ask->arena = arena;
    ask->is_sent = false;
    ask->is_done = false;
    ask->again_ms = 0;
}

/* Until each has its answer, or the time is over. */
static enum status wait_for(struct door_client *client, struct door_ask *asks, unsigned count,
                            int64_t timeout_ms)
{
    const int64_t began_ms = door_client_now_ms(client);
    const int64_t until_ms = began_ms + timeout_ms;

    for (;;) {
        TRY(take_events(client, asks, count));
        TRY(send_waiting(client, asks, count));
        TRY(send_ahead(client));
        const int64_t now_ms = door_client_now_ms(client);

        if (now_ms - began_ms >= SILENT_AFTER_MS)
            give_up_on_silent(client, asks, count);
        if (is_all_done(asks, count) || now_ms >= until_ms)
            break;
        TRY(door_client_wait(client, wait_of(asks, count, now_ms, until_ms)));
    }
    finish_unanswered(asks, count);
    return STATUS_OK;
}

enum status door_client_ask_many(struct door_client *client, struct door_ask *asks, unsigned count,
                                 int64_t timeout_ms, struct arena *arena)
{
    for (unsigned i = 0; i < count; i++)
        start(client, &asks[i], arena);
    return wait_for(client, asks, count, timeout_ms);
}

static enum status tell(const struct door_ask *ask, struct diag *diag)
{
    if (ask->status != STATUS_OK)
        diag_set(diag, "%s%s%s", names[ask->door], ask->detail[0] == '\0' ? "" : ": ",
                 ask->detail);
    return ask->status;
}

enum status door_client_ask(struct door_client *client, struct door_ask *ask, int64_t timeout_ms,
                            struct arena *arena, struct diag *diag)
{
    TRY(door_client_ask_many(client, ask, 1, timeout_ms, arena));
    return tell(ask, diag);
}

void door_client_begin(struct door_client *client, struct door_ask *ask, struct arena *arena)
{
    unsigned free = 0;

    while (free < DOOR_AHEAD_MAX && client->ahead[free] != NULL)
        free++;
    INVARIANT(free < DOOR_AHEAD_MAX);
    client->ahead[free] = ask;
    start(client, ask, arena);
    /* What can't be sent now is sent when it is awaited, and a lasting failure told then. */
    if (send_waiting(client, ask, 1) != STATUS_OK)
        ask->is_sent = false;
}

void door_client_drop(struct door_client *client, const struct door_ask *ask)
{
    for (unsigned i = 0; i < DOOR_AHEAD_MAX; i++) {
        if (client->ahead[i] == ask)
            client->ahead[i] = NULL;
    }
}

enum status door_client_await(struct door_client *client, struct door_ask *ask, int64_t timeout_ms,
                              struct diag *diag)
{
    door_client_drop(client, ask);
    TRY(wait_for(client, ask, 1, timeout_ms));
    return tell(ask, diag);
}
