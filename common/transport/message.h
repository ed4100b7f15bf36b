/*
 * Reading one message of one part, and whose connection it came through.
 *
 * Why: libzmq delivers messages of many parts whole and bounds neither their number nor their sum
 * (messaging.md 1.3); pipelines and doors take single frames only, and the rest is drained and
 * refused by name.
 */
#ifndef NETRA_TRANSPORT_MESSAGE_H
#define NETRA_TRANSPORT_MESSAGE_H

#include "common/transport/transport.h"

#include <czmq.h>

enum message_reading {
    MESSAGE_NOTHING,      /* none waits */
    MESSAGE_WHOLE,        /* one frame, within the limit */
    MESSAGE_MULTIPART,    /* more parts than one; all are drained, the first is kept */
    MESSAGE_OVERSIZE,     /* above LIMIT_FRAME_BYTES */
    MESSAGE_ROUTE_FOREIGN /* at the door: a routing id that the door did not give */
};

/* Reads the next message of a PULL or DEALER into `message`, releasing what it held. */
enum message_reading message_read(zsock_t *socket, zmq_msg_t *message);

/* The same at a ROUTER, whose route it writes. */
enum message_reading message_read_routed(zsock_t *socket, zmq_msg_t *message,
                                         struct door_route *ret_route);

/* The key that the ZAP handler let in; false, and zeros, when the message carries none. */
bool message_key(const zmq_msg_t *message, uint8_t ret_key[CURVE_KEY_SIZE]);

#endif
