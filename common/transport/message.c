/*
 * Reading single frames: the first part of a longer message is kept to name who sent it, the rest
 * is drained, so that the next read begins at a message's beginning.
 */
#include "common/transport/message.h"

#include "common/base/bytes.h"
#include "common/transport/socket.h"
#include "common/wire/limits.h"

#include <string.h>

/* The ids a ROUTER gives: a zero byte and a number of 32 bits. What begins otherwise was chosen by
 * the client, which could take another's place so. */
#define ROUTE_SIZE 5u

/* All parts are here once the first is: draining never waits. */
static void drain(zsock_t *socket)
{
    zmq_msg_t part;
    int more = 1;

    zmq_msg_init(&part);
    while (more != 0 && socket_receive(socket, &part) >= 0)
        more = zmq_msg_more(&part);
    zmq_msg_close(&part);
}

enum message_reading message_read(zsock_t *socket, zmq_msg_t *message)
{
    if (socket_receive(socket, message) < 0)
        return MESSAGE_NOTHING;
    if (zmq_msg_more(message) != 0) {
        drain(socket);
        return MESSAGE_MULTIPART;
    }
    return zmq_msg_size(message) > LIMIT_FRAME_BYTES ? MESSAGE_OVERSIZE : MESSAGE_WHOLE;
}

enum message_reading message_read_routed(zsock_t *socket, zmq_msg_t *message,
                                         struct door_route *ret_route)
{
    if (socket_receive(socket, message) < 0)
        return MESSAGE_NOTHING;

    const size_t size = zmq_msg_size(message);
    const uint8_t *route = zmq_msg_data(message);
    const bool is_ours = size == ROUTE_SIZE && route[0] == 0;

    if (is_ours) {
        memcpy(ret_route->bytes, route, ROUTE_SIZE);
        ret_route->size = ROUTE_SIZE;
    }

    const enum message_reading reading = message_read(socket, message);

    return is_ours ? reading : MESSAGE_ROUTE_FOREIGN;
}

/* ZAP's properties stand before the client's own in libzmq's table and are not overwritten: a
 * client can't name itself (libzmq 4.3.4, stream_engine_base.cpp, mechanism_ready). */
bool message_key(const zmq_msg_t *message, uint8_t ret_key[CURVE_KEY_SIZE])
{
    const char *user_id = zmq_msg_gets(message, "User-Id");

    if (user_id != NULL && bytes_from_hex(user_id, ret_key, CURVE_KEY_SIZE))
        return true;
    memset(ret_key, 0, CURVE_KEY_SIZE);
    return false;
}
