/*
 * What nodes ask at the door: a new case, and a correction of one.
 *
 * Why all problems at once: whoever filled the form in mends it once. The same request again gets
 * the stored receipt, whatever has happened to the case since.
 */
#ifndef NETRA_INTAKE_INTAKE_SUBMIT_H
#define NETRA_INTAKE_INTAKE_SUBMIT_H

#include "common/service/service.h"

/*
 * SubmitCase → Receipt. STATUS_FACTS_INVALID with the problems, a line each;
 * STATUS_REGION_NOT_OF_NODE when that is the only one; STATUS_ID_REUSED_WITH_OTHER_BODY;
 * intake_wire_read_submission's and intake_accept's.
 */
enum status intake_on_submit_case(void *app, struct turn *turn, struct door_request *request,
                                  struct diag *diag);

/*
 * CorrectCase → Receipt. The same, and: STATUS_NOT_FOUND (no such case, or its key was destroyed),
 * STATUS_REVISION_MOVED (another revision is the newest), STATUS_OUT_OF_RANGE (nothing changed, or
 * REVISIONS_MAX reached).
 */
enum status intake_on_correct_case(void *app, struct turn *turn, struct door_request *request,
                                   struct diag *diag);

#endif
