/*
 * The benchmark's stand-in for CURVE: ZeroMQ's PLAIN, the user name being the client's public key
 * in hex. It proves nothing and encrypts nothing, and is never linked into a program of Netra's;
 * keys still name peers, so that everything else of the protocol stays as it is.
 *
 * Limits: one key pair per process.
 */
#include "common/base/bytes.h"
#include "common/transport/mechanism.h"

#include <string.h>

static const int is_server = 1;
static char user_name[2 * CURVE_KEY_SIZE + 1];

size_t mechanism_of_server(const struct curve_keys *keys,
                           struct mechanism_option options[MECHANISM_OPTIONS_MAX])
{
    (void)keys;
    options[0] = (struct mechanism_option){ZMQ_PLAIN_SERVER, &is_server, sizeof is_server};
    return 1;
}

size_t mechanism_of_client(const struct curve_keys *keys, const uint8_t *server_key,
                           struct mechanism_option options[MECHANISM_OPTIONS_MAX])
{
    (void)server_key;
    bytes_to_hex(view_of(keys->public_key, CURVE_KEY_SIZE), user_name);
    options[0] = (struct mechanism_option){ZMQ_PLAIN_USERNAME, user_name, strlen(user_name)};
    options[1] = (struct mechanism_option){ZMQ_PLAIN_PASSWORD, "-", 1};
    return 2;
}

bool mechanism_key(struct view mechanism, const struct view *credentials, size_t count,
                   uint8_t ret_key[CURVE_KEY_SIZE])
{
    char text[2 * CURVE_KEY_SIZE + 1] = "";
    if (!view_equals(mechanism, view_of_text("PLAIN")) || count != 2 ||
        credentials[0].size != 2 * (size_t)CURVE_KEY_SIZE)
        return false;
    memcpy(text, credentials[0].bytes, credentials[0].size);
    return bytes_from_hex(text, ret_key, CURVE_KEY_SIZE);
}
