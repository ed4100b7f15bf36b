/*
 * What is shown at the door: lists and views of cases without content, a case's text, and keys.
 *
 * Why: content opens with the case's key, which leaves intake in memory only; that a person saw it
 * is an event of the case (CASE_READ), that an auditor took keys along is one too
 * (CASE_KEYS_GIVEN).
 * Errors: a case outside the asker's regions is STATUS_NOT_FOUND, as one that doesn't exist.
 */
#ifndef NETRA_INTAKE_INTAKE_CASES_H
#define NETRA_INTAKE_INTAKE_CASES_H

#include "common/service/service.h"
#include "services/intake/intake_accept.h"

/* The case with that handle, where the asker may see it: without revisions and links.
 * STATUS_NOT_FOUND, STATUS_NO_MEMORY, and the store's. */
enum status intake_find_case(struct intake *intake, struct turn *turn, const struct principal *who,
                             const uint8_t case_handle[CASE_HANDLE_SIZE],
                             struct case_view *ret_case, struct diag *diag) MUST_USE;

/* ListRequest → CaseRows: the asker's regions only. */
enum status intake_on_cases(void *app, struct turn *turn, struct door_request *request,
                            struct diag *diag);

/* CaseRequest → CaseView. STATUS_MALFORMED, STATUS_OUT_OF_RANGE: the number is mistyped;
 * intake_find_case's. */
enum status intake_on_case(void *app, struct turn *turn, struct door_request *request,
                           struct diag *diag);

/* CaseTextRequest → CaseText; appends CASE_READ. STATUS_NOT_FOUND: no such case or revision, or it
 * was erased. STATUS_SEAL_BROKEN: a row was altered. */
enum status intake_on_case_text(void *app, struct turn *turn, struct door_request *request,
                                struct diag *diag);

/* CaseKeysRequest → CaseKeys; to an auditor only of cases in the own regions, and then appends
 * CASE_KEYS_GIVEN. STATUS_NOT_AUTHORISED: a service that doesn't read content. */
enum status intake_on_case_keys(void *app, struct turn *turn, struct door_request *request,
                                struct diag *diag);

#endif
