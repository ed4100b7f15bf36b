/*
 * Reading a socket's monitor without czmq: an event is two frames, a number with a value and an
 * address; only the number is of use here.
 */
#include "common/transport/monitor.h"

#include "common/base/cleanup.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EVENTS_HELD 100000
#define EVENT_BYTES 6u /* event number (16 bits), value (32 bits), both in the host's order */

/* An inproc name is freed some time after its socket was closed, by another thread, so that none
 * is ever used twice in a process. */
static atomic_uint monitors_made;

zsock_t *monitor_open(zsock_t *watched, int events)
{
    const int held = EVENTS_HELD;
    char name[48];
    CLEANUP(zsock_destroy) zsock_t *monitor = zsock_new(ZMQ_PAIR);

    snprintf(name, sizeof name, "inproc://netra.monitor.%u", atomic_fetch_add(&monitors_made, 1u));
    if (monitor == NULL ||
        zmq_setsockopt(zsock_resolve(monitor), ZMQ_RCVHWM, &held, sizeof held) != 0)
        return NULL;
    if (zmq_socket_monitor(zsock_resolve(watched), name, events) != 0)
        return NULL;
    if (zmq_connect(zsock_resolve(monitor), name) != 0) {
        zmq_socket_monitor(zsock_resolve(watched), NULL, 0);
        return NULL;
    }
    return TAKE(monitor);
}

static enum monitor_event event_of(uint16_t number)
{
    switch (number) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        return MONITOR_UP;
    case ZMQ_EVENT_DISCONNECTED:
        return MONITOR_DOWN;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        return MONITOR_HANDSHAKE_FAILED;
    default: /* ZMQ_EVENT_MONITOR_STOPPED and what a later libzmq may add */
        return MONITOR_NOTHING;
    }
}

enum monitor_event monitor_read(zsock_t *monitor)
{
    uint8_t event[EVENT_BYTES];
    uint8_t address[256];
    uint16_t number = 0;

    if (zmq_recv(zsock_resolve(monitor), event, sizeof event, ZMQ_DONTWAIT) != (int)sizeof event)
        return MONITOR_NOTHING;
    zmq_recv(zsock_resolve(monitor), address, sizeof address, ZMQ_DONTWAIT);
    memcpy(&number, event, sizeof number);
    return event_of(number);
}

/* In this order: a monitor whose reader is gone first would block libzmq's I/O thread at its next
 * event. */
void monitor_close(zsock_t *watched, zsock_t **monitor)
{
    if (*monitor == NULL)
        return;
    if (watched != NULL)
        zmq_socket_monitor(zsock_resolve(watched), NULL, 0);
    zsock_destroy(monitor);
}
