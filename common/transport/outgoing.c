/*
 * A connecting socket's life: opened, watched through its monitor, thrown away with its queue when
 * the connection ends, and made anew after a pause that grows.
 */
#include "common/transport/outgoing.h"

#include "common/base/cleanup.h"
#include "common/wire/limits.h"

#define DELAY_MS_MIN 50
#define DELAY_MS_MAX 1000

enum status outgoing_open(struct outgoing *outgoing, struct diag *diag)
{
    CLEANUP(zsock_destroy) zsock_t *socket = NULL;

    TRY(socket_new_client(outgoing->type, outgoing->address, outgoing->server_key, outgoing->keys,
                          &socket, diag));
    outgoing->monitor = monitor_open(socket, MONITOR_OF_CLIENT);
    if (outgoing->monitor == NULL) {
        diag_set(diag, "%s %s: no monitor: %s", outgoing->role, outgoing->address,
                 zmq_strerror(zmq_errno()));
        return STATUS_SYSTEM_FAILED;
    }
    const enum status status = socket_connect(socket, outgoing->role, outgoing->address, diag);

    if (status != STATUS_OK) {
        monitor_close(socket, &outgoing->monitor);
        return status;
    }
    outgoing->socket = TAKE(socket);
    outgoing->is_ready = false;
    outgoing->is_monitor_ready = true; /* looked at once: nobody has listened to it yet */
    if (outgoing->delay_ms == 0)
        outgoing->delay_ms = DELAY_MS_MIN;
    return STATUS_OK;
}

void outgoing_close(struct outgoing *outgoing)
{
    monitor_close(outgoing->socket, &outgoing->monitor);
    zsock_destroy(&outgoing->socket);
    outgoing->is_up = false;
    outgoing->is_ready = false;
    outgoing->is_monitor_ready = false;
}

void outgoing_discard(struct outgoing *outgoing, int64_t rebuild_at_ms)
{
    const int linger_ms = 0;

    /* Otherwise what was queued would still go to whoever listens there next. */
    if (outgoing->socket != NULL)
        zmq_setsockopt(zsock_resolve(outgoing->socket), ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    outgoing_close(outgoing);
    outgoing->rebuild_at_ms = rebuild_at_ms;
}

/* Discards it, and has the next discard wait twice as long. */
static void back_off(struct outgoing *outgoing, int64_t now_ms)
{
    outgoing_discard(outgoing, now_ms + outgoing->delay_ms);
    outgoing->delay_ms *= 2;
    if (outgoing->delay_ms > DELAY_MS_MAX)
        outgoing->delay_ms = DELAY_MS_MAX;
}

bool outgoing_waits(const struct outgoing *outgoing)
{
    return outgoing->address != NULL && outgoing->socket == NULL;
}

bool outgoing_is_due(const struct outgoing *outgoing, int64_t now_ms)
{
    return outgoing_waits(outgoing) && now_ms >= outgoing->rebuild_at_ms;
}

enum outgoing_event outgoing_step(struct outgoing *outgoing, int64_t now_ms)
{
    if (outgoing_is_due(outgoing, now_ms) && outgoing_open(outgoing, NULL) != STATUS_OK)
        back_off(outgoing, now_ms); /* out of sockets: tried again later */
    if (outgoing->socket == NULL)
        return OUTGOING_NOTHING;

    switch (monitor_read(outgoing->monitor)) {
    case MONITOR_NOTHING:
        break;
    case MONITOR_UP:
        outgoing->is_up = true;
        outgoing->is_ready = true;
        outgoing->delay_ms = DELAY_MS_MIN;
        return OUTGOING_UP;
    case MONITOR_DOWN:
    case MONITOR_HANDSHAKE_FAILED: {
        const bool was_up = outgoing->is_up;

        back_off(outgoing, now_ms);
        return was_up ? OUTGOING_DOWN : OUTGOING_REFUSED;
    }
    }
    return OUTGOING_NOTHING;
}

enum status outgoing_send(struct outgoing *outgoing, struct view frame)
{
    if (frame.size > LIMIT_FRAME_BYTES)
        return STATUS_FRAME_TOO_LARGE;
    if (!outgoing->is_up)
        return STATUS_NOT_CONNECTED;
    if (socket_send(outgoing->socket, frame.bytes, frame.size, 0) < 0)
        return STATUS_WOULD_BLOCK;
    return STATUS_OK;
}
