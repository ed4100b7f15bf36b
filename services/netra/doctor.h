/*
 * What `netra doctor` looks at beside the services themselves: the installation's tables and
 * folders, and what waits for people.
 */
#ifndef NETRA_NETRA_DOCTOR_H
#define NETRA_NETRA_DOCTOR_H

#include "services/netra/command.h"
#include "services/netra/pages.h"

/* Adds a row per check to the list under way, and to *wrong how many need something. A service
 * that gave no answer (`statuses`) is asked nothing more. STATUS_NO_MEMORY,
 * STATUS_SYSTEM_FAILED. */
enum status doctor_check_installation(struct command *command, const struct statuses *statuses,
                                      unsigned *wrong) MUST_USE;

#endif
