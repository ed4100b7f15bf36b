/*
 * Dead letters that an operator has tried again (protocol.md 14): one at a time, alone, counted
 * like any suspect; a failure puts it back with its new status.
 */
#include "common/base/log.h"
#include "common/service/service_state.h"

#include <sodium.h>
#include <string.h>

static bool is_handled(const struct service_input *input, uint16_t type)
{
    for (unsigned i = 0; i < SERVICE_EVENTS_MAX && input->events[i].type != 0; i++)
        if (input->events[i].type == type)
            return true;
    return false;
}

/* STATUS_NOT_FOUND: none is to be tried again. */
static enum status find_letter(struct service *service, struct dead_letter *letter,
                               struct event_header *header)
{
    uint64_t id = 0;
    TRY(delivery_letter_retrying(&service->delivery, &id));
    if (id == 0)
        return STATUS_NOT_FOUND;
    TRY(delivery_letter_get(&service->delivery, id, &service->arena, letter));
    return header_decode(view_of(letter->header_bytes, HEADER_SIZE), header);
}

static void pick_letter(struct service *service, struct dead_letter *letter,
                        struct peer **ret_peer, struct event_header *header)
{
    struct redrive *redrive = &service->redrive;
    *ret_peer = NULL;
    enum status status = find_letter(service, letter, header);
    service_meets_trouble(service, status);
    if (apply_is_trouble(status))
        return; /* it may be there: looked for again */
    if (status != STATUS_OK) {
        sodium_memzero(redrive, sizeof *redrive);
        return;
    }
    *ret_peer = link_peer_named(service, letter->producer);
    if (*ret_peer != NULL && (*ret_peer)->input == NULL)
        *ret_peer = NULL; /* a stream that is not taken any more */
    if (redrive->id == letter->id || *ret_peer == NULL)
        return;
    sodium_memzero(redrive, sizeof *redrive);
    redrive->id = letter->id;
    redrive->is_due = true;
    redrive->key_state = ENTRY_KEY_UNNEEDED;
    memcpy(redrive->case_handle, header->case_handle, CASE_HANDLE_SIZE);
    bool is_of_case = !view_is_zero(view_of(header->case_handle, CASE_HANDLE_SIZE));
    if (is_of_case && (*ret_peer)->input->needs_case_keys &&
        is_handled((*ret_peer)->input, header->type))
        redrive->key_state = ENTRY_KEY_MISSING;
}

/* Applies the letter in the open transaction; its row goes, or says why it failed again. */
static enum status apply_again(struct service *service, struct turn *turn,
                               const struct dead_letter *letter, const struct event_in *event,
                               const struct service_input *input)
{
    TRY(service_save(service));
    struct diag diag = {0};
    enum status status = turn_handle(service, turn, input, event, &diag);
    if (status == STATUS_OK) {
        TRY(store_savepoint_release(&service->store));
        TRY(delivery_letter_delete(&service->delivery, letter->id));
    } else if (!apply_is_trouble(status)) {
        /* Rejected, or not to be applied yet (a newer contract): it is put back, and nobody waits.
         */
        TRY(service_restore(service));
        TRY(delivery_letter_state(&service->delivery, letter->id, false, status));
    } else {
        return status;
    }
    return delivery_deaths_delete(&service->delivery, event->header.stream_id, event->header.seq);
}

static enum status run_again(struct service *service, const struct dead_letter *letter,
                             const struct event_in *event, const struct service_input *input)
{
    struct turn turn = service_turn_of(service);
    unsigned deaths = 0;
    if (!service->redrive.is_counted)
        TRY(count_death(service, event->header.stream_id, event->header.seq, &deaths));
    service->redrive.is_counted = deaths <= DEATHS_MAX; /* else it must not be tried at all */
    TRY(store_begin(&service->store));
    if (deaths > DEATHS_MAX) {
        TRY(delivery_letter_state(&service->delivery, letter->id, false, STATUS_DIED_ALONE));
        TRY(delivery_deaths_delete(&service->delivery, event->header.stream_id,
                                   event->header.seq));
    } else {
        TRY(apply_again(service, &turn, letter, event, input));
    }
    return STATUS_OK;
}

void redrive_work(struct service *service)
{
    struct redrive *redrive = &service->redrive;
    struct dead_letter letter;
    struct event_header header;
    struct peer *peer = NULL;
    if (!redrive->is_due || service->now_ms < service->retry_at_ms ||
        service->disk.level == DISK_REFUSE)
        return;
    pick_letter(service, &letter, &peer, &header);
    if (peer == NULL || redrive->key_state == ENTRY_KEY_MISSING ||
        redrive->key_state == ENTRY_KEY_ASKED)
        return;
    struct event_in event = {
        .producer = peer->name,
        .header_bytes = letter.header_bytes,
        .header = header,
        .sealed = letter.payload,
        .case_key = redrive->key_state == ENTRY_KEY_HERE ? redrive->case_key : NULL,
        .is_erased = redrive->key_state == ENTRY_KEY_ERASED,
    };
    if (alone_end(service, run_again(service, &letter, &event, peer->input)) != STATUS_OK)
        return;
    sodium_memzero(redrive, sizeof *redrive);
    redrive->is_due = true;
}
