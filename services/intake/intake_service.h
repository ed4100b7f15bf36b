/*
 * What the service is, as one table: service_main runs it as a process, a simulation within one.
 */
#ifndef NETRA_INTAKE_INTAKE_SERVICE_H
#define NETRA_INTAKE_INTAKE_SERVICE_H

#include "common/service/service.h"

extern const struct service_spec intake_service;

#endif
