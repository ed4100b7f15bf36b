/*
 * How the two ends of a connection prove whose they are: CURVE, the only way there is in Netra.
 *
 * Why a file of its own: what encryption costs can be measured only beside a build without it.
 * tests/bench links mechanism_plain.c in mechanism_curve.c's place, in targets of its own; no
 * other target may name it (tests/tidy, curve-alone).
 */
#ifndef NETRA_TRANSPORT_MECHANISM_H
#define NETRA_TRANSPORT_MECHANISM_H

#include "common/transport/socket.h"

#define MECHANISM_OPTIONS_MAX 3u
#define MECHANISM_CREDENTIALS_MAX 2u /* frames of credentials in a ZAP request */

/* A socket option; the value is borrowed from the keys. */
struct mechanism_option {
    int name;
    const void *value;
    size_t size;
};

/* The options of a socket that binds; yields their number. */
size_t mechanism_of_server(const struct curve_keys *keys,
                           struct mechanism_option options[MECHANISM_OPTIONS_MAX]);

/* The options of a socket that connects to the server with that key; yields their number. */
size_t mechanism_of_client(const struct curve_keys *keys, const uint8_t *server_key,
                           struct mechanism_option options[MECHANISM_OPTIONS_MAX]);

/* The key that a handshake carries, as its ZAP request says; false when it is another mechanism's
 * or no key at all. */
bool mechanism_key(struct view mechanism, const struct view *credentials, size_t count,
                   uint8_t ret_key[CURVE_KEY_SIZE]);

#endif
