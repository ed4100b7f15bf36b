/*
 * The register's events to and from principals; register_announce (register.h) is here too.
 *
 * Errors: the scan's statuses; STATUS_FIELD_MISSING, STATUS_OUT_OF_RANGE with the field in `diag`.
 */
#ifndef NETRA_SERVICE_REGISTER_WIRE_H
#define NETRA_SERVICE_REGISTER_WIRE_H

#include "common/service/register.h"

/* A KeyAuthorised whose every field may enter the register; the key's id is worked out. */
enum status register_read_authorised(struct view payload, struct arena *arena,
                                     struct principal *ret_principal, struct diag *diag) MUST_USE;

/* A KeyRevoked: which key. */
enum status register_read_revoked(struct view payload, struct arena *arena,
                                  uint8_t curve_public[CURVE_KEY_SIZE],
                                  struct diag *diag) MUST_USE;

#endif
