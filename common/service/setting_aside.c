/*
 * Suspects and dead letters (protocol.md 13, 14): only a death of the process while an entry was
 * applied alone counts, durably and before it is tried; at three it is set aside. (Trying again:
 * redrive.c.)
 */
#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/service_state.h"
#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"

#include <string.h>

/* After an unclean stop the entries that the last transaction may have held are tried alone. */
enum status suspects_load(struct service *service)
{
    bool was_clean = true;
    TRY(delivery_deaths_any(&service->delivery, &service->has_deaths));
    TRY(delivery_last_was_clean(&service->delivery, &was_clean));
    if (was_clean || service->spec->never_sets_aside || MUTANT(suspects_in_company))
        return STATUS_OK;
    for (unsigned i = 0; i < service->peer_count; i++)
        if (service->peers[i].input != NULL)
            service->peers[i].suspects_left = TURN_ENTRIES_MAX;
    log_line(LOG_LEVEL_WARN, "last_stop_unclean", LOG_NUMBER("suspects", TURN_ENTRIES_MAX));
    return STATUS_OK;
}

static enum status put_death(struct service *service, const uint8_t *stream_id, uint64_t seq,
                             unsigned deaths)
{
    TRY(store_begin(&service->store));
    enum status status = delivery_deaths_put(&service->delivery, stream_id, seq, deaths);
    if (status == STATUS_OK)
        status = store_commit(&service->store);
    if (status != STATUS_OK)
        store_rollback(&service->store);
    return status;
}

enum status count_death(struct service *service, const uint8_t *stream_id, uint64_t seq,
                        unsigned *ret_deaths)
{
    unsigned deaths = 0;
    TRY(delivery_deaths_get(&service->delivery, stream_id, seq, &deaths));
    *ret_deaths = deaths + 1;
    if (deaths >= DEATHS_MAX)
        return STATUS_OK; /* enough: it will not be tried */
    TRY(put_death(service, stream_id, seq, deaths + 1));
    service->has_deaths = true;
    return STATUS_OK;
}

/* The entry if it waits in an inbox; else NULL. */
static struct queued_entry *find_queued(struct service *service,
                                        const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct entry_queue *queue = &service->peers[i].inbox.queue;
        for (unsigned k = 0; service->peers[i].input != NULL && k < queue->count; k++) {
            struct queued_entry *entry = entry_queue_at(queue, k);
            if (entry->through.seq == seq && !entry->is_gap &&
                memcmp(entry->through.stream_id, stream_id, STREAM_ID_SIZE) == 0)
                return entry;
        }
    }
    return NULL;
}

enum status service_count_death(struct service *service, const uint8_t stream_id[STREAM_ID_SIZE],
                                uint64_t seq, unsigned *ret_deaths)
{
    enum status status = count_death(service, stream_id, seq, ret_deaths);
    struct queued_entry *entry = find_queued(service, stream_id, seq);
    /* What was counted to be decided alone is applied alone by the same try. */
    if (status == STATUS_OK && entry != NULL)
        entry->is_counted = true;
    /* The caller is between turns and can't end the process: the loop does. */
    if (status_class_of(status) == STATUS_CLASS_FATAL)
        service->fatal = status;
    return status;
}

enum status suspect_count(struct service *service, struct queued_entry *entry)
{
    unsigned deaths = 0;
    /* A process dies of an entry only once: trying it again after a RETRY counts nothing. */
    if (entry->is_counted && !MUTANT(retry_counted))
        return STATUS_OK;
    TRY(count_death(service, entry->through.stream_id, entry->through.seq, &deaths));
    entry->is_counted = true;
    if (deaths > DEATHS_MAX && !MUTANT(poison_never_set_aside))
        entry->condemned = STATUS_DIED_ALONE;
    FAULT_POINT(turn_entry_counted);
    return STATUS_OK;
}

void service_condemn(struct service *service, const uint8_t stream_id[STREAM_ID_SIZE],
                     uint64_t seq, enum status why)
{
    struct queued_entry *entry = find_queued(service, stream_id, seq);
    if (entry != NULL)
        entry->condemned = why;
}

static enum status append_dead_lettered(struct turn *turn, const struct event_in *event,
                                        enum status why)
{
    Netra__V1__DeadLettered message;
    netra__v1__dead_lettered__init(&message);
    message.stream_id = wire_bytes(view_of(event->header.stream_id, STREAM_ID_SIZE));
    message.seq = event->header.seq;
    message.status = (char *)(uintptr_t)status_name(why);
    struct event_draft draft = {
        .type = NETRA__V1__EVENT_TYPE__EVENT_TYPE_DEAD_LETTERED,
        .schema = 1,
        .cause_stream_id = event->header.stream_id,
        .cause_seq = event->header.seq,
    };
    TRY(wire_pack(&message.base, turn->arena, &draft.payload));
    return turn_append(turn, &draft, NULL);
}

enum status set_aside(struct service *service, struct turn *turn, const struct event_in *event,
                      enum status why, struct diag *diag)
{
    struct dead_letter letter = {
        .payload = event->sealed,
        .why = why,
        .at_utc_s = turn->now_utc_s,
    };
    memcpy(letter.header_bytes, event->header_bytes, HEADER_SIZE);
    memcpy(letter.producer, event->producer, strlen(event->producer) + 1);
    if (!MUTANT(dead_letter_dropped))
        TRY(delivery_letter_put(&service->delivery, &letter));
    TRY(delivery_deaths_delete(&service->delivery, event->header.stream_id, event->header.seq));
    TRY(append_dead_lettered(turn, event, why));
    service->counters.dead_lettered++;
    log_line(LOG_LEVEL_ERROR, "dead_lettered", LOG_TEXT("producer", event->producer),
             LOG_NUMBER("seq", event->header.seq), LOG_TEXT("status", status_name(why)));
    if (service->spec->dead_lettered == NULL)
        return STATUS_OK;
    return service->spec->dead_lettered(service->app, turn, event, why, diag);
}
