/*
 * A start, until every destination has answered it (protocol.md 10): whoever holds more of our log
 * than we do, or another branch of it, says so before anything is appended to it.
 */
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/service_state.h"

#include <stdio.h>
#include <string.h>

static bool is_silent(const struct peer *peer)
{
    bool is_passed_over = strcmp(peer->name, "audit-log") != 0 && MUTANT(audit_log_asked_alone);
    return peer->output != NULL && !peer->has_answered && !is_passed_over;
}

bool asking_is_answered(const struct service *service)
{
    for (unsigned i = 0; i < service->peer_count; i++)
        if (is_silent(&service->peers[i]))
            return false;
    return true;
}

/* Why it waits, for its operator: the names fit, of as many peers as there may be services. */
static void name_silent(struct service *service)
{
    size_t used = 0;
    for (unsigned i = 0; i < service->peer_count; i++) {
        const struct peer *peer = &service->peers[i];
        if (is_silent(peer) && used < sizeof service->detail)
            used +=
                (size_t)snprintf(service->detail + used, sizeof service->detail - used, "%s%s",
                                 used == 0 ? "not yet answered this start: " : ", ", peer->name);
    }
}

/* The log of all logs is not passed over: what it lacks an operator must have seen. */
static bool is_forgotten_by_audit_log(struct service *service)
{
    const struct peer *peer = link_peer_named(service, "audit-log");
    return peer != NULL && peer->output != NULL && peer->window.state == WINDOW_STOPPED;
}

static void begin_work(struct service *service)
{
    service->phase = SERVICE_READY;
    service->detail[0] = '\0';
    process_notify("READY=1");
    log_line(LOG_LEVEL_INFO, "ready", LOG_NUMBER("seq", service->log.committed.seq));
}

void asking_settle(struct service *service)
{
    if (service->phase != SERVICE_ASKING)
        return;
    if (!asking_is_answered(service) && !MUTANT(acting_unasked))
        name_silent(service);
    else if (is_forgotten_by_audit_log(service))
        (void)snprintf(service->detail, sizeof service->detail,
                       "%s: audit-log has forgotten what it acknowledged, or this store is older "
                       "than audit-log's own recovery: `netra service recover audit-log`",
                       status_name(STATUS_STREAM_FORKED));
    else
        begin_work(service);
}
