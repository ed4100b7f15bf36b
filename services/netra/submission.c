/*
 * What leaves the client is made here: facts that were checked, digests instead of files, a sealed
 * box instead of a name.
 */
#include "services/netra/submission.h"

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/case/day.h"
#include "common/case/facts_wire.h"
#include "common/wire/unpack.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "services/netra/evidence.h"
#include "services/netra/translate.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

void submission_draw_id(uint8_t id[UUID_SIZE])
{
    uint8_t random[UUID7_RANDOM_BYTES];

    randombytes_buf(random, sizeof random);
    uuid7_make((uint64_t)clock_system_utc_ms(), random, id);
}

uint32_t submission_today(void)
{
    return day_of_instant(clock_system_utc_ms() / 1000, DAY_ZONE_JAKARTA_SECONDS);
}

/* ---- evidence ---- */

/* Beside the submission's own file, unless the path begins at the root. */
static bool evidence_path(const char *file, const char *path, char joined[PATH_MAX])
{
    const char *slash = path[0] == '/' ? NULL : strrchr(file, '/');
    const int folder = slash == NULL ? 0 : (int)(slash - file) + 1;

    return snprintf(joined, PATH_MAX, "%.*s%s", folder, file, path) < PATH_MAX;
}

static void read_written(const struct report *report, const struct submission_setting *setting,
                         struct facts *facts, struct facts_problems *problems)
{
    char joined[PATH_MAX];
    char place[FACTS_PATH_BYTES];

    for (unsigned i = 0; i < report->evidence_count; i++) {
        const char *wrong = "the path is too long";

        if (evidence_path(setting->file, report->evidence_paths[i], joined))
            wrong = evidence_read(joined, &facts->evidence[facts->evidence_count]);
        (void)snprintf(place, sizeof place, "evidence[%u].path", i);
        if (wrong != NULL)
            facts_problem_add(problems, place, "the file can't be read: %s", wrong);
        else
            facts->evidence_count++;
    }
}

static enum status read_attached(const struct submission_setting *setting, struct facts *facts,
                                 struct diag *diag)
{
    for (unsigned i = 0; i < setting->attachment_count; i++) {
        if (facts->evidence_count == FACTS_EVIDENCE_MAX) {
            diag_set(diag, "at most %u files of evidence", FACTS_EVIDENCE_MAX);
            return STATUS_USAGE;
        }
        const char *wrong =
            evidence_read(setting->attachments[i], &facts->evidence[facts->evidence_count]);

        if (wrong != NULL) {
            diag_set(diag, "--attach %s: %s", setting->attachments[i], wrong);
            return STATUS_NOT_FOUND;
        }
        facts->evidence_count++;
    }
    return STATUS_OK;
}

/* ---- the reporter ---- */

static enum status seal(const struct report *report, const struct netra_config *config,
                        struct submission *submission, struct facts_problems *problems,
                        struct diag *diag)
{
    struct reporter reporter = {.name = ""};
    uint8_t keys[PROTECTION_OFFICERS][REPORTER_KEY_SIZE];

    submission->has_reporter =
        report->reporter_name[0] != '\0' || report->reporter_contact[0] != '\0';
    if (!submission->has_reporter)
        return STATUS_OK;
    if (config->protection_officers_count != PROTECTION_OFFICERS) {
        facts_problem_add(problems, "reporter",
                          "netra.yaml has no two protection_officers to seal it for; nothing was "
                          "sent");
        return STATUS_OK;
    }
    for (unsigned i = 0; i < PROTECTION_OFFICERS; i++) {
        if (bytes_from_hex(config->protection_officers[i], keys[i], REPORTER_KEY_SIZE))
            continue;
        diag_set(diag, "netra.yaml: protection_officers[%u]: 64 hex digits were expected", i);
        return STATUS_CONFIG_INVALID;
    }
    (void)snprintf(reporter.name, sizeof reporter.name, "%s", report->reporter_name);
    (void)snprintf(reporter.contact, sizeof reporter.contact, "%s", report->reporter_contact);
    const enum status status =
        reporter_seal(&reporter, keys[0], keys[1], submission->sealed_reporter);

    sodium_memzero(&reporter, sizeof reporter);
    if (status == STATUS_OK)
        return STATUS_OK;
    diag_set(diag, "netra.yaml: protection_officers: one is no Curve25519 key");
    return STATUS_CONFIG_INVALID;
}

/* ---- the whole ---- */

static enum status choose_id(const struct report *report, const char *id,
                             struct submission *submission, struct diag *diag)
{
    if (id == NULL && report->submission_id[0] != '\0')
        id = report->submission_id;
    if (id == NULL) {
        submission_draw_id(submission->id);
        return STATUS_OK;
    }
    if (uuid_from_text(id, submission->id))
        return STATUS_OK;
    diag_set(diag, "submission_id: a UUID of 36 characters was expected");
    return STATUS_OUT_OF_RANGE;
}

static bool has_region(json_t *object)
{
    json_t *region = json_object_get(object, "region");

    return region != NULL && !json_is_null(region) &&
           !(json_is_string(region) && json_string_length(region) == 0);
}

enum status submission_make(json_t *object, const struct submission_setting *setting,
                            struct arena *arena, struct submission *ret_submission,
                            struct facts_problems *problems, struct diag *diag)
{
    struct report *report = arena_take(arena, sizeof *report);

    if (report == NULL)
        return STATUS_NO_MEMORY;
    if (setting->region != NULL && !has_region(object))
        json_put_text(object, "region", setting->region);
    TRY(facts_json_read(object, setting->today, arena, report, problems));
    *ret_submission = (struct submission){.facts = report->facts};
    read_written(report, setting, &ret_submission->facts, problems);
    TRY(seal(report, setting->config, ret_submission, problems, diag));
    if (problems->count > 0) {
        diag_set(diag, _("%u mistakes; nothing was sent"), problems->count);
        return STATUS_FACTS_INVALID;
    }
    TRY(read_attached(setting, &ret_submission->facts, diag));
    return choose_id(report, setting->id, ret_submission, diag);
}

/* ---- the request ---- */

enum status submission_pack(const struct submission *submission, struct arena *arena,
                            struct view *ret_body)
{
    Netra__V1__SubmitCase message;
    char id[UUID_TEXT_SIZE];

    netra__v1__submit_case__init(&message);
    uuid_to_text(submission->id, id);
    message.submission_id = id;
    TRY(facts_wire_make(&submission->facts, arena, &message.facts));
    if (submission->has_reporter)
        message.sealed_reporter =
            wire_bytes(view_of(submission->sealed_reporter, REPORTER_SEALED_SIZE));
    return wire_pack(&message.base, arena, ret_body);
}

enum status submission_stamp(struct view packed, struct arena *arena, struct view *ret_body)
{
    Netra__V1__SubmitCase message;
    struct view stamp;

    netra__v1__submit_case__init(&message);
    message.sent_at = (uint64_t)clock_system_utc_ms() / 1000;
    TRY(wire_pack(&message.base, arena, &stamp));
    uint8_t *body = arena_take(arena, packed.size + stamp.size);

    if (body == NULL)
        return STATUS_NO_MEMORY;
    memcpy(body, packed.bytes, packed.size);
    memcpy(body + packed.size, stamp.bytes, stamp.size);
    *ret_body = view_of(body, packed.size + stamp.size);
    return STATUS_OK;
}

enum status submission_pack_correction(const struct submission *submission,
                                       const char *case_number, uint32_t expected_revision,
                                       struct arena *arena, struct view *ret_body)
{
    Netra__V1__CorrectCase message;
    char id[UUID_TEXT_SIZE];
    uint8_t *number =
        arena_copy(arena, view_of((const uint8_t *)case_number, strlen(case_number) + 1));

    if (number == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__correct_case__init(&message);
    uuid_to_text(submission->id, id);
    message.case_number = (char *)number;
    message.submission_id = id;
    message.sent_at = (uint64_t)clock_system_utc_ms() / 1000;
    message.expected_revision = expected_revision;
    TRY(facts_wire_make(&submission->facts, arena, &message.facts));
    return wire_pack(&message.base, arena, ret_body);
}
