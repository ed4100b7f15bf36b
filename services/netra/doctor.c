/* Each check is a row: what, how it is, and what to do; an empty advice is none. */
#include "services/netra/doctor.h"

#include "common/base/clock.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/tables_command.h"
#include "services/netra/translate.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STATE_BYTES 48u

/* A queued notice whose next try is that long past waits for something else than its time. */
#define OVERDUE_S 600u

static void put_row(struct command *command, const char *check, const char *state,
                    const char *advice, unsigned *wrong)
{
    json_t *row = json_object();

    json_put_text(row, "check", check);
    json_put_text(row, "state", state);
    json_put_text(row, "advice", advice);
    output_list_row(&command->output, row);
    *wrong += advice[0] == '\0' ? 0u : 1u;
}

static void check_tables(struct command *command, const char *check,
                         enum status (*look)(struct command *, struct tables_seen *),
                         unsigned *wrong)
{
    struct tables_seen seen;
    const enum status status = look(command, &seen);

    if (status == STATUS_OK)
        put_row(command, check, seen.version, "", wrong);
    else
        put_row(command, check, "wrong", command->diag.text, wrong);
    diag_clear(&command->diag);
}

static void check_mail(struct command *command, unsigned *wrong)
{
    char path[PATH_MAX];
    char advice[PATH_MAX + 64];

    if (snprintf(path, sizeof path, "%s/mail", command->home) >= (int)sizeof path)
        return;
    (void)snprintf(advice, sizeof advice, _("%s: expected a folder that can be written"), path);
    if (access(path, W_OK | X_OK) == 0)
        put_row(command, "mail", "ok", "", wrong);
    else
        put_row(command, "mail", "wrong", advice, wrong);
}

static void check_officers(struct command *command, unsigned *wrong)
{
    if (command->config->protection_officers_count == PROTECTION_OFFICERS)
        put_row(command, "reporters", "ok", "", wrong);
    else
        put_row(command, "reporters", "wrong",
                _("netra.yaml: expected protection_officers, two public keys: without them no "
                  "reporter can be sealed"),
                wrong);
}

/* ---- what waits ---- */

struct notices {
    uint64_t failed;
    uint64_t overdue;
};

static enum status count_notices(struct command *command, struct notices *ret_notices)
{
    const struct clock clock = clock_of_system();
    const uint64_t now = (uint64_t)clock_utc_s(&clock);
    ProtobufCMessage *unpacked = NULL;
    uint64_t after = 0;
    uint64_t last = 0;

    do {
        after = last;
        TRY(page_ask(command, DOOR_NOTIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICES,
                     after, &netra__v1__notice_rows__descriptor, &unpacked));
        const Netra__V1__NoticeRows *page = (const Netra__V1__NoticeRows *)unpacked;

        for (size_t i = 0; i < page->n_notices; i++) {
            const Netra__V1__NoticeRow *row = page->notices[i];
            const bool is_overdue = strcmp(row->state, "queued") == 0 && row->next_at > 0 &&
                                    row->next_at + OVERDUE_S < now;

            ret_notices->failed += strcmp(row->state, "failed") == 0 ? 1u : 0u;
            ret_notices->overdue += is_overdue ? 1u : 0u;
            last = row->id;
        }
    } while (last > after);
    return STATUS_OK;
}

static enum status check_notices(struct command *command, unsigned *wrong)
{
    struct notices notices = {.failed = 0};
    char state[STATE_BYTES];

    TRY(count_notices(command, &notices));
    (void)snprintf(state, sizeof state, "%llu/%llu", (unsigned long long)notices.failed,
                   (unsigned long long)notices.overdue);
    if (notices.failed + notices.overdue == 0)
        put_row(command, "notices", "ok", "", wrong);
    else
        put_row(command, "notices", state,
                _("failed/overdue: `netra notice list --state failed` says why; mend the channel, "
                  "then `netra notice resend ID`"),
                wrong);
    return STATUS_OK;
}

static enum status check_reviews(struct command *command, unsigned *wrong)
{
    ProtobufCMessage *unpacked = NULL;
    char state[STATE_BYTES];
    uint64_t count = 0;
    uint64_t after = 0;
    uint64_t last = 0;

    do {
        after = last;
        TRY(page_ask(command, DOOR_CLASSIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_REVIEWS,
                     after, &netra__v1__decision_rows__descriptor, &unpacked));
        const Netra__V1__DecisionRows *page = (const Netra__V1__DecisionRows *)unpacked;

        count += page->n_decisions;
        last = page->n_decisions == 0 ? after : page->decisions[page->n_decisions - 1]->id;
    } while (last > after);
    (void)snprintf(state, sizeof state, "%llu", (unsigned long long)count);
    put_row(command, "reviews", state, "", wrong);
    return STATUS_OK;
}

/* A service that falls silent meanwhile is a row of its own the next time. */
static enum status tolerate(struct command *command, const char *check, enum status status,
                            unsigned *wrong)
{
    if (status == STATUS_OK || status == STATUS_NO_MEMORY || status == STATUS_SYSTEM_FAILED)
        return status;
    put_row(command, check, "unknown", command->diag.text, wrong);
    diag_clear(&command->diag);
    return STATUS_OK;
}

enum status doctor_check_installation(struct command *command, const struct statuses *statuses,
                                      unsigned *wrong)
{
    check_tables(command, "rules", tables_look_rules, wrong);
    check_tables(command, "routing", tables_look_routing, wrong);
    check_mail(command, wrong);
    check_officers(command, wrong);
    if (statuses->services[DOOR_NOTIFICATION] != NULL)
        TRY(tolerate(command, "notices", check_notices(command, wrong), wrong));
    if (statuses->services[DOOR_CLASSIFICATION] != NULL)
        TRY(tolerate(command, "reviews", check_reviews(command, wrong), wrong));
    return STATUS_OK;
}
