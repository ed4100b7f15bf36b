/*
 * Serving ZAP requests, one whole message at a time. Whatever is not exactly RFC 27's request with
 * CURVE's key is refused like an unknown key; the user id that is given is the key itself, in hex,
 * by which each later message says whose connection it came through.
 */
#include "common/transport/zap.h"

#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "common/transport/mechanism.h"

#include <string.h>

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_VERSION "1.0"

/* A request's frames in RFC 27's order; a reply repeats the first two. */
enum zap_frame {
    ZAP_FRAME_VERSION,
    ZAP_FRAME_REQUEST,
    ZAP_FRAME_DOMAIN,
    ZAP_FRAME_ADDRESS,
    ZAP_FRAME_IDENTITY,
    ZAP_FRAME_MECHANISM,
    ZAP_FRAME_CREDENTIAL, /* the first of them */
    ZAP_FRAMES_MAX = ZAP_FRAME_CREDENTIAL + MECHANISM_CREDENTIALS_MAX
};

struct frame {
    uint8_t bytes[256]; /* libzmq's own fields are shorter; cut when not */
    size_t size;
};

struct zap_request {
    struct frame frames[ZAP_FRAMES_MAX];
    size_t count; /* of the frames that came; it may be more than are kept */
};

enum status zap_open(struct zap *zap, struct diag *diag)
{
    CLEANUP(zsock_destroy) zsock_t *socket = zsock_new(ZMQ_REP);

    if (socket == NULL || zmq_bind(zsock_resolve(socket), ZAP_ENDPOINT) != 0) {
        diag_set(diag, "%s: %s; a process binds one transport only", ZAP_ENDPOINT,
                 zmq_strerror(zmq_errno()));
        return STATUS_SYSTEM_FAILED;
    }
    zap->socket = TAKE(socket);
    return STATUS_OK;
}

void zap_close(struct zap *zap)
{
    if (zap->socket == NULL)
        return;
    /* Frees the name now; a close would free it some time later. */
    zmq_unbind(zsock_resolve(zap->socket), ZAP_ENDPOINT);
    zsock_destroy(&zap->socket);
}

/* Copies one frame of the request; false when there is none. */
static bool frame_read(zsock_t *socket, zmq_msg_t *message, struct frame *ret_frame)
{
    if (socket_receive(socket, message) < 0)
        return false;
    ret_frame->size = zmq_msg_size(message);
    if (ret_frame->size > sizeof ret_frame->bytes)
        ret_frame->size = sizeof ret_frame->bytes;
    memcpy(ret_frame->bytes, zmq_msg_data(message), ret_frame->size);
    return true;
}

static bool request_read(zsock_t *socket, struct zap_request *ret_request)
{
    struct frame surplus = {.size = 0};
    size_t count = 0;
    bool is_whole = false;
    zmq_msg_t message;

    zmq_msg_init(&message);
    do {
        struct frame *frame = count < ZAP_FRAMES_MAX ? &ret_request->frames[count] : &surplus;

        is_whole = frame_read(socket, &message, frame);
        count++;
    } while (is_whole && zmq_msg_more(&message) != 0);
    zmq_msg_close(&message);
    ret_request->count = count;
    return is_whole;
}

static struct view view_of_frame(const struct frame *frame)
{
    return view_of(frame->bytes, frame->size);
}

static bool frame_is(const struct frame *frame, const char *text)
{
    return view_equals(view_of_frame(frame), view_of_text(text));
}

/* The key that asks to come in; false, and zeros, where the request is none with a key. */
static bool request_key(const struct zap_request *request, uint8_t ret_key[CURVE_KEY_SIZE])
{
    struct view credentials[MECHANISM_CREDENTIALS_MAX];

    memset(ret_key, 0, CURVE_KEY_SIZE);
    if (request->count <= ZAP_FRAME_CREDENTIAL || request->count > ZAP_FRAMES_MAX ||
        !frame_is(&request->frames[ZAP_FRAME_VERSION], ZAP_VERSION))
        return false;
    for (size_t i = 0; i < MECHANISM_CREDENTIALS_MAX; i++)
        credentials[i] = view_of_frame(&request->frames[ZAP_FRAME_CREDENTIAL + i]);
    return mechanism_key(view_of_frame(&request->frames[ZAP_FRAME_MECHANISM]), credentials,
                         request->count - ZAP_FRAME_CREDENTIAL, ret_key);
}

static bool is_peer(const struct zap *zap, const uint8_t *key)
{
    for (unsigned i = 0; i < zap->peer_count; i++) {
        if (memcmp(zap->peer_keys[i], key, CURVE_KEY_SIZE) == 0)
            return true;
    }
    return false;
}

static bool is_welcome(const struct zap *zap, const struct frame *domain, const uint8_t *key)
{
    if (frame_is(domain, ZAP_DOMAIN_INLET))
        return is_peer(zap, key) && zap->is_known(zap->is_known_self, key);
    return frame_is(domain, ZAP_DOMAIN_DOOR) && zap->is_known(zap->is_known_self, key);
}

/* A reply to a session that has gone meanwhile is dropped by libzmq. */
static void reply(zsock_t *socket, const struct frame *request_id, const char *code,
                  const char *user_id)
{
    socket_send(socket, ZAP_VERSION, strlen(ZAP_VERSION), ZMQ_SNDMORE);
    socket_send(socket, request_id->bytes, request_id->size, ZMQ_SNDMORE);
    socket_send(socket, code, strlen(code), ZMQ_SNDMORE);
    socket_send(socket, "", 0, ZMQ_SNDMORE); /* a text for people */
    socket_send(socket, user_id, strlen(user_id), ZMQ_SNDMORE);
    socket_send(socket, "", 0, 0); /* metadata */
}

enum zap_outcome zap_serve(struct zap *zap, uint8_t ret_key[CURVE_KEY_SIZE])
{
    struct zap_request request = {.count = 0};
    const struct frame *request_id = &request.frames[ZAP_FRAME_REQUEST];
    uint8_t key[CURVE_KEY_SIZE];
    char user_id[2 * CURVE_KEY_SIZE + 1];

    if (!request_read(zap->socket, &request))
        return ZAP_IDLE;
    if (zap->is_closed_to_new) {
        /* 300, not 400: nothing is wrong with the key. The client's own handshake times out and it
         * tries again (messaging.md 1.6). */
        reply(zap->socket, request_id, "300", "");
        return ZAP_ANSWERED;
    }
    if (!request_key(&request, key) || !is_welcome(zap, &request.frames[ZAP_FRAME_DOMAIN], key)) {
        reply(zap->socket, request_id, "400", "");
        memcpy(ret_key, key, CURVE_KEY_SIZE);
        return ZAP_REFUSED;
    }
    bytes_to_hex(view_of(key, CURVE_KEY_SIZE), user_id);
    reply(zap->socket, request_id, "200", user_id);
    return ZAP_ANSWERED;
}
