/*
 * The beginning and the end of a service's life: memory, keys, peers, store, sockets, in the order
 * in which each needs the one before, and back.
 */
#include "common/base/bytes.h"
#include "common/base/fault_point.h"
#include "common/base/invariant.h"
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/service_state.h"
#include "netra/v1/event.pb-c.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIFE_ARENA_BYTES (8u * 1024u * 1024u)

/* The shared tables of every store, in the order they came. */
static const char *const *shared_steps(size_t *ret_count)
{
    static const char *steps[3];
    steps[0] = event_log_migration;
    steps[1] = delivery_store_migration;
    steps[2] = register_migration;
    *ret_count = sizeof steps / sizeof steps[0];
    return steps;
}

/* ---- peers ---- */

static const struct service_input *input_from(const struct service_spec *spec, const char *name)
{
    for (unsigned i = 0; i < spec->input_count; i++)
        if (strcmp(spec->inputs[i].producer, name) == 0)
            return &spec->inputs[i];
    return NULL;
}

static const struct service_output *output_to(const struct service_spec *spec, const char *name)
{
    for (unsigned i = 0; i < spec->output_count; i++)
        if (strcmp(spec->outputs[i].destination, name) == 0)
            return &spec->outputs[i];
    return NULL;
}

/* Inputs are planned in the spec's order, producers before those whose events they cause, so that
 * a cause and its effect can be applied in one turn. */
static void order_peers(struct config *config, const struct service_spec *spec)
{
    unsigned placed = 0;
    for (unsigned i = 0; i < spec->input_count; i++) {
        for (unsigned k = placed; k < config->peers_count; k++) {
            if (strcmp(config->peers[k].name, spec->inputs[i].producer) != 0)
                continue;
            struct config_peer moved = config->peers[k];
            config->peers[k] = config->peers[placed];
            config->peers[placed++] = moved;
            break;
        }
    }
}

static enum status add_peers(struct service *service, struct diag *diag)
{
    order_peers(service->config, service->spec);
    for (unsigned i = 0; i < service->config->peers_count; i++) {
        const struct config_peer *configured = &service->config->peers[i];
        struct peer *peer = &service->peers[service->peer_count++];
        peer->name = configured->name;
        peer->index = i;
        peer->input = input_from(service->spec, configured->name);
        peer->output = output_to(service->spec, configured->name);
        bool is_key = bytes_from_hex(configured->public_key, peer->public_key, CURVE_KEY_SIZE);
        INVARIANT(is_key); /* config_load has checked it */
        if (peer->input != NULL)
            TRY(inbox_open(&peer->inbox));
    }
    for (unsigned i = 0; i < service->spec->output_count; i++) {
        if (link_peer_named(service, service->spec->outputs[i].destination) != NULL)
            continue;
        diag_set(diag, "peers: expected one named \"%s\"", service->spec->outputs[i].destination);
        return STATUS_CONFIG_INVALID;
    }
    for (unsigned i = 0; i < service->spec->input_count; i++) {
        if (link_peer_named(service, service->spec->inputs[i].producer) != NULL)
            continue;
        diag_set(diag, "peers: expected one named \"%s\"", service->spec->inputs[i].producer);
        return STATUS_CONFIG_INVALID;
    }
    return STATUS_OK;
}

static void read_operator(struct service *service)
{
    const struct config_operator *given = &service->config->operator;
    struct principal *operator= & service->operator;
    if (given->curve_public == NULL || given->sign_public == NULL)
        return;
    *operator=(struct principal){.role = NETRA__V1__ROLE__ROLE_OPERATOR, .name = "operator"};
    bool is_read =
        bytes_from_hex(given->curve_public, operator->curve_public, CURVE_KEY_SIZE) &&
        bytes_from_hex(given->sign_public, operator->sign_public, sizeof operator->sign_public);
    INVARIANT(is_read); /* config_load has checked it */
    key_id_of(operator->sign_public, operator->curve_public, operator->key_id);
}

static bool is_known_key(void *self, const uint8_t key[CURVE_KEY_SIZE])
{
    struct service *service = self;
    return link_peer_of_key(service, key) != NULL ||
           register_find(&service->register_keys, key) != NULL ||
           service_lone_operator(service, key) != NULL;
}

static enum status open_transport(struct service *service, struct diag *diag)
{
    struct transport_peer peers[TRANSPORT_PEERS_MAX];
    for (unsigned i = 0; i < service->peer_count; i++) {
        peers[i] = (struct transport_peer){
            .name = service->peers[i].name,
            .inlet = service->config->peers[i].inlet,
            .door = service->config->peers[i].door,
        };
        memcpy(peers[i].public_key, service->peers[i].public_key, CURVE_KEY_SIZE);
    }
    struct transport_spec spec = {
        .inlet = service->config->listen.inlet,
        .door = service->config->listen.door,
        .peers = peers,
        .peer_count = service->peer_count,
        .is_known = is_known_key,
        .is_known_self = service,
    };
    memcpy(spec.public_key, service->keys->curve_public, CURVE_KEY_SIZE);
    memcpy(spec.secret_key, service->keys->curve_secret, CURVE_KEY_SIZE);
    enum status status =
        service->edges.open_transport(service->edges.self, &spec, &service->transport, diag);
    sodium_memzero(spec.secret_key, sizeof spec.secret_key);
    return status;
}

/* ---- opening ---- */

static bool source_is_ready(void *self)
{
    return ((struct service *)self)->phase == SERVICE_READY;
}

static const char *source_state(void *self)
{
    const struct service *service = self;
    switch (service->phase) {
    case SERVICE_ASKING:
    case SERVICE_FORKED:
        return service->detail;
    case SERVICE_READY:
        return "ready";
    case SERVICE_DRAINING:
        return "draining";
    }
    return "unknown";
}

/* A new store's stream and its app's first events, in the first transaction. */
static enum status begin_store(struct service *service, struct diag *diag)
{
    struct turn turn = service_turn_of(service);
    TRY(append_begin_stream(&turn));
    if (service->spec->first_start != NULL)
        TRY(service->spec->first_start(service->app, &turn, diag));
    return service->spec->before_commit == NULL
               ? STATUS_OK
               : service->spec->before_commit(service->app, &turn, diag);
}

/* The first transaction of a life says that there was this start. */
static enum status begin_life(struct service *service, struct diag *diag)
{
    TRY(suspects_load(service));
    TRY(store_begin(&service->store));
    if (service->log.tip.stream_count == 0)
        TRY(begin_store(service, diag));
    TRY(link_draw_start(service));
    TRY(event_log_flush(&service->log));
    TRY(store_commit(&service->store));
    event_log_committed(&service->log);
    register_committed(&service->register_keys);
    if (service->spec->committed != NULL)
        service->spec->committed(service->app, service);
    arena_reset(&service->arena);
    return STATUS_OK;
}

static enum status open_store(struct service *service, struct diag *diag)
{
    struct store_spec spec = {
        .application_id = service->spec->application_id,
        .own = service->spec->migrations,
        /* What is in the WAL must fit what the reserve frees, and one turn's more: else on a full
         * disk it could not even be checkpointed. */
        .wal_bytes_max = service->config->limits.reserve_bytes / 2,
    };
    spec.shared.steps = shared_steps(&spec.shared.count);
    TRY(reserve_open(&service->reserve, service->config->store,
                     service->config->limits.reserve_bytes));
    TRY(store_open(&service->store, service->config->store, &spec, diag));
    TRY(event_log_open(&service->log, &service->store, diag));
    TRY(delivery_store_open(&service->delivery, &service->store));
    TRY(register_open(&service->register_keys, &service->store, diag));
    return STATUS_OK;
}

static enum status open_memory(struct service *service)
{
    TRY(arena_open(&service->arena, TURN_ARENA_BYTES));
    TRY(arena_open(&service->life, LIFE_ARENA_BYTES));
    service->keys = arena_take(&service->life, sizeof *service->keys);
    service->app = arena_take(&service->life, service->spec->app_size);
    service->requests = arena_take(&service->life, TURN_REQUEST_ROWS * sizeof *service->requests);
    INVARIANT(service->keys != NULL && service->app != NULL && service->requests != NULL);
    if (!process_lock_memory(service->keys, sizeof *service->keys))
        log_line(LOG_LEVEL_WARN, "memory_not_locked", LOG_TEXT("what", "keys"));
    const bool are_wanted_locked =
        process_lock_memory(service->wanted_keys, sizeof service->wanted_keys);
    const bool are_gap_locked = process_lock_memory(service->gap_keys, sizeof service->gap_keys);
    const bool is_redrive_locked = process_lock_memory(&service->redrive, sizeof service->redrive);
    if (!are_wanted_locked || !are_gap_locked || !is_redrive_locked)
        log_line(LOG_LEVEL_WARN, "memory_not_locked", LOG_TEXT("what", "case_keys"));
    service->entries_max = TURN_ENTRIES_MAX;
    service->redrive.is_due = true;
    return STATUS_OK;
}

static enum status open_edges(struct service *service, struct diag *diag)
{
    struct http_source source = {
        .is_ready = source_is_ready,
        .state = source_state,
        .metrics = service_metrics,
        .self = service,
    };
    if (!service->edges.has_process)
        return open_transport(service, diag);
    /* First: the threads of the sockets' library block the signals too. */
    service->signals = process_signals_open();
    if (service->signals < 0)
        return STATUS_SYSTEM_FAILED;
    TRY(open_transport(service, diag));
    TRY(service->transport.watch(service->transport.self, service->signals));
    if (service->config->listen.http == NULL)
        return STATUS_OK;
    TRY(http_open(&service->http, service->config->listen.http, &source, diag));
    return service->transport.watch(service->transport.self, service->http.descriptor);
}

/* Whether this store's own past allows acting: rule 10's question goes to the destinations by
 * Hello; a service that has none asks itself alone. */
static enum status settle_phase(struct service *service, struct diag *diag)
{
    service->phase = SERVICE_ASKING;
    if (service->spec->check != NULL) {
        enum status status = service->spec->check(service->app, service, diag);
        if (status == STATUS_STREAM_FORKED) {
            service_fork(service, "%s", diag->text);
            return STATUS_OK;
        }
        TRY(status);
    }
    asking_settle(service);
    return STATUS_OK;
}

enum status service_open(struct service *service, struct diag *diag)
{
    TRY(open_memory(service));
    TRY(key_pair_read(service->config->key, service->keys, diag));
    TRY(add_peers(service, diag));
    read_operator(service);
    TRY(open_store(service, diag));
    if (service->spec->open != NULL)
        TRY(service->spec->open(service->app, service, service->config, diag));
    TRY(begin_life(service, diag));
    TRY(link_load(service, diag));
    FAULT_POINT(start_opened);
    TRY(open_edges(service, diag));
    service->now_ms = clock_boot_ms(&service->edges.clock);
    return settle_phase(service, diag);
}

/* ---- closing ---- */

void service_close(struct service *service)
{
    /* A start that failed in its first transaction; the app may end with one of its own. */
    store_rollback(&service->store);
    if (service->spec->close != NULL && service->app != NULL && service->store.database != NULL)
        service->spec->close(service->app, service);
    case_keys_wipe(service);
    http_close(&service->http);
    if (service->transport.close != NULL)
        service->transport.close(service->transport.self);
    for (unsigned i = 0; i < service->peer_count; i++)
        if (service->peers[i].input != NULL)
            inbox_close(&service->peers[i].inbox);
    register_close(&service->register_keys);
    delivery_store_close(&service->delivery);
    event_log_close(&service->log);
    if (service->store.database != NULL)
        (void)!store_checkpoint(&service->store, true);
    store_close(&service->store);
    arena_close(&service->arena);
    arena_close(&service->life);
    if (service->signals > 0)
        (void)close(service->signals);
}
