/* `netra service list`, `netra service drain`, `netra doctor`: the services themselves. */
#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"
#include "services/netra/act_request.h"
#include "services/netra/command.h"
#include "services/netra/doctor.h"
#include "services/netra/pages.h"
#include "services/netra/translate.h"

#include <stdio.h>
#include <string.h>

/* Entries a service has not been able to hand on, over all its destinations the worst. */
static uint64_t backlog_of(const Netra__V1__ServiceStatus *status)
{
    uint64_t most = 0;

    for (size_t i = 0; i < status->n_produces; i++)
        most = status->produces[i]->waiting > most ? status->produces[i]->waiting : most;
    return most;
}

static json_t *streams_to_json(Netra__V1__StreamState *const *streams, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *object = json_object();

        json_put_text(object, "peer", streams[i]->peer);
        json_put_text(object, "state", streams[i]->state);
        json_put_hex(object, "stream_id", wire_view(streams[i]->stream_id));
        json_put_number(object, "seq", streams[i]->seq);
        json_put_number(object, "waiting", streams[i]->waiting);
        (void)json_array_append_new(list, object);
    }
    return list;
}

/* How a service is that told nothing of itself. */
static const char *state_without_status(enum status status)
{
    if (status == STATUS_STORE_FULL)
        return "full";
    return status == STATUS_NOT_AUTHORISED ? "refuses" : "silent";
}

static json_t *service_to_json(const struct statuses *statuses, enum door door)
{
    const Netra__V1__ServiceStatus *status = statuses->services[door];
    json_t *object = json_object();

    json_put_text(object, "service", door_name(door));
    if (status == NULL) {
        json_put_text(object, "state", state_without_status(statuses->asks[door].status));
        json_put_text(object, "detail", statuses->asks[door].detail);
        return object;
    }
    json_put_text(object, "state", status->state);
    json_put_number(object, "seq", status->seq);
    json_put_number(object, "backlog", backlog_of(status));
    json_put_number(object, "dead_letters", status->dead_letters);
    json_put_number(object, "store_bytes", status->store_bytes);
    json_put_text(object, "disk", status->disk);
    json_put_number(object, "disk_free_bytes", status->disk_free_bytes);
    json_put_number(object, "reserve_missing_bytes", status->reserve_missing_bytes);
    json_put_text(object, "detail", status->detail);
    json_put_hex(object, "stream_id", wire_view(status->stream_id));
    (void)json_object_set_new(object, "consumes",
                              streams_to_json(status->consumes, status->n_consumes));
    (void)json_object_set_new(object, "produces",
                              streams_to_json(status->produces, status->n_produces));
    return object;
}

enum status service_list(struct command *command)
{
    static const struct column columns[] = {{"service", 14}, {"state", 9},         {"seq", 9},
                                            {"backlog", 8},  {"dead_letters", 12}, {"detail", 0}};
    struct statuses statuses;

    TRY(page_ask_statuses(command, &statuses));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    for (unsigned door = 0; door < DOOR_COUNT; door++)
        output_list_row(&command->output, service_to_json(&statuses, (enum door)door));
    output_list_end(&command->output);
    return STATUS_OK;
}

enum status service_drain(struct command *command)
{
    Netra__V1__ServiceDrained payload;
    enum door door = DOOR_COUNT;
    struct act_done done;
    char service[DOOR_NAME_SIZE];

    netra__v1__service_drained__init(&payload);
    TRY(command_door(command, command->arguments->words[0], &door));
    payload.service = door_name_to(door, service);
    payload.asked_at = (uint64_t)clock_utc_s(&command->doors.clock);
    TRY(act_request(command, door, NETRA__V1__EVENT_TYPE__EVENT_TYPE_SERVICE_DRAINED,
                    &payload.base, &done));
    act_print(command, door, &done);
    return STATUS_OK;
}

/* ---- doctor ---- */

#define ADVICE_BYTES 400u

/* What its disk needs; empty when it is well. */
static void advise_of_disk(const Netra__V1__ServiceStatus *status, char advice[ADVICE_BYTES])
{
    const unsigned long long free_mib = status->disk_free_bytes >> 20;

    if (strcmp(status->disk, "refuse") == 0)
        (void)snprintf(advice, ADVICE_BYTES,
                       _("its disk is full (%llu MiB free): it takes nothing in and hands on what "
                         "it has; make room under its store, it goes on by itself"),
                       free_mib);
    else if (strcmp(status->disk, "no_evidence") == 0)
        (void)snprintf(advice, ADVICE_BYTES,
                       _("its disk is nearly full (%llu MiB free): no evidence is taken, and soon "
                         "nothing; make room under its store"),
                       free_mib);
    else if (strcmp(status->disk, "warn") == 0 && status->reserve_missing_bytes > 0)
        (void)snprintf(advice, ADVICE_BYTES,
                       _("its disk has no room for its reserve of %llu MiB (%llu MiB free): make "
                         "room under its store"),
                       (unsigned long long)status->reserve_missing_bytes >> 20, free_mib);
    else if (strcmp(status->disk, "warn") == 0)
        (void)snprintf(advice, ADVICE_BYTES,
                       _("its disk fills up (%llu MiB free): make room under its store before it "
                         "takes nothing more in"),
                       free_mib);
}

/* What is wrong with the service and what to do; empty when nothing is. */
static void advise(const struct statuses *statuses, enum door door, char advice[ADVICE_BYTES])
{
    const Netra__V1__ServiceStatus *status = statuses->services[door];
    const char *name = door_name(door);

    advice[0] = '\0';
    if (status == NULL && statuses->asks[door].status == STATUS_NOT_AUTHORISED)
        (void)snprintf(advice, ADVICE_BYTES, "%s; a service that is new learns keys from intake",
                       statuses->asks[door].detail);
    else if (status == NULL && statuses->asks[door].status == STATUS_STORE_FULL)
        (void)snprintf(advice, ADVICE_BYTES, "%s",
                       _("its disk is full to the last byte: make room under its store"));
    else if (status == NULL)
        (void)snprintf(advice, ADVICE_BYTES,
                       "%s: start it (deploy/up), or read log/%s.log in the home",
                       statuses->asks[door].detail, name);
    else if (strcmp(status->state, "forked") == 0)
        (void)snprintf(advice, ADVICE_BYTES,
                       "its store is older than what its peers hold, or a copy: put the newest "
                       "store back, or `netra service recover %s`",
                       name);
    else if (strcmp(status->state, "ready") != 0)
        (void)snprintf(advice, ADVICE_BYTES, "it is %s: %s", status->state, status->detail);
    else if (strcmp(status->disk, "well") != 0 && status->disk[0] != '\0')
        advise_of_disk(status, advice);
    else if (status->dead_letters > 0)
        (void)snprintf(advice, ADVICE_BYTES,
                       "%llu dead letters: `netra dead-letter list %s`, mend the cause, then "
                       "`netra dead-letter retry`",
                       (unsigned long long)status->dead_letters, name);
    for (size_t i = 0; status != NULL && i < status->n_produces && advice[0] == '\0'; i++) {
        const Netra__V1__StreamState *stream = status->produces[i];

        if (strcmp(stream->state, "stopped") == 0)
            (void)snprintf(advice, ADVICE_BYTES,
                           "%s has forgotten what it acknowledged: `netra service recover %s`",
                           stream->peer, stream->peer);
        else if (stream->waiting > 0 && strcmp(stream->state, "open") != 0)
            (void)snprintf(advice, ADVICE_BYTES, "%llu events wait for %s, whose stream is %s",
                           (unsigned long long)stream->waiting, stream->peer, stream->state);
    }
}

enum status doctor(struct command *command)
{
    static const struct column columns[] = {{"check", 14},  {"state", 9},         {"forked", 6},
                                            {"backlog", 8}, {"dead_letters", 12}, {"advice", 0}};
    struct statuses statuses;
    unsigned wrong = 0;

    TRY(page_ask_statuses(command, &statuses));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        json_t *row = service_to_json(&statuses, (enum door)door);
        const Netra__V1__ServiceStatus *status = statuses.services[door];
        char advice[ADVICE_BYTES];

        advise(&statuses, (enum door)door, advice);
        json_put_text(row, "check", door_name((enum door)door));
        if (status != NULL)
            json_put_bool(row, "forked", strcmp(status->state, "forked") == 0);
        json_put_text(row, "advice", advice);
        output_list_row(&command->output, row);
        wrong += advice[0] == '\0' ? 0u : 1u;
    }
    TRY(doctor_check_installation(command, &statuses, &wrong));
    output_list_end(&command->output);
    if (wrong == 0)
        return STATUS_OK;
    diag_set(&command->diag, _("%u checks found something to do"), wrong);
    return STATUS_FAILED;
}
