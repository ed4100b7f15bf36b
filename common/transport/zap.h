/*
 * The ZAP handler (rfc.zeromq.org/spec/27): decides for every handshake at a bound socket whether
 * its key may come in.
 *
 * Why our own: zauth is a thread with a directory of certificates (messaging.md 1.6); here the
 * service's register is asked on the service's own thread. libzmq finds the handler by one inproc
 * name per context, so one transport of a process may have bound sockets.
 * Owns: the socket at that name, bound before the sockets it guards.
 */
#ifndef NETRA_TRANSPORT_ZAP_H
#define NETRA_TRANSPORT_ZAP_H

#include "common/transport/transport_zmq.h"

#include <czmq.h>

/* The inlet takes configured peers only; the door every key that is_known. */
#define ZAP_DOMAIN_INLET "netra.inlet"
#define ZAP_DOMAIN_DOOR "netra.door"

struct zap {
    zsock_t *socket; /* NULL: nothing is bound */
    bool is_ready;   /* a handshake may wait */
    const uint8_t (*peer_keys)[CURVE_KEY_SIZE];
    unsigned peer_count;
    key_is_known is_known;
    void *is_known_self;
    bool is_closed_to_new; /* draining: "later" to everybody */
};

enum zap_outcome {
    ZAP_IDLE,     /* no handshake waits */
    ZAP_ANSWERED, /* one was let in, or told to come later */
    ZAP_REFUSED   /* one was refused; its key was written */
};

/* Binds the handler; the other fields are the caller's to fill. STATUS_SYSTEM_FAILED. */
enum status zap_open(struct zap *zap, struct diag *diag) MUST_USE;

/* Decides one handshake, if one waits. */
enum zap_outcome zap_serve(struct zap *zap, uint8_t ret_key[CURVE_KEY_SIZE]);

void zap_close(struct zap *zap);

#endif
