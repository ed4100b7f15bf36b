/*
 * What people are shown of decisions, and what a reviewer does to them. Both end at the asker's
 * regions.
 */
#include "services/classification/classification_app.h"

#include "common/base/bytes.h"

#include <sodium.h>
#include <string.h>

static bool is_shown(const void *asker, const char *region)
{
    return principal_has_region(asker, region);
}

/* ---- lists and views ---- */

static enum status answer_list(struct classification *classification, enum decision_list list,
                               struct turn *turn, struct door_request *request, struct diag *diag)
{
    uint64_t after = 0;
    uint32_t rows_max = 0;
    TRY(classification_wire_read_list(request->message, &after, &rows_max, diag));
    const struct decision_filter filter = {.is_shown = is_shown, .asker = request->who};
    const struct decision *rows = NULL;
    size_t count = 0;
    TRY(classification_store_list(&classification->tables, list, after, rows_max, &filter,
                                  turn->arena, &rows, &count));
    return classification_wire_decision_rows(rows, count, turn->arena, &request->answer);
}

enum status review_decisions(void *app, struct turn *turn, struct door_request *request,
                             struct diag *diag)
{
    return answer_list(app, DECISION_LIST_ALL, turn, request, diag);
}

enum status review_reviews(void *app, struct turn *turn, struct door_request *request,
                           struct diag *diag)
{
    return answer_list(app, DECISION_LIST_REVIEWS, turn, request, diag);
}

enum status review_case_decisions(void *app, struct turn *turn, struct door_request *request,
                                  struct diag *diag)
{
    struct classification *classification = app;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    const struct decision *rows = NULL;
    size_t count = 0;
    TRY(classification_wire_read_case_request(request->message, case_handle, diag));
    enum status status = classification_store_case(&classification->tables, case_handle,
                                                   turn->arena, &rows, &count);
    /* Cases are intake's: one that is not here is not decided yet. One of another region looks the
     * same. */
    if (status == STATUS_NOT_FOUND)
        status = STATUS_OK;
    TRY(status);
    if (count > 0 && !principal_has_region(request->who, rows[count - 1].region))
        count = 0;
    return classification_wire_case_decisions(rows, count, turn->arena, &request->answer);
}

/* ---- acts ---- */

/* The newest decision on the act's case, which the reviewer may act on. */
static enum status find_newest(struct classification *classification, struct turn *turn,
                               const struct act *act, const struct principal *who,
                               struct decision_made *ret_made, struct diag *diag)
{
    const struct decision *rows = NULL;
    size_t count = 0;
    if (act->schema != CLASSIFICATION_SCHEMA) {
        diag_set(diag, "act: expected schema %u", CLASSIFICATION_SCHEMA);
        return STATUS_OUT_OF_RANGE;
    }
    enum status status = classification_store_case(&classification->tables, act->case_handle,
                                                   turn->arena, &rows, &count);
    if (status == STATUS_NOT_FOUND)
        diag_set(diag, "case_handle: no decision on that case");
    TRY(status);
    if (!principal_has_region(who, rows[count - 1].region)) {
        diag_set(diag, "the case's region is not one of the reviewer's");
        return STATUS_NOT_AUTHORISED;
    }
    return classification_wire_read_made(rows[count - 1].made, turn->arena, ret_made, diag);
}

static enum status append_act(struct turn *turn, const struct act *act, const uint8_t *case_key)
{
    struct event_draft draft = {
        .type = act->type,
        .schema = act->schema,
        .case_handle = act->case_handle,
        .case_key = case_key,
        .payload = act->payload,
        .act = act,
    };
    return turn_append(turn, &draft, NULL);
}

/* The act, then the decision that it makes. */
static enum status append_both(struct classification *classification, struct turn *turn,
                               const struct act *act, const uint8_t *case_key,
                               const struct decision_made *made)
{
    TRY(append_act(turn, act, case_key));
    return case_record(classification, turn, act->case_handle, case_key, made);
}

static enum status commit_act(struct classification *classification, struct turn *turn,
                              const struct act *act, struct decision_made *made,
                              struct view *ret_answer)
{
    made->decided_at = (uint64_t)turn->now_utc_s;
    made->is_of_person = true;
    memcpy(made->reviewer_key_id, act->key_id, KEY_ID_SIZE);
    uint8_t *answer = arena_take(turn->arena, sizeof(made->revision));
    if (answer == NULL)
        return STATUS_NO_MEMORY;
    bytes_put_u32(answer, made->revision);
    *ret_answer = view_of(answer, sizeof(made->revision));
    uint8_t case_key[CASE_KEY_SIZE];
    enum status status = turn_case_key(turn, act->case_handle, case_key);
    if (status == STATUS_OK)
        status = append_both(classification, turn, act, case_key, made);
    sodium_memzero(case_key, sizeof(case_key));
    return status;
}

enum status review_act_confirm(void *app, struct turn *turn, const struct act *act,
                               const struct principal *who, struct view *ret_answer,
                               struct diag *diag)
{
    struct decision_made made;
    uint32_t revision = 0;
    TRY(classification_wire_read_confirm(act->payload, turn->arena, &revision, diag));
    TRY(find_newest(app, turn, act, who, &made, diag));
    TRY(decision_confirm(&made, revision, diag));
    return commit_act(app, turn, act, &made, ret_answer);
}

enum status review_act_override(void *app, struct turn *turn, const struct act *act,
                                const struct principal *who, struct view *ret_answer,
                                struct diag *diag)
{
    const struct classification *classification = app;
    const struct ruleset *ruleset = classification->rulesets.in_force;
    struct decision_made made;
    struct code_basis basis[DECISION_BASIS_MAX];
    uint32_t revision = 0;
    const char *code = NULL;
    TRY(classification_wire_read_override(act->payload, turn->arena, &revision, &code, diag));
    TRY(find_newest(app, turn, act, who, &made, diag));
    TRY(decision_override(&made, revision, ruleset, code, diag));
    made.basis = basis;
    made.basis_count = decision_basis(ruleset, &made, basis);
    return commit_act(app, turn, act, &made, ret_answer);
}
