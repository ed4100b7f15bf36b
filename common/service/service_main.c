/*
 * A service's life: read what it is to be, open what it keeps, turn until told to stop, close.
 * (Opening and closing: service_open.c.)
 */
#include "common/base/log.h"
#include "common/service/service_state.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NETRA_VERSION_TEXT "0.1.0"

/* ---- the command line ---- */

struct options {
    const char *config_path;
    bool is_check_only;
    bool is_version;
};

static bool read_options(int argc, char **argv, struct options *options)
{
    *options = (struct options){0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-n") == 0)
            options->is_check_only = true;
        else if (strcmp(argv[i], "--version") == 0)
            options->is_version = true;
        else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
            options->config_path = argv[++i];
        else
            return false;
    }
    return options->is_version || options->config_path != NULL;
}

/* ---- running ---- */

static enum status run(struct service *service)
{
    long watchdog_ms = process_watchdog_ms();
    int64_t notified_ms = service->now_ms;
    while (!service->is_drain_asked && !service->is_restart_due) {
        int64_t wait_ms = 0;
        TRY(service_round(service, &wait_ms));
        service->is_term_seen = process_signals_read(service->signals) == PROCESS_SIGNAL_DRAIN;
        if (service->is_term_seen || service->is_drain_asked || service->is_restart_due)
            break;
        if (service->http.daemon != NULL)
            http_run(&service->http);
        if (watchdog_ms > 0 && service->now_ms - notified_ms >= watchdog_ms) {
            process_notify("WATCHDOG=1");
            notified_ms = service->now_ms;
        }
        if (watchdog_ms > 0 && wait_ms > watchdog_ms / 2)
            wait_ms = watchdog_ms / 2;
        TRY(service->transport.wait(service->transport.self, wait_ms));
    }
    return service_stop(service);
}

/* ---- a life ---- */

static int report(const struct service_spec *spec, enum status status, const struct diag *diag)
{
    (void)fprintf(stderr, "netra-%s: %s: %s%s%s\n", spec->name, status_name(status),
                  status_text(status), diag->text[0] == '\0' ? "" : ": ", diag->text);
    return status_exit(status);
}

static enum log_level level_of(const char *text)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], text) == 0)
            return (enum log_level)i;
    return LOG_LEVEL_INFO;
}

static int live(struct service *service, bool *ret_is_restart_due)
{
    struct diag diag = {0};
    enum status status = service_open(service, &diag);
    /* With what the reserve frees, the next try comes up and drains. */
    bool is_again = status == STATUS_STORE_FULL && service->reserve.is_held;
    if (is_again)
        disk_meets_full(service);
    if (status == STATUS_OK) {
        log_line(LOG_LEVEL_INFO, "started", LOG_NUMBER("seq", service->log.committed.seq));
        status = run(service);
        if (status != STATUS_OK)
            diag_set(&diag, "%s", store_error_text(&service->store));
    }
    int exit_status = status == STATUS_OK ? 0 : report(service->spec, status, &diag);
    *ret_is_restart_due =
        is_again || (status == STATUS_OK && service->is_restart_due && !service->is_term_seen);
    service_close(service);
    if (status == STATUS_OK)
        log_line(LOG_LEVEL_INFO, "stopped", LOG_NUMBER("exit", exit_status));
    return exit_status;
}

int service_main(int argc, char **argv, const struct service_spec *spec)
{
    static struct service service; /* one per process; too large for a stack */
    struct options options;
    struct diag diag = {0};
    bool is_restart_due = false;
    if (!read_options(argc, argv, &options)) {
        (void)fprintf(stderr, "usage: netra-%s -c FILE [-n] | --version\n", spec->name);
        return status_exit(STATUS_USAGE);
    }
    if (options.is_version) {
        (void)fprintf(stderr, "netra-%s " NETRA_VERSION_TEXT "\n", spec->name);
        return 0;
    }
    service = (struct service){.spec = spec, .edges = service_edges_of_system(), .signals = -1};
    enum status status = process_harden();
    if (status == STATUS_OK)
        status = config_load(options.config_path, spec->name, spec->config_schema, &service.config,
                             &diag);
    if (status == STATUS_OK && service.config->store == NULL) {
        diag_set(&diag, "%s: missing key \"store\"", options.config_path);
        status = STATUS_CONFIG_INVALID;
    }
    if (status != STATUS_OK)
        return report(spec, status, &diag);
    log_open(spec->name, level_of(service.config->log.level),
             strcmp(service.config->log.format, "json") == 0);
    int exit_status = options.is_check_only ? 0 : live(&service, &is_restart_due);
    config_free(spec->config_schema, service.config);
    if (is_restart_due) {
        (void)execv("/proc/self/exe", argv);
        return status_exit(STATUS_SYSTEM_FAILED);
    }
    return exit_status;
}
