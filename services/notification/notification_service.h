/*
 * What the service is, as one table: service_main runs it as a process, a simulation within one.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_SERVICE_H
#define NETRA_NOTIFICATION_NOTIFICATION_SERVICE_H

#include "common/service/service.h"

extern const struct service_spec notification_service;

#endif
