/*
 * Entries of intake's stream: a case's facts become a decision's next revision, its event and its
 * row, in the turn's transaction.
 */
#include "services/classification/classification_app.h"

#include "common/base/log.h"

#include <string.h>

bool case_is_decided_by(uint16_t event_type)
{
    return event_type == CLASSIFICATION_EVENT_CASE_ACCEPTED ||
           event_type == CLASSIFICATION_EVENT_CASE_CORRECTED;
}

struct entry_point case_point_of(const struct event_in *event)
{
    struct entry_point point = {.seq = event->header.seq};
    memcpy(point.stream_id, event->header.stream_id, sizeof(point.stream_id));
    return point;
}

/* The pool forgets it once the turn is on disk. */
static void note_handled(struct classification *classification, const struct event_in *event)
{
    classification->has_handled = true;
    classification->handled = case_point_of(event);
}

/* ---- recording ---- */

/* Its event, whose cause is the entry it decides, whoever decided. */
static enum status append_made(struct turn *turn, const uint8_t case_handle[CASE_HANDLE_SIZE],
                               const uint8_t *case_key, const struct decision_made *made,
                               struct decision *row)
{
    struct event_draft draft = {
        .type = CLASSIFICATION_EVENT_DECISION_MADE,
        .schema = CLASSIFICATION_SCHEMA,
        .case_handle = case_handle,
        .case_key = case_key,
        .payload = row->made,
        .cause_stream_id = made->facts_stream,
        .cause_seq = made->facts_seq,
    };
    struct event_made event;
    TRY(turn_append(turn, &draft, &event));
    memcpy(row->stream_id, event.header.stream_id, STREAM_ID_SIZE);
    row->seq = event.header.seq;
    return STATUS_OK;
}

enum status case_record(struct classification *classification, struct turn *turn,
                        const uint8_t case_handle[CASE_HANDLE_SIZE], const uint8_t *case_key,
                        const struct decision_made *made)
{
    struct decision row = {
        .revision = made->revision,
        .outcome = made->verdict.outcome,
        .disposition = made->verdict.disposition,
        .facts_seq = made->facts_seq,
        .facts_revision = made->facts_revision,
    };
    size_t region_size = strlen(made->region);
    if (region_size >= sizeof(row.region))
        return STATUS_OUT_OF_RANGE;
    memcpy(row.region, made->region, region_size);
    memcpy(row.case_handle, case_handle, CASE_HANDLE_SIZE);
    memcpy(row.facts_stream, made->facts_stream, STREAM_ID_SIZE);
    TRY(classification_wire_made(made, turn->arena, &row.made));
    if (case_key != NULL)
        TRY(append_made(turn, case_handle, case_key, made, &row));
    return classification_store_put(&classification->tables, &row);
}

/* The machine's decision on an entry. The brief is empty where the case could not be read. */
static enum status record_verdict(struct classification *classification, struct turn *turn,
                                  const struct event_in *event, const struct case_brief *brief,
                                  const struct decision_history *history,
                                  const struct verdict *verdict)
{
    const struct ruleset *ruleset = classification->rulesets.in_force;
    struct decision_made made = {
        .revision = history->revision + 1,
        .verdict = *verdict,
        .facts_seq = event->header.seq,
        .case_number = brief->case_number,
        .region = brief->region,
        .incident_date = brief->incident_date,
        .received = brief->received,
        .facts_revision = brief->facts_revision,
        .pin = pin_of_ruleset(ruleset),
        .decided_at = (uint64_t)turn->now_utc_s,
    };
    memcpy(made.facts_stream, event->header.stream_id, STREAM_ID_SIZE);
    decision_rank(history, &made.verdict);
    struct code_basis basis[DECISION_BASIS_MAX];
    made.basis = basis;
    made.basis_count = decision_basis(ruleset, &made, basis);
    return case_record(classification, turn, event->header.case_handle, event->case_key, &made);
}

/* ---- deciding ---- */

static enum status open_case(struct turn *turn, const struct event_in *event,
                             struct case_read *ret_case, struct diag *diag)
{
    struct view facts;
    TRY(seal_open(turn->arena, event->case_key, event->header_bytes, event->sealed, &facts));
    return classification_wire_read_case(facts, turn->arena, ret_case, diag);
}

static enum status pass_over(struct classification *classification, const struct event_in *event,
                             uint32_t facts_revision)
{
    classification->older_facts++;
    log_line(LOG_LEVEL_WARN, "older_facts", LOG_NUMBER("seq", event->header.seq),
             LOG_NUMBER("facts_revision", facts_revision));
    return classification_store_put_older(&classification->tables, event->header.case_handle,
                                          event->header.stream_id, event->header.seq,
                                          facts_revision);
}

enum status case_decide(void *app, struct turn *turn, const struct event_in *event,
                        struct diag *diag)
{
    struct classification *classification = app;
    note_handled(classification, event);
    /* An erased case can't be read, and what is said of it can't be sealed. */
    if (event->is_erased)
        return STATUS_OK;
    struct entry_point point = case_point_of(event);
    struct case_read read;
    struct case_brief brief;
    struct decision_history history;
    struct verdict found_here;
    const struct verdict *verdict = lease_pool_verdict(&classification->desk.pool, &point);
    if (verdict != NULL) {
        brief = *lease_pool_brief(&classification->desk.pool, &point);
    } else {
        TRY(open_case(turn, event, &read, diag));
        brief = classification_wire_brief(&read);
    }
    TRY(classification_store_history(&classification->tables, event->header.case_handle,
                                     &history));
    if (decision_is_overtaken(&history, brief.facts_revision))
        return pass_over(classification, event, brief.facts_revision);
    if (verdict == NULL) {
        TRY(lease_desk_decide(&classification->desk, &read.facts, &found_here));
        verdict = &found_here;
    }
    return record_verdict(classification, turn, event, &brief, &history, verdict);
}

/* What can still be read of a case that was set aside: a reviewer must find it, and its region
 * decides who may. Empty: nothing. */
static struct case_brief brief_of_set_aside(struct turn *turn, const struct event_in *event)
{
    struct case_read read;
    if (event->case_key == NULL || open_case(turn, event, &read, NULL) != STATUS_OK)
        return (struct case_brief){.facts_revision = 0};
    return classification_wire_brief(&read);
}

enum status case_dead_lettered(void *app, struct turn *turn, const struct event_in *event,
                               enum status why, struct diag *diag)
{
    (void)diag;
    struct classification *classification = app;
    if (!case_is_decided_by(event->header.type))
        return STATUS_OK;
    note_handled(classification, event);
    struct decision_history history;
    struct verdict verdict;
    struct case_brief brief = brief_of_set_aside(turn, event);
    TRY(classification_store_history(&classification->tables, event->header.case_handle,
                                     &history));
    verdict_undecided(status_name(why), &verdict);
    return record_verdict(classification, turn, event, &brief, &history, &verdict);
}
