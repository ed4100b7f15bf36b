/*
 * A case from intake's message, and its verdict: the one way in for the service and for workers.
 */
#include "services/classification/classification_wire.h"

#include "common/case/facts_wire.h"
#include "common/wire/unpack.h"
#include "netra/v1/intake_to_classification.pb-c.h"

#include <string.h>

static enum status check_text(const char *text, size_t size_max, const char *name,
                              struct diag *diag)
{
    if (strlen(text) <= size_max)
        return STATUS_OK;
    diag_set(diag, "%s: expected at most %zu bytes", name, size_max);
    return STATUS_OUT_OF_RANGE;
}

/* What intake has checked is not checked again, but sizes bound what deciding takes. */
static enum status check_sizes(const struct case_read *read, struct diag *diag)
{
    const struct facts *facts = &read->facts;
    const struct {
        const char *name;
        const char *text;
        size_t size_max;
    } texts[] = {
        {"case_number", read->case_number, LIMIT_NAME_BYTES},
        {"region", read->region, FACTS_REGION_BYTES_MAX},
        {"incident.description", facts->incident.description, FACTS_DESCRIPTION_BYTES_MAX},
        {"incident.place", facts->incident.place, FACTS_LINE_BYTES_MAX},
        {"incident.region", facts->incident.region, FACTS_REGION_BYTES_MAX},
        {"incident.election", facts->incident.election, FACTS_CODE_BYTES_MAX},
        {"incident.office", facts->incident.office, FACTS_CODE_BYTES_MAX},
        {"subject.name", facts->subject.name, FACTS_LINE_BYTES_MAX},
        {"subject.nip", facts->subject.nip, FACTS_LINE_BYTES_MAX},
        {"subject.position", facts->subject.position, FACTS_LINE_BYTES_MAX},
        {"subject.unit", facts->subject.unit, FACTS_LINE_BYTES_MAX},
        {"subject.cltn.letter", facts->subject.cltn.letter, FACTS_LINE_BYTES_MAX},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        TRY(check_text(texts[i].text, texts[i].size_max, texts[i].name, diag));
    for (unsigned i = 0; i < facts->reported_conduct_count; i++)
        TRY(check_text(facts->reported_conduct[i], FACTS_CODE_BYTES_MAX, "reported_conduct",
                       diag));
    return STATUS_OK;
}

static enum status check_presence(const struct case_read *read, struct diag *diag)
{
    const char *missing = NULL;
    if (read->case_number[0] == '\0')
        missing = "case_number";
    else if (read->region[0] == '\0')
        missing = "region";
    else if (read->facts.received == 0)
        missing = "facts.received";
    if (missing != NULL) {
        diag_set(diag, "%s: missing", missing);
        return STATUS_FIELD_MISSING;
    }
    if (read->facts_revision == 0) {
        diag_set(diag, "facts_revision: expected at least 1");
        return STATUS_OUT_OF_RANGE;
    }
    return STATUS_OK;
}

enum status classification_wire_read_case(struct view bytes, struct arena *arena,
                                          struct case_read *ret_case, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__case_accepted__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__CaseAccepted *message = (const Netra__V1__CaseAccepted *)unpacked;
    *ret_case = (struct case_read){
        .case_number = message->case_number,
        .region = message->region,
        .facts_revision = message->facts_revision,
    };
    TRY(facts_wire_read(message->facts, &ret_case->facts, diag));
    TRY(check_presence(ret_case, diag));
    return check_sizes(ret_case, diag);
}

struct case_brief classification_wire_brief(const struct case_read *read)
{
    struct case_brief brief = {
        .incident_date = read->facts.incident.date,
        .received = read->facts.received,
        .facts_revision = read->facts_revision,
    };
    memcpy(brief.case_number, read->case_number, strlen(read->case_number));
    memcpy(brief.region, read->region, strlen(read->region));
    return brief;
}

enum status classification_wire_decide_read(const struct ruleset *ruleset,
                                            const struct facts *facts, struct arena *scratch,
                                            struct verdict *ret_verdict)
{
    enum status status = ruleset_decide(ruleset, facts, scratch, ret_verdict);
    /* The room is the same at every try and everywhere: waiting would be for ever. */
    if (status == STATUS_NO_MEMORY) {
        verdict_undecided(status_name(STATUS_BODY_TOO_LARGE), ret_verdict);
        return STATUS_OK;
    }
    return status;
}

enum status classification_wire_decide(const struct ruleset *ruleset, struct view bytes,
                                       struct arena *scratch, struct verdict *ret_verdict,
                                       struct diag *diag)
{
    struct case_read read;
    TRY(classification_wire_read_case(bytes, scratch, &read, diag));
    return classification_wire_decide_read(ruleset, &read.facts, scratch, ret_verdict);
}
