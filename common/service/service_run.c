/*
 * Transactions of their own, outside any turn: what timers and channels bring about, and dead
 * letters tried again.
 */
#include "common/base/fault_point.h"
#include "common/service/service_state.h"

static void follow_commit(struct service *service)
{
    event_log_committed(&service->log);
    register_committed(&service->register_keys);
    if (service->spec->committed != NULL)
        service->spec->committed(service->app, service);
}

void service_meets_trouble(struct service *service, enum status status)
{
    if (apply_is_trouble(status))
        service->retry_at_ms = service->now_ms + RETRY_AFTER_MS;
    if (status == STATUS_STORE_FULL)
        disk_meets_full(service);
    if (status_class_of(status) == STATUS_CLASS_FATAL)
        service->fatal = status;
}

enum status alone_end(struct service *service, enum status status)
{
    struct turn turn = service_turn_of(service);
    struct diag diag = {0};
    if (status == STATUS_OK && service->spec->before_commit != NULL)
        status = service->spec->before_commit(service->app, &turn, &diag);
    if (status == STATUS_OK)
        status = event_log_flush(&service->log);
    FAULT_POINT(alone_before_commit);
    if (status == STATUS_OK)
        status = store_commit(&service->store);
    FAULT_POINT(alone_after_commit);
    if (status == STATUS_OK) {
        follow_commit(service);
    } else {
        service_follow_rollback(service);
        service_meets_trouble(service, status);
    }
    return status;
}

enum status service_run(struct service *service, service_work work, void *context,
                        struct diag *diag)
{
    if (service->phase != SERVICE_READY || service->now_ms < service->retry_at_ms ||
        service->fatal != STATUS_OK)
        return STATUS_TRY_AGAIN_LATER;
    struct turn turn = service_turn_of(service);
    size_t mark = arena_mark(&service->arena);
    enum status status = store_begin(&service->store);
    if (status == STATUS_OK)
        status = work(service->app, &turn, context, diag);
    status = alone_end(service, status);
    arena_rewind(&service->arena, mark);
    /* What was appended is sent by the next turn, which begins at once. */
    service->has_more = service->has_more || status == STATUS_OK;
    return status;
}
