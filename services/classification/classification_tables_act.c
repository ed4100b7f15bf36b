/*
 * Which tables are in force is an event: the service's own where a start found other files than
 * before, an operator's act where a running service is told to load them.
 */
#include "services/classification/classification_app.h"

#include "common/base/bytes.h"
#include "common/base/log.h"

#include <string.h>

enum status tables_open(struct classification *classification, const char *rules_path,
                        const char *calendar_path, struct diag *diag)
{
    return rulesets_open(&classification->rulesets, rules_path, calendar_path, diag);
}

/* Whether the log says of this ruleset, and no other, that it is in force. */
static enum status is_said(struct classification *classification, const struct ruleset *ruleset,
                           bool *ret_is_said)
{
    uint8_t said[SHA256_SIZE];
    TRY(classification_store_tables(&classification->tables, said));
    *ret_is_said = memcmp(said, ruleset_digest(ruleset), SHA256_SIZE) == 0;
    return STATUS_OK;
}

enum status tables_find_said(struct classification *classification)
{
    bool is_said_now = false;
    TRY(is_said(classification, classification->rulesets.in_force, &is_said_now));
    classification->is_tables_due = !is_said_now;
    return STATUS_OK;
}

/* ---- a start with other files ---- */

static enum status say(void *app, struct turn *turn, void *context, struct diag *diag)
{
    (void)context;
    (void)diag;
    struct classification *classification = app;
    const struct ruleset *ruleset = classification->rulesets.in_force;
    struct event_draft draft = {
        .type = CLASSIFICATION_EVENT_TABLES_LOADED,
        .schema = CLASSIFICATION_SCHEMA,
    };
    TRY(classification_wire_tables(CLASSIFICATION_NAME, ruleset, turn->arena, &draft.payload));
    TRY(turn_append(turn, &draft, NULL));
    return classification_store_put_tables(&classification->tables, ruleset_digest(ruleset));
}

void tables_tell(struct classification *classification, struct service *service)
{
    struct diag diag = {0};
    if (!classification->is_tables_due)
        return;
    enum status status = service_run(service, say, NULL, &diag);
    classification->is_tables_due = status != STATUS_OK;
    /* Until the service is ready it is no trouble, and would be said at every look. */
    if (status != STATUS_OK && status != STATUS_TRY_AGAIN_LATER)
        log_line(LOG_LEVEL_WARN, "tables_not_told", LOG_TEXT("status", status_name(status)));
}

/* ---- an operator's order ---- */

/* The operator ordered what was seen and checked, not what lies there meanwhile. */
static enum status check_digest(const struct rulesets *rulesets,
                                const uint8_t ordered[SHA256_SIZE], struct diag *diag)
{
    char hex[2 * SHA256_SIZE + 1];
    const uint8_t *digest = ruleset_digest(rulesets->next);
    if (memcmp(digest, ordered, SHA256_SIZE) == 0)
        return STATUS_OK;
    bytes_to_hex(view_of(digest, SHA256_SIZE), hex);
    hex[RULESET_PREFIX_DIGITS] = '\0';
    diag_set(diag, "digest: the files at the service make %s…; look at them and order those", hex);
    return STATUS_OUT_OF_RANGE;
}

static enum status check_order(const struct act *act, const char *service, struct diag *diag)
{
    if (act->schema != CLASSIFICATION_SCHEMA ||
        !view_is_zero(view_of(act->case_handle, CASE_HANDLE_SIZE))) {
        diag_set(diag, "act: expected schema %u and no case handle", CLASSIFICATION_SCHEMA);
        return STATUS_OUT_OF_RANGE;
    }
    if (strcmp(service, CLASSIFICATION_NAME) == 0)
        return STATUS_OK;
    diag_set(diag, "service: the act is for another service than " CLASSIFICATION_NAME);
    return STATUS_NOT_AUTHORISED;
}

static enum status commit_order(struct classification *classification, struct turn *turn,
                                const struct act *act, const uint8_t ordered[SHA256_SIZE],
                                struct diag *diag)
{
    struct event_draft draft = {
        .type = act->type,
        .schema = act->schema,
        .payload = act->payload,
        .act = act,
    };
    TRY(check_digest(&classification->rulesets, ordered, diag));
    TRY(turn_append(turn, &draft, NULL));
    return classification_store_put_tables(&classification->tables, ordered);
}

enum status tables_load(void *app, struct turn *turn, const struct act *act,
                        const struct principal *who, struct view *ret_answer, struct diag *diag)
{
    (void)who;
    (void)ret_answer;
    struct classification *classification = app;
    const char *service = NULL;
    uint8_t ordered[SHA256_SIZE];
    TRY(classification_wire_read_tables(act->payload, turn->arena, &service, ordered, diag));
    TRY(check_order(act, service, diag));
    TRY(rulesets_load_next(&classification->rulesets, diag));
    enum status status = commit_order(classification, turn, act, ordered, diag);
    if (status != STATUS_OK)
        rulesets_drop_next(&classification->rulesets);
    return status;
}

enum status tables_before_commit(struct classification *classification)
{
    struct rulesets *rulesets = &classification->rulesets;
    bool is_said_now = false;
    if (rulesets->next == NULL)
        return STATUS_OK;
    TRY(is_said(classification, rulesets->next, &is_said_now));
    if (!is_said_now)
        rulesets_drop_next(rulesets);
    return STATUS_OK;
}

void tables_committed(struct classification *classification)
{
    if (!rulesets_switch(&classification->rulesets))
        return;
    lease_desk_repin(&classification->desk, classification->rulesets.in_force);
    classification->is_tables_due = false;
}
