/*
 * What can be refused is asked before the event is appended: an act that was refused leaves
 * nothing.
 */
#include "services/intake/intake_acts.h"

#include "common/base/cleanup.h"
#include "common/wire/limits.h"
#include "services/intake/intake_accept.h"
#include "services/intake/intake_cases.h"
#include "services/intake/intake_store.h"
#include "services/intake/intake_wire.h"

#include <string.h>

/* ---- the register ---- */

enum status intake_act_key(void *app, struct turn *turn, const struct act *act,
                           const struct principal *who, struct view *ret_answer, struct diag *diag)
{
    (void)app;
    (void)who;
    (void)ret_answer;
    if (act->schema != INTAKE_SCHEMA ||
        !view_is_zero(view_of(act->case_handle, CASE_HANDLE_SIZE))) {
        diag_set(diag, "a key's act has schema %u and no case", INTAKE_SCHEMA);
        return STATUS_OUT_OF_RANGE;
    }
    /* First, so that nothing is rejected once the register has moved: from there on only a turn
     * that is abandoned as a whole can fail. */
    if (act->payload.size > LIMIT_EVENT_PAYLOAD_BYTES - SEAL_CLEAR_OVERHEAD)
        return STATUS_EVENT_TOO_LARGE;
    TRY(register_apply(service_register(turn->service), act->type, act->payload, turn->arena,
                       diag));
    struct event_draft draft = {
        .type = act->type,
        .schema = act->schema,
        .payload = act->payload,
        .act = act,
    };
    return turn_append(turn, &draft, NULL);
}

/* ---- acts on a case ---- */

static enum status find_case_of(struct intake *intake, struct turn *turn, const struct act *act,
                                const struct principal *who, struct case_view *ret_case,
                                struct diag *diag)
{
    if (act->schema != INTAKE_SCHEMA) {
        diag_set(diag, "act: expected schema %u", INTAKE_SCHEMA);
        return STATUS_OUT_OF_RANGE;
    }
    return intake_find_case(intake, turn, who, act->case_handle, ret_case, diag);
}

/* Appends the act, sealed with its case's key. */
static enum status append_sealed(struct intake *intake, struct turn *turn, const struct act *act,
                                 struct diag *diag)
{
    CLEANUP(case_secret_wipe) struct case_secret secret;
    enum status status = intake_find_case_key(intake, act->case_handle, secret.key);
    if (status == STATUS_NOT_FOUND)
        diag_set(diag, "the case was erased");
    TRY(status);
    struct event_draft draft = {
        .type = act->type,
        .schema = act->schema,
        .case_handle = act->case_handle,
        .case_key = secret.key,
        .payload = act->payload,
        .act = act,
    };
    return turn_append(turn, &draft, NULL);
}

enum status intake_act_link(void *app, struct turn *turn, const struct act *act,
                            const struct principal *who, struct view *ret_answer,
                            struct diag *diag)
{
    (void)ret_answer;
    struct intake *intake = app;
    struct case_view view;
    struct case_view other;
    struct case_link link;
    TRY(intake_wire_read_link(act->payload, turn->arena, &link, diag));
    TRY(find_case_of(intake, turn, act, who, &view, diag));
    TRY(intake_find_case(intake, turn, who, link.other_case_handle, &other, diag));
    if (view.row.id == other.row.id) {
        diag_set(diag, "other_case_handle: a case isn't linked to itself");
        return STATUS_OUT_OF_RANGE;
    }
    bool has_link = false;
    TRY(intake_store_has_link(&intake->tables, view.row.id, other.row.id, link.kind, &has_link));
    if (has_link) {
        diag_set(diag, "case %s is linked to case %s in that way already", view.row.case_number,
                 other.row.case_number);
        return STATUS_OUT_OF_RANGE;
    }
    TRY(append_sealed(intake, turn, act, diag));
    return intake_store_put_link(&intake->tables, view.row.id, other.row.id, link.kind,
                                 (uint64_t)turn->now_utc_s);
}

static enum status check_second(const struct turn *turn, const struct act *act,
                                const uint8_t second_key_id[KEY_ID_SIZE], struct diag *diag)
{
    const struct principal *second =
        register_find_signer(service_register(turn->service), second_key_id);
    if (second != NULL && second->role == INTAKE_ROLE_PROTECTION_OFFICER && !second->is_revoked &&
        memcmp(second_key_id, act->key_id, KEY_ID_SIZE) != 0)
        return STATUS_OK;
    diag_set(diag, "second_key_id: expected another protection officer's key of the register");
    return STATUS_NOT_AUTHORISED;
}

enum status intake_act_open_reporter(void *app, struct turn *turn, const struct act *act,
                                     const struct principal *who, struct view *ret_answer,
                                     struct diag *diag)
{
    struct intake *intake = app;
    struct case_view view;
    uint8_t second_key_id[KEY_ID_SIZE];
    TRY(intake_wire_read_open_reporter(act->payload, turn->arena, second_key_id, diag));
    TRY(check_second(turn, act, second_key_id, diag));
    TRY(find_case_of(intake, turn, act, who, &view, diag));
    enum status status =
        intake_store_find_reporter(&intake->tables, view.row.id, turn->arena, ret_answer);
    if (status == STATUS_NOT_FOUND)
        diag_set(diag, "case %s has no sealed reporter", view.row.case_number);
    TRY(status);
    return append_sealed(intake, turn, act, diag);
}
