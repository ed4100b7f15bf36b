/* Fetching and keeping. What can't be got is said once, here. */
#include "services/worker/worker_rulesets.h"

#include "common/base/log.h"
#include "services/classification/classification_tables.h"

#include <string.h>

_Static_assert(WORKER_RULESET_BYTES_MAX == RULESET_BYTES_MAX, "what is in force can be fetched");

enum status worker_rulesets_open(struct worker_rulesets *rulesets, size_t lease_bytes)
{
    return arena_open(&rulesets->held_arena, lease_bytes);
}

void worker_rulesets_close(struct worker_rulesets *rulesets)
{
    for (unsigned i = 0; i < WORKER_RULESETS; i++) {
        if (rulesets->rulesets[i] != NULL)
            ruleset_free(rulesets->rulesets[i]);
        rulesets->rulesets[i] = NULL;
    }
    arena_close(&rulesets->held_arena);
}

const struct ruleset *worker_rulesets_find(const struct worker_rulesets *rulesets,
                                           const uint8_t digest[SHA256_SIZE])
{
    for (unsigned i = 0; i < WORKER_RULESETS; i++) {
        const struct ruleset *ruleset = rulesets->rulesets[i];
        if (ruleset != NULL && memcmp(ruleset_digest(ruleset), digest, SHA256_SIZE) == 0)
            return ruleset;
    }
    return NULL;
}

static void keep(struct worker_rulesets *rulesets, struct ruleset *ruleset)
{
    struct ruleset *oldest = rulesets->rulesets[WORKER_RULESETS - 1];
    if (oldest != NULL)
        ruleset_free(oldest);
    memmove(&rulesets->rulesets[1], &rulesets->rulesets[0],
            (WORKER_RULESETS - 1) * sizeof(rulesets->rulesets[0]));
    rulesets->rulesets[0] = ruleset;
    log_line(LOG_LEVEL_INFO, "ruleset_loaded", LOG_TEXT("version", ruleset_version(ruleset)));
}

void worker_rulesets_hold(struct worker_rulesets *rulesets, const struct worker_lease *lease,
                          struct arena *arena)
{
    worker_rulesets_give_up_held(rulesets);
    struct arena spare = rulesets->held_arena;
    rulesets->held_arena = *arena;
    *arena = spare;
    rulesets->held = *lease;
    ruleset_fetch_begin(&rulesets->fetch, lease->pin.digest);
}

void worker_rulesets_give_up_held(struct worker_rulesets *rulesets)
{
    rulesets->held = (struct worker_lease){.count = 0};
    arena_reset(&rulesets->held_arena);
}

/* ---- parts ---- */

static enum status load(struct worker_rulesets *rulesets, struct diag *diag)
{
    struct ruleset *ruleset = NULL;
    TRY(tables_load_bytes(view_of(rulesets->fetch.bytes, rulesets->fetch.size), &ruleset, diag));
    keep(rulesets, ruleset);
    return STATUS_OK;
}

static enum status take_part(struct worker_rulesets *rulesets, struct view body,
                             struct arena *arena, enum worker_event *ret_event, struct diag *diag)
{
    uint32_t size = 0;
    struct view part;
    TRY(worker_wire_read_part(body, arena, &size, &part, diag));
    switch (ruleset_fetch_take(&rulesets->fetch, size, part)) {
    case FETCH_MORE:
        *ret_event = WORKER_EVENT_PART;
        return STATUS_OK;
    case FETCH_COMPLETE:
        *ret_event = WORKER_EVENT_LOADED;
        return load(rulesets, diag);
    case FETCH_BROKEN:
        break;
    }
    diag_set(diag, "the parts do not give the digest");
    return STATUS_MALFORMED;
}

bool worker_rulesets_take(struct worker_rulesets *rulesets, const struct door_answer_parts *answer,
                          struct arena *arena, enum worker_event *ret_event, int64_t *ret_rest_ms)
{
    struct diag diag = {0};
    enum status status = answer->status;
    /* Another one was asked for again meanwhile; or the table's time asks again. */
    if (answer->request_id != rulesets->fetch.request_id ||
        status_class_of(status) == STATUS_CLASS_RETRY)
        return false;
    rulesets->fetch.request_id = 0;
    /* Refused, classification has another ruleset by now: its next lease names it. */
    *ret_rest_ms = status == STATUS_OK ? WORKER_ASK_AGAIN_MS : 0;
    if (status == STATUS_OK)
        status = take_part(rulesets, answer->body, arena, ret_event, &diag);
    else
        diag_set(&diag, "%s", answer->detail);
    if (status == STATUS_OK)
        return true;
    *ret_event = WORKER_EVENT_UNLOADABLE;
    log_line(LOG_LEVEL_ERROR, "ruleset_not_got", LOG_TEXT("status", status_name(status)),
             LOG_TEXT("detail", diag.text));
    return true;
}
