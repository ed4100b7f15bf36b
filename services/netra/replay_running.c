/* Pages through the doors' lists; whatever was not met there is missing. */
#include "services/netra/replay_running.h"

#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/replay_compare.h"
#include "services/netra/replay_running_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum status replay_differs(const struct comparing *comparing, const uint8_t *case_handle,
                           const char *case_number, struct replay_difference *difference)
{
    struct replay_case found;
    const enum status status =
        replay_store_take_case(&comparing->replay->store, comparing->round, case_handle, &found);

    if (status != STATUS_NOT_FOUND)
        TRY(status);
    /* The log's number, where it has one: the running row's own may be what was altered. */
    const bool is_known = status == STATUS_OK && found.case_number[0] != '\0';

    (void)snprintf(difference->case_number, sizeof difference->case_number, "%s",
                   is_known ? found.case_number : case_number);
    return replay_store_put_difference(&comparing->replay->store, comparing->round, case_handle,
                                       difference);
}

enum status replay_unexpected(const struct comparing *comparing, enum door door,
                              const uint8_t *case_handle, const char *case_number,
                              const char *what)
{
    struct replay_difference difference = {.what = ""};
    struct replay_case found;

    if (comparing->replay->is_behind[door])
        return STATUS_OK;
    /* Of round 0: what another service has of a case doesn't meet it in the register. */
    const enum status status =
        replay_store_take_case(&comparing->replay->store, 0, case_handle, &found);

    if (status != STATUS_NOT_FOUND)
        TRY(status);
    if (status == STATUS_OK && found.is_erased)
        return STATUS_OK;
    replay_tell_missing(what, false, &difference);
    return replay_differs(comparing, case_handle, case_number, &difference);
}

/* ---- decisions, notices, the register ---- */

static enum status compare_decision(const struct comparing *comparing,
                                    const Netra__V1__DecisionRow *row)
{
    struct replay *replay = comparing->replay;
    struct diag *diag = &replay->command->diag;
    struct replay_difference difference = {.what = ""};
    uint8_t case_handle[CASE_HANDLE_SIZE];
    ProtobufCMessage *unpacked = NULL;
    struct view made;
    uint64_t seq = 0;
    char what[64];

    arena_reset(&replay->scratch);
    (void)snprintf(what, sizeof what, "decision %" PRIu32, row->revision);
    TRY(wire_exact(row->case_handle, case_handle, CASE_HANDLE_SIZE, "case_handle", diag));
    const enum status status =
        replay_store_take_decision(&replay->store, comparing->round, case_handle, row->revision,
                                   &replay->scratch, &seq, &made);

    if (status == STATUS_NOT_FOUND)
        return replay_unexpected(comparing, DOOR_CLASSIFICATION, case_handle, row->case_number,
                                 what);
    TRY(status);
    TRY(wire_unpack(&netra__v1__decision_made__descriptor, made, &replay->scratch, &unpacked,
                    diag));
    if (!replay_decision_differs((const Netra__V1__DecisionMade *)unpacked, made, seq, row,
                                 &difference))
        return STATUS_OK;
    return replay_differs(comparing, case_handle, row->case_number, &difference);
}

/* What a decision would have told that arrived behind a higher one is recorded there and told
 * nobody: that is no event. */
static enum status unexpected_notice(const struct comparing *comparing,
                                     const Netra__V1__NoticeRow *row,
                                     const struct replay_notice_key *key, const char *what)
{
    const bool is_told =
        strcmp(row->state, "superseded") != 0 && strcmp(row->state, "blocked") != 0;
    bool is_overtaken = false;

    TRY(replay_store_is_overtaken(&comparing->replay->store, key->case_handle, key->revision,
                                  &is_overtaken));
    if (is_overtaken && !is_told)
        return STATUS_OK;
    return replay_unexpected(comparing, DOOR_NOTIFICATION, key->case_handle, row->case_number,
                             what);
}

static enum status compare_notice(const struct comparing *comparing,
                                  const Netra__V1__NoticeRow *row)
{
    struct replay *replay = comparing->replay;
    struct replay_difference difference = {.what = ""};
    struct replay_notice_key key = {
        .revision = row->revision, .kind = row->kind, .recipient = row->recipient};
    struct replay_notice notice;
    char what[128];

    (void)snprintf(what, sizeof what, "notice to %.64s of decision %" PRIu32, row->recipient,
                   row->revision);
    TRY(wire_exact(row->case_handle, key.case_handle, CASE_HANDLE_SIZE, "case_handle",
                   &replay->command->diag));
    const enum status status =
        replay_store_take_notice(&replay->store, comparing->round, &key, row->id, &notice);

    if (status == STATUS_NOT_FOUND)
        return unexpected_notice(comparing, row, &key, what);
    TRY(status);
    if (!replay_notice_differs(&notice, row, replay->is_behind[DOOR_NOTIFICATION], &difference))
        return STATUS_OK;
    return replay_differs(comparing, key.case_handle, row->case_number, &difference);
}

static enum status compare_key(const struct comparing *comparing,
                               const Netra__V1__RegisterKey *row)
{
    static const uint8_t of_no_case[CASE_HANDLE_SIZE];
    struct replay *replay = comparing->replay;
    struct replay_difference difference = {.what = ""};
    uint8_t curve_public[32];
    uint32_t role = 0;
    bool is_revoked = false;
    char what[128];

    TRY(wire_exact(row->curve_public, curve_public, sizeof curve_public, "curve_public",
                   &replay->command->diag));
    (void)snprintf(what, sizeof what, "key %.64s in the register", row->name);
    const enum status status =
        replay_store_take_key(&replay->store, comparing->round, curve_public, &role, &is_revoked);

    if (status == STATUS_NOT_FOUND)
        return replay_unexpected(comparing, DOOR_INTAKE, of_no_case, "", what);
    TRY(status);
    if (role == row->role && is_revoked == (row->is_revoked != 0))
        return STATUS_OK;
    replay_tell_missing(what, false, &difference);
    (void)snprintf(difference.rebuilt, sizeof difference.rebuilt, "role %" PRIu32 "%s", role,
                   is_revoked ? ", revoked" : "");
    (void)snprintf(difference.running, sizeof difference.running, "role %" PRIu32 "%s", row->role,
                   row->is_revoked ? ", revoked" : "");
    return replay_differs(comparing, of_no_case, "", &difference);
}

/* ---- pages ---- */

/* Compares a page; *ret_last is the key of its last row, 0 when it has none. */
typedef enum status (*compare_page)(const struct comparing *comparing,
                                    const ProtobufCMessage *message, uint64_t *ret_last);

static enum status compare_decisions(const struct comparing *comparing,
                                     const ProtobufCMessage *message, uint64_t *ret_last)
{
    const Netra__V1__DecisionRows *page = (const Netra__V1__DecisionRows *)message;

    *ret_last = page->n_decisions == 0 ? 0 : page->decisions[page->n_decisions - 1]->id;
    for (size_t i = 0; i < page->n_decisions; i++)
        TRY(compare_decision(comparing, page->decisions[i]));
    return STATUS_OK;
}

static enum status compare_notices(const struct comparing *comparing,
                                   const ProtobufCMessage *message, uint64_t *ret_last)
{
    const Netra__V1__NoticeRows *page = (const Netra__V1__NoticeRows *)message;

    *ret_last = page->n_notices == 0 ? 0 : page->notices[page->n_notices - 1]->id;
    for (size_t i = 0; i < page->n_notices; i++)
        TRY(compare_notice(comparing, page->notices[i]));
    return STATUS_OK;
}

static enum status compare_keys(const struct comparing *comparing, const ProtobufCMessage *message,
                                uint64_t *ret_last)
{
    const Netra__V1__RegisterKeys *page = (const Netra__V1__RegisterKeys *)message;

    *ret_last = page->n_keys == 0 ? 0 : page->keys[page->n_keys - 1]->id;
    for (size_t i = 0; i < page->n_keys; i++)
        TRY(compare_key(comparing, page->keys[i]));
    return STATUS_OK;
}

static const struct running_list {
    enum door door;
    Netra__V1__RequestKind kind;
    const ProtobufCMessageDescriptor *page;
    compare_page compare;
} lists[] = {
    {DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASES, &netra__v1__case_rows__descriptor,
     replay_compare_cases},
    {DOOR_CLASSIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_DECISIONS,
     &netra__v1__decision_rows__descriptor, compare_decisions},
    {DOOR_NOTIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICES,
     &netra__v1__notice_rows__descriptor, compare_notices},
    {DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_REGISTER,
     &netra__v1__register_keys__descriptor, compare_keys},
};

static enum status compare_list(const struct comparing *comparing, const struct running_list *list)
{
    ProtobufCMessage *unpacked = NULL;
    uint64_t after = 0;
    uint64_t last = 0;

    do {
        after = last;
        TRY(page_ask(comparing->replay->command, list->door, (uint32_t)list->kind, after,
                     list->page, &unpacked));
        TRY(list->compare(comparing, unpacked, &last));
    } while (last > after);
    return STATUS_OK;
}

/* ---- rounds ---- */

static void count_difference(void *self, const struct replay_difference *difference)
{
    (void)difference;
    (*(uint64_t *)self)++;
}

static enum status compare_once(struct replay *replay, unsigned round, uint64_t *ret_differences)
{
    const struct comparing comparing = {.replay = replay, .round = round};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        TRY(compare_list(&comparing, &lists[i]));
    TRY(replay_store_put_missing(&replay->store, round));
    TRY(replay_store_commit(&replay->store));
    *ret_differences = 0;
    return replay_store_each_difference(&replay->store, round, count_difference, ret_differences);
}

enum status replay_compare_running(struct replay *replay, unsigned *ret_round)
{
    uint64_t differences = 0;

    *ret_round = 1;
    TRY(compare_once(replay, *ret_round, &differences));
    while (differences > 0 && *ret_round < REPLAY_ROUNDS) {
        TRY(replay_wait_for_log(replay));
        TRY(audit_walk_renew(&replay->walk));
        TRY(replay_read(replay));
        TRY(compare_once(replay, ++*ret_round, &differences));
    }
    return STATUS_OK;
}
