/* Field by field, in the order in which people look at them. */
#include "services/netra/replay_compare.h"

#include "common/base/sha256.h"
#include "services/netra/names.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WHAT_BYTES 128u

__attribute__((format(printf, 2, 3))) static void put(char text[REPLAY_TEXT_BYTES],
                                                      const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, REPLAY_TEXT_BYTES, format, arguments);
    va_end(arguments);
}

void replay_tell_missing(const char *what, bool is_rebuilt, struct replay_difference *ret)
{
    put(ret->what, "%s", what);
    put(ret->rebuilt, "%s", is_rebuilt ? "there" : "missing");
    put(ret->running, "%s", is_rebuilt ? "missing" : "there");
}

/* ---- one field ---- */

/* Compared before they are cut to what a difference has room for. */
static bool texts_differ(const char *prefix, const char *field, const char *rebuilt,
                         const char *running, struct replay_difference *ret)
{
    if (strcmp(rebuilt, running) == 0)
        return false;
    put(ret->what, "%s%s", prefix, field);
    put(ret->rebuilt, "%s", rebuilt);
    put(ret->running, "%s", running);
    return true;
}

static bool numbers_differ(const char *prefix, const char *field, uint64_t rebuilt,
                           uint64_t running, struct replay_difference *ret)
{
    if (rebuilt == running)
        return false;
    put(ret->what, "%s%s", prefix, field);
    put(ret->rebuilt, "%" PRIu64, rebuilt);
    put(ret->running, "%" PRIu64, running);
    return true;
}

static bool names_differ(const char *prefix, enum name_kind kind, const char *field,
                         uint32_t rebuilt, uint32_t running, struct replay_difference *ret)
{
    if (rebuilt == running)
        return false;
    put(ret->what, "%s%s", prefix, field);
    put(ret->rebuilt, "%s", name_of(kind, rebuilt));
    put(ret->running, "%s", name_of(kind, running));
    return true;
}

static void put_list(char text[REPLAY_TEXT_BYTES], char *const *list, size_t count)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count && used + 1 < REPLAY_TEXT_BYTES; i++) {
        const int written =
            snprintf(text + used, REPLAY_TEXT_BYTES - used, "%s%s", i > 0 ? "," : "", list[i]);

        used += written < 0 ? 0u : (size_t)written;
    }
}

struct texts {
    char *const *list;
    size_t count;
};

static bool lists_differ(const char *prefix, const char *field, struct texts rebuilt,
                         struct texts running, struct replay_difference *ret)
{
    bool is_same = rebuilt.count == running.count;

    for (size_t i = 0; i < rebuilt.count && is_same; i++)
        is_same = strcmp(rebuilt.list[i], running.list[i]) == 0;
    if (is_same)
        return false;
    put(ret->what, "%s%s", prefix, field);
    put_list(ret->rebuilt, rebuilt.list, rebuilt.count);
    put_list(ret->running, running.list, running.count);
    return true;
}

/* ---- cases ---- */

bool replay_case_differs(const struct replay_case *rebuilt, const struct replay_facts *first,
                         const struct replay_facts *newest, const Netra__V1__CaseRow *running,
                         struct replay_difference *ret)
{
    return texts_differ("case: ", "case_number", rebuilt->case_number, running->case_number,
                        ret) ||
           texts_differ("case: ", "submission_id", first->submission_id, running->submission_id,
                        ret) ||
           texts_differ("case: ", "region", rebuilt->region, running->region, ret) ||
           texts_differ("case: ", "node", rebuilt->node, running->node, ret) ||
           numbers_differ("case: ", "accepted_at", first->accepted_at, running->accepted_at,
                          ret) ||
           numbers_differ("case: ", "facts_revision", newest->revision, running->facts_revision,
                          ret) ||
           numbers_differ("case: ", "incident_date", newest->incident_date, running->incident_date,
                          ret) ||
           numbers_differ("case: ", "received", newest->received, running->received, ret);
}

bool replay_facts_differ(const struct replay_facts *rebuilt,
                         const Netra__V1__FactsRevision *running, struct replay_difference *ret)
{
    char prefix[WHAT_BYTES];

    (void)snprintf(prefix, sizeof prefix, "facts %" PRIu32 ": ", rebuilt->revision);
    if (running->stream_id.len != STREAM_ID_SIZE ||
        memcmp(rebuilt->stream_id, running->stream_id.data, STREAM_ID_SIZE) != 0) {
        put(ret->what, "%sstream_id", prefix);
        put(ret->rebuilt, "%s", "the log's");
        put(ret->running, "%s", "another");
        return true;
    }
    return texts_differ(prefix, "submission_id", rebuilt->submission_id, running->submission_id,
                        ret) ||
           numbers_differ(prefix, "accepted_at", rebuilt->accepted_at, running->accepted_at,
                          ret) ||
           numbers_differ(prefix, "incident_date", rebuilt->incident_date, running->incident_date,
                          ret) ||
           numbers_differ(prefix, "received", rebuilt->received, running->received, ret) ||
           numbers_differ(prefix, "seq", rebuilt->seq, running->seq, ret);
}

/* ---- decisions ---- */

static bool verdict_differs(const char *prefix, const Netra__V1__Verdict *rebuilt,
                            const Netra__V1__DecisionRow *running, struct replay_difference *ret)
{
    return names_differ(prefix, NAME_OUTCOME, "outcome", (uint32_t)rebuilt->outcome,
                        running->outcome, ret) ||
           names_differ(prefix, NAME_DISPOSITION, "disposition", (uint32_t)rebuilt->disposition,
                        running->disposition, ret) ||
           texts_differ(prefix, "primary", rebuilt->primary, running->primary, ret) ||
           lists_differ(prefix, "codes", (struct texts){rebuilt->codes, rebuilt->n_codes},
                        (struct texts){running->codes, running->n_codes}, ret) ||
           names_differ(prefix, NAME_STAGE, "stage", (uint32_t)rebuilt->stage, running->stage,
                        ret) ||
           texts_differ(prefix, "election", rebuilt->election, running->election, ret) ||
           names_differ(prefix, NAME_ACTOR, "actor", (uint32_t)rebuilt->actor, running->actor,
                        ret) ||
           texts_differ(prefix, "authority", rebuilt->authority, running->authority, ret) ||
           lists_differ(prefix, "flags", (struct texts){rebuilt->flags, rebuilt->n_flags},
                        (struct texts){running->flags, running->n_flags}, ret) ||
           lists_differ(prefix, "missing", (struct texts){rebuilt->missing, rebuilt->n_missing},
                        (struct texts){running->missing, running->n_missing}, ret) ||
           numbers_differ(prefix, "confidence_permille", rebuilt->confidence_permille,
                          running->confidence_permille, ret) ||
           texts_differ(prefix, "review_reason", rebuilt->review_reason, running->review_reason,
                        ret);
}

/* The whole payload, for what the list doesn't show: reasons, legal basis, ruleset. */
static bool digest_differs(const char *prefix, struct view made,
                           const Netra__V1__DecisionRow *running, struct replay_difference *ret)
{
    uint8_t digest[SHA256_SIZE];

    sha256_of(made, digest);
    if (running->made_digest.len == SHA256_SIZE &&
        memcmp(digest, running->made_digest.data, SHA256_SIZE) == 0)
        return false;
    put(ret->what, "%spayload", prefix);
    put(ret->rebuilt, "%s", "as the log has it");
    put(ret->running, "%s", "altered");
    return true;
}

bool replay_decision_differs(const Netra__V1__DecisionMade *rebuilt, struct view made,
                             uint64_t seq, const Netra__V1__DecisionRow *running,
                             struct replay_difference *ret)
{
    Netra__V1__Verdict none;
    char prefix[WHAT_BYTES];

    netra__v1__verdict__init(&none);
    (void)snprintf(prefix, sizeof prefix, "decision %" PRIu32 ": ", rebuilt->revision);
    return verdict_differs(prefix, rebuilt->verdict == NULL ? &none : rebuilt->verdict, running,
                           ret) ||
           texts_differ(prefix, "case_number", rebuilt->case_number, running->case_number, ret) ||
           texts_differ(prefix, "region", rebuilt->region, running->region, ret) ||
           numbers_differ(prefix, "decided_at", rebuilt->decided_at, running->decided_at, ret) ||
           numbers_differ(prefix, "seq", seq, running->seq, ret) ||
           digest_differs(prefix, made, running, ret);
}

/* ---- notices ---- */

/* A notice that waits may be superseded without an event, or be further than a log that is
 * behind. */
static bool state_differs(const struct replay_notice *rebuilt, const char *running, bool is_behind)
{
    const char *expected = rebuilt->is_resent ? "queued" : rebuilt->state;
    const bool is_waiting = strcmp(expected, "queued") == 0;
    const bool may_be_superseded = rebuilt->is_overtaken && strcmp(running, "superseded") == 0;

    if (strcmp(expected, running) == 0)
        return false;
    return !(is_waiting && (is_behind || may_be_superseded));
}

bool replay_notice_differs(const struct replay_notice *rebuilt,
                           const Netra__V1__NoticeRow *running, bool is_behind,
                           struct replay_difference *ret)
{
    char prefix[WHAT_BYTES];

    (void)snprintf(prefix, sizeof prefix, "notice to %.64s of decision %" PRIu32 ": ",
                   running->recipient, running->revision);
    return (state_differs(rebuilt, running->state, is_behind) &&
            texts_differ(prefix, "state", rebuilt->is_resent ? "queued" : rebuilt->state,
                         running->state, ret)) ||
           texts_differ(prefix, "role", rebuilt->role, running->role, ret) ||
           texts_differ(prefix, "channel", rebuilt->channel, running->channel, ret);
}

enum status replay_judge(uint64_t cases, uint64_t differing, uint64_t *ret_agree)
{
    /* A case that only runs, and the register, differ without being counted as cases. */
    *ret_agree = cases > differing ? cases - differing : 0;
    return differing == 0 ? STATUS_OK : STATUS_REPLAY_DIFFERS;
}
