/*
 * What the service is, as one table: service_main runs it as a process, a simulation within one.
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_SERVICE_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_SERVICE_H

#include "common/service/service.h"

extern const struct service_spec classification_service;

#endif
