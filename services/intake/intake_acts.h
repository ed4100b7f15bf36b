/*
 * Persons' acts that intake carries out: keys of the register, links between cases, and opening a
 * reporter's seal. Each becomes an event in the transaction of its effect.
 */
#ifndef NETRA_INTAKE_INTAKE_ACTS_H
#define NETRA_INTAKE_INTAKE_ACTS_H

#include "common/service/service.h"

/* KEY_AUTHORISED, KEY_REVOKED: by an operator. STATUS_OUT_OF_RANGE (the act's form),
 * STATUS_EVENT_TOO_LARGE, and register_apply's. */
enum status intake_act_key(void *app, struct turn *turn, const struct act *act,
                           const struct principal *who, struct view *ret_answer,
                           struct diag *diag);

/* CASES_LINKED: by an officer or reviewer whose regions have both cases. STATUS_NOT_FOUND (one of
 * them isn't there, or the act's was erased), STATUS_OUT_OF_RANGE (a case with itself, a link that
 * is there already, a kind that is none). */
enum status intake_act_link(void *app, struct turn *turn, const struct act *act,
                            const struct principal *who, struct view *ret_answer,
                            struct diag *diag);

/*
 * REPORTER_OPENED: by a protection officer, who names a second one; the answer is the sealed
 * identity, which takes both their keys to open. STATUS_NOT_FOUND (no such case, no sealed
 * reporter, or erased), STATUS_NOT_AUTHORISED (the second is not another protection officer).
 */
enum status intake_act_open_reporter(void *app, struct turn *turn, const struct act *act,
                                     const struct principal *who, struct view *ret_answer,
                                     struct diag *diag);

#endif
