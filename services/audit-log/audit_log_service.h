/*
 * What the service is, as one table: service_main runs it as a process, a simulation within one.
 */
#ifndef NETRA_AUDIT_LOG_AUDIT_LOG_SERVICE_H
#define NETRA_AUDIT_LOG_AUDIT_LOG_SERVICE_H

#include "common/service/service.h"

extern const struct service_spec audit_log_service;

#endif
