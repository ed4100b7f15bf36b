/* A decision from beginning to end (deploy/rules/README.md, "How a decision is made"). */
#include "common/base/invariant.h"
#include "services/classification/decide_parts.h"

#include <string.h>

enum status ruleset_decide(const struct ruleset *ruleset, const struct facts *facts,
                           struct arena *arena, struct verdict *ret_verdict)
{
    INVARIANT(facts->received != 0);
    const char *place = facts->incident.region;
    struct inquiry inquiry = {
        .ruleset = ruleset,
        .facts = facts,
        .arena = arena,
        .region = place[0] != '\0' ? place : facts->region,
        .office = "",
        .stage = STAGE_NONE,
        .actor = ACTOR_UNKNOWN,
        .primary = NO_CODE,
    };
    memset(ret_verdict, 0, sizeof *ret_verdict);
    TRY(findings_read(ruleset, facts, arena, &inquiry.findings));
    inquiry_resolve(&inquiry);
    inquiry_stage(&inquiry);
    TRY(inquiry_codes(&inquiry));
    verdict_set_codes(&inquiry, ret_verdict);
    verdict_set_rest(&inquiry, ret_verdict);
    return verdict_set_reasons(&inquiry, ret_verdict);
}
