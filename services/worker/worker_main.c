/*
 * netra-worker: decides cases that classification leases to it, and keeps nothing. See README.md.
 */
#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/service/config.h"
#include "common/service/key_file.h"
#include "common/service/process.h"
#include "common/transport/transport_zmq.h"
#include "services/classification/classification_wire.h"
#include "services/worker/worker_loop.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct worker_config {
    struct config common;
    uint64_t cases_max; /* 0: absent */
};

static const cyaml_schema_field_t config_fields[] = {
    CONFIG_COMMON_FIELDS(struct worker_config),
    CYAML_FIELD_UINT("cases_max", CYAML_FLAG_OPTIONAL, struct worker_config, cases_max),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct worker_config, config_fields),
};

struct options {
    const char *config_path;
    bool is_check; /* -n */
};

/* Key and loop: the key locked, the loop too large for a stack. */
static struct key_pair key;
static struct worker_loop loop;

static bool read_options(int argc, char **argv, struct options *ret_options)
{
    *ret_options = (struct options){.config_path = NULL};
    int option = 0;
    while ((option = getopt(argc, argv, "c:n")) != -1) {
        if (option == 'c')
            ret_options->config_path = optarg;
        else if (option == 'n')
            ret_options->is_check = true;
        else
            return false;
    }
    return ret_options->config_path != NULL && optind == argc;
}

static void release_config(struct config **config)
{
    config_free(&config_schema, *config);
}

static enum log_level level_of(const char *name)
{
    static const char *const names[] = {
        [LOG_LEVEL_DEBUG] = "debug",
        [LOG_LEVEL_INFO] = "info",
        [LOG_LEVEL_WARN] = "warn",
        [LOG_LEVEL_ERROR] = "error",
    };
    for (size_t level = 0; level < sizeof(names) / sizeof(names[0]); level++) {
        if (strcmp(names[level], name) == 0)
            return (enum log_level)level;
    }
    return LOG_LEVEL_INFO;
}

/* Classification's door, and how many cases are taken at once. */
static enum status read_config(const struct worker_config *config, struct transport_peer *ret_peer,
                               struct diag *diag)
{
    loop.cases_max = config->cases_max == 0 ? WORKER_CASES_MAX : (uint32_t)config->cases_max;
    if (config->cases_max > WORKER_CASES_MAX) {
        diag_set(diag, "cases_max: expected 1 to %u", WORKER_CASES_MAX);
        return STATUS_CONFIG_INVALID;
    }
    for (unsigned i = 0; i < config->common.peers_count; i++) {
        const struct config_peer *peer = &config->common.peers[i];
        if (strcmp(peer->name, "classification") != 0 || peer->door == NULL)
            continue;
        *ret_peer = (struct transport_peer){.name = peer->name, .door = peer->door};
        if (bytes_from_hex(peer->public_key, ret_peer->public_key, CURVE_KEY_SIZE))
            return STATUS_OK;
        diag_set(diag, "peers: classification's public_key: expected 64 hex digits");
        return STATUS_CONFIG_INVALID;
    }
    diag_set(diag, "peers: expected classification with its door");
    return STATUS_CONFIG_INVALID;
}

static enum status open_transport(const struct transport_peer *peer, struct diag *diag)
{
    struct transport_spec spec = {.peers = peer, .peer_count = 1};
    memcpy(spec.public_key, key.curve_public, sizeof(spec.public_key));
    memcpy(spec.secret_key, key.curve_secret, sizeof(spec.secret_key));
    enum status status = transport_zmq_open(&spec, &loop.transport, diag);
    sodium_memzero(&spec, sizeof(spec));
    TRY(status);
    status = loop.transport.watch(loop.transport.self, loop.signals);
    if (status != STATUS_OK)
        loop.transport.close(loop.transport.self);
    return status;
}

/* Everything a loop needs; what it opened stays open for the process's life when it fails. */
static enum status open_loop(const char *key_path, const struct transport_peer *peer,
                             struct diag *diag)
{
    if (!process_lock_memory(&key, sizeof(key)))
        log_line(LOG_LEVEL_WARN, "memory_not_locked", LOG_TEXT("what", "key"));
    TRY(key_pair_read(key_path, &key, diag));
    loop.signals = process_signals_open();
    if (loop.signals < 0) {
        diag_set(diag, "signals: refused");
        return STATUS_SYSTEM_FAILED;
    }
    loop.clock = clock_of_system();
    struct random_source random = random_of_system();
    uint8_t start[WORKER_START_SIZE];
    random_fill(&random, start, sizeof(start));
    TRY(worker_loop_open(&loop, start));
    return open_transport(peer, diag);
}

static int fail(enum status status, const struct diag *diag)
{
    log_line(LOG_LEVEL_ERROR, "not_started", LOG_TEXT("status", status_name(status)),
             LOG_TEXT("detail", diag->text));
    return status_exit(status);
}

static int work(const struct config *config, const struct transport_peer *peer)
{
    struct diag diag = {0};
    enum status status = open_loop(config->key, peer, &diag);
    int exit_status = 0;
    if (status == STATUS_OK) {
        log_line(LOG_LEVEL_INFO, "started", LOG_NUMBER("cases_max", loop.cases_max));
        exit_status = worker_loop_run(&loop);
        loop.transport.close(loop.transport.self);
        log_line(LOG_LEVEL_INFO, "stopped", LOG_NUMBER("exit_status", exit_status));
    } else {
        exit_status = fail(status, &diag);
    }
    worker_loop_close(&loop);
    sodium_memzero(&key, sizeof(key));
    return exit_status;
}

int main(int argc, char **argv)
{
    struct options options;
    if (!read_options(argc, argv, &options)) {
        (void)fprintf(stderr, "usage: netra-worker -c FILE [-n]\n");
        return status_exit(STATUS_USAGE);
    }
    log_open("worker", LOG_LEVEL_INFO, false);
    struct diag diag = {0};
    enum status status = process_harden();
    CLEANUP(release_config) struct config *config = NULL;
    if (status == STATUS_OK)
        status = config_load(options.config_path, "worker", &config_schema, &config, &diag);
    struct transport_peer peer;
    if (status == STATUS_OK)
        status = read_config((const struct worker_config *)config, &peer, &diag);
    if (status != STATUS_OK)
        return fail(status, &diag);
    log_open("worker", level_of(config->log.level), strcmp(config->log.format, "json") == 0);
    return options.is_check ? 0 : work(config, &peer);
}
