/* CURVE (rfc.zeromq.org/spec/26): the credential is the client's long-term public key itself. */
#include "common/transport/mechanism.h"

#include <string.h>

static const int is_server = 1;

size_t mechanism_of_server(const struct curve_keys *keys,
                           struct mechanism_option options[MECHANISM_OPTIONS_MAX])
{
    options[0] = (struct mechanism_option){ZMQ_CURVE_SERVER, &is_server, sizeof is_server};
    options[1] = (struct mechanism_option){ZMQ_CURVE_PUBLICKEY, keys->public_key, CURVE_KEY_SIZE};
    options[2] = (struct mechanism_option){ZMQ_CURVE_SECRETKEY, keys->secret_key, CURVE_KEY_SIZE};
    return 3;
}

size_t mechanism_of_client(const struct curve_keys *keys, const uint8_t *server_key,
                           struct mechanism_option options[MECHANISM_OPTIONS_MAX])
{
    options[0] = (struct mechanism_option){ZMQ_CURVE_PUBLICKEY, keys->public_key, CURVE_KEY_SIZE};
    options[1] = (struct mechanism_option){ZMQ_CURVE_SECRETKEY, keys->secret_key, CURVE_KEY_SIZE};
    options[2] = (struct mechanism_option){ZMQ_CURVE_SERVERKEY, server_key, CURVE_KEY_SIZE};
    return 3;
}

bool mechanism_key(struct view mechanism, const struct view *credentials, size_t count,
                   uint8_t ret_key[CURVE_KEY_SIZE])
{
    if (!view_equals(mechanism, view_of_text("CURVE")) || count != 1 ||
        credentials[0].size != CURVE_KEY_SIZE)
        return false;
    memcpy(ret_key, credentials[0].bytes, CURVE_KEY_SIZE);
    return true;
}
