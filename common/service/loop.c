/*
 * One round of a service's loop, and its end: what service_main does until it is told to stop, and
 * what a simulation does when it pleases.
 */
#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "common/service/service_state.h"

enum status service_round(struct service *service, int64_t *ret_wait_ms)
{
    TRY(service_turn(service));
    if (service->request_count == 0)
        arena_reset(&service->arena);
    *ret_wait_ms = housekeeping(service);
    return STATUS_OK;
}

enum status service_stop(struct service *service)
{
    TRY(service->fatal); /* met since the last turn: the life doesn't end well */
    /* From a store that nobody has answered for yet, nothing leaves while it drains either. */
    if (service->phase == SERVICE_READY)
        service->phase = SERVICE_DRAINING;
    process_notify("STOPPING=1");
    service->transport.stop_taking(service->transport.self);
    log_line(LOG_LEVEL_INFO, "draining", LOG_NUMBER("seq", service->log.committed.seq));
    pump_all(service);
    FAULT_POINT(stop_draining);
    return housekeeping_last(service);
}
