/* What workers ask at the door: work, a word on what they found, a ruleset they don't hold. */
#include "services/classification/classification_app.h"

#include <string.h>

enum status work_ask(void *app, struct turn *turn, struct door_request *request, struct diag *diag)
{
    struct classification *classification = app;
    struct lease_ask ask;
    TRY(classification_wire_read_ask(request->message, &ask, diag));
    memcpy(ask.key, request->who->curve_public, sizeof(ask.key));
    if (ask.cases_max == 0) {
        lease_pool_withdraw(&classification->desk.pool, ask.key, turn->now_boot_ms);
        return STATUS_OK;
    }
    enum status status = lease_desk_ask(&classification->desk, &ask, &request->ticket);
    request->is_deferred = status == STATUS_OK;
    request->retry_after_ms = status == STATUS_OK ? 0 : LEASE_WORKER_GRACE_MS;
    return status;
}

enum status work_result(void *app, struct turn *turn, struct door_request *request,
                        struct diag *diag)
{
    struct classification *classification = app;
    struct lease_results results;
    TRY(classification_wire_read_results(request->message, turn->arena, &results, diag));
    memcpy(results.key, request->who->curve_public, sizeof(results.key));
    enum status status =
        lease_pool_results(&classification->desk.pool, &results, turn->now_boot_ms);
    if (status != STATUS_OK)
        diag_set(diag, "ruleset_digest, engine: not the ones pinned for these cases");
    return status;
}

enum status work_ruleset(void *app, struct turn *turn, struct door_request *request,
                         struct diag *diag)
{
    const struct classification *classification = app;
    uint8_t digest[SHA256_SIZE];
    uint32_t offset = 0;
    TRY(classification_wire_read_ruleset_request(request->message, digest, &offset, diag));
    const struct ruleset *ruleset = rulesets_find(&classification->rulesets, digest);
    if (ruleset == NULL) {
        diag_set(diag, "digest: neither the ruleset in force nor the one before");
        return STATUS_NOT_FOUND;
    }
    return classification_wire_ruleset_part(ruleset_bytes(ruleset), offset, turn->arena,
                                            &request->answer, diag);
}
