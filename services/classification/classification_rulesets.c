/* Loading, switching, and one line in the log for each. */
#include "services/classification/classification_rulesets.h"

#include "common/base/bytes.h"
#include "common/base/log.h"
#include "services/classification/classification_tables.h"

#include <string.h>

static void tell(const struct ruleset *ruleset)
{
    char digest[2 * SHA256_SIZE + 1];
    bytes_to_hex(view_of(ruleset_digest(ruleset), SHA256_SIZE), digest);
    digest[RULESET_PREFIX_DIGITS] = '\0';
    log_line(LOG_LEVEL_INFO, "ruleset_in_force", LOG_TEXT("version", ruleset_version(ruleset)),
             LOG_TEXT("digest", digest), LOG_NUMBER("engine", CLASSIFICATION_ENGINE));
}

enum status rulesets_open(struct rulesets *rulesets, const char *rules_path,
                          const char *calendar_path, struct diag *diag)
{
    *rulesets = (struct rulesets){.rules_path = rules_path, .calendar_path = calendar_path};
    TRY(tables_load_files(rules_path, calendar_path, &rulesets->in_force, diag));
    tell(rulesets->in_force);
    return STATUS_OK;
}

static void release(struct ruleset **ruleset)
{
    if (*ruleset != NULL)
        ruleset_free(*ruleset);
    *ruleset = NULL;
}

void rulesets_close(struct rulesets *rulesets)
{
    release(&rulesets->in_force);
    release(&rulesets->before);
    release(&rulesets->next);
}

enum status rulesets_load_next(struct rulesets *rulesets, struct diag *diag)
{
    struct ruleset *loaded = NULL;
    if (rulesets->next != NULL) {
        diag_set(diag, "other tables are being loaded; try again");
        return STATUS_TRY_AGAIN_LATER;
    }
    enum status status =
        tables_load_files(rulesets->rules_path, rulesets->calendar_path, &loaded, diag);
    /* At a start a mistake ends the process; here the old tables stay in force. */
    if (status == STATUS_CONFIG_INVALID || status == STATUS_CONFIG_MISSING)
        return STATUS_TABLES_INVALID;
    TRY(status);
    rulesets->next = loaded;
    return STATUS_OK;
}

void rulesets_drop_next(struct rulesets *rulesets)
{
    release(&rulesets->next);
}

static bool has_digest(const struct ruleset *ruleset, const uint8_t digest[SHA256_SIZE])
{
    return ruleset != NULL && memcmp(ruleset_digest(ruleset), digest, SHA256_SIZE) == 0;
}

bool rulesets_switch(struct rulesets *rulesets)
{
    if (rulesets->next == NULL)
        return false;
    if (has_digest(rulesets->in_force, ruleset_digest(rulesets->next))) {
        release(&rulesets->next);
        return false;
    }
    release(&rulesets->before);
    rulesets->before = rulesets->in_force;
    rulesets->in_force = rulesets->next;
    rulesets->next = NULL;
    tell(rulesets->in_force);
    return true;
}

const struct ruleset *rulesets_find(const struct rulesets *rulesets,
                                    const uint8_t digest[SHA256_SIZE])
{
    if (has_digest(rulesets->in_force, digest))
        return rulesets->in_force;
    return has_digest(rulesets->before, digest) ? rulesets->before : NULL;
}
