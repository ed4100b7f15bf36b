/*
 * What an app, and the skeleton's other files, may ask of a service.
 */
#include "common/service/service_state.h"
#include "netra/v1/event.pb-c.h"

#include <string.h>

/* Revoked or not: from then on the register decides who is one. */
static bool knows_operator(const struct register_keys *keys)
{
    for (unsigned i = 0; i < keys->count; i++)
        if (keys->principals[i].role == NETRA__V1__ROLE__ROLE_OPERATOR)
            return true;
    return false;
}

const struct principal *service_lone_operator(const struct service *service,
                                              const uint8_t key[CURVE_KEY_SIZE])
{
    const struct register_keys *keys = &service->register_keys;
    bool is_his = service->operator.role != 0 &&
                  memcmp(service->operator.curve_public, key, CURVE_KEY_SIZE) == 0;
    return is_his && !keys->is_stale && !knows_operator(keys) ? &service->operator: NULL;
}

struct store *service_store(struct service *service)
{
    return &service->store;
}

const char *service_origin(const struct service *service)
{
    return service->config->origin;
}

const struct config *service_config(const struct service *service)
{
    return service->config;
}

struct register_keys *service_register(struct service *service)
{
    return &service->register_keys;
}

const struct key_pair *service_keys(const struct service *service)
{
    return service->keys;
}

const struct random_source *service_random(const struct service *service)
{
    return &service->edges.random;
}

const struct files *service_files(const struct service *service)
{
    return &service->edges.files;
}

int64_t service_now_boot_ms(const struct service *service)
{
    return service->now_ms;
}

bool service_is_forked(const struct service *service)
{
    return service->phase == SERVICE_FORKED;
}
