/*
 * Case keys that didn't come with their entries: asked for at intake's door, many at once, before
 * the turn begins (protocol.md 12, 24). They rest in the inbox's queue until the entry is applied;
 * those that requests at the door need, and those that intake tells with a gap marker before
 * anybody asks, in a few places of their own for a short time.
 */
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/door_wire.h"
#include "common/service/service_state.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/service_to_intake.pb-c.h"

#include <sodium.h>
#include <string.h>

#define KEYS_DEADLINE_MS 2000
#define KEYS_MAX 256u

/* Calls `visit` for every queued entry of every input, then for the dead letter being retried, and
 * for what requests want. */
static void for_each_wanted(struct service *service, enum entry_key_state state,
                            void (*visit)(void *self, const uint8_t *handle, uint8_t *key,
                                          enum entry_key_state *key_state),
                            void *self)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct entry_queue *queue = &service->peers[i].inbox.queue;
        for (unsigned k = 0; service->peers[i].input != NULL && k < queue->count; k++) {
            struct queued_entry *entry = entry_queue_at(queue, k);
            if (!entry->is_gap && entry->key_state == state)
                visit(self, entry->header.case_handle, entry->case_key, &entry->key_state);
        }
    }
    struct redrive *redrive = &service->redrive;
    if (redrive->id != 0 && redrive->key_state == state)
        visit(self, redrive->case_handle, redrive->case_key, &redrive->key_state);
    for (unsigned i = 0; i < WANTED_KEYS_MAX; i++) {
        struct resting_key *wanted = &service->wanted_keys[i];
        if (wanted->is_used && wanted->state == state)
            visit(self, wanted->case_handle, wanted->case_key, &wanted->state);
    }
}

/* ---- keys that rest ---- */

void case_keys_wipe(struct service *service)
{
    sodium_memzero(service->wanted_keys, sizeof service->wanted_keys);
    sodium_memzero(service->gap_keys, sizeof service->gap_keys);
    sodium_memzero(service->redrive.case_key, sizeof service->redrive.case_key);
}

/* Returns whether any is left. */
static bool wipe_overdue(struct resting_key *keys, unsigned count, int64_t now_ms)
{
    bool is_any_left = false;
    for (unsigned i = 0; i < count; i++) {
        if (keys[i].is_used && now_ms >= keys[i].until_ms)
            sodium_memzero(&keys[i], sizeof keys[i]);
        is_any_left = is_any_left || keys[i].is_used;
    }
    return is_any_left;
}

static const struct peer *intake_of(struct service *service)
{
    return link_peer_named(service, "intake");
}

/* ---- what intake tells ---- */

void case_keys_of_gap(struct service *service, const struct peer *peer,
                      const struct queued_entry *gap)
{
    struct resting_key *told = &service->gap_keys[service->gap_key_next];
    if (peer != intake_of(service) && !MUTANT(gap_key_of_anyone))
        return;
    *told = (struct resting_key){
        .is_used = true,
        .state = ENTRY_KEY_HERE,
        .until_ms = service->now_ms + CASE_KEY_REST_MS,
    };
    memcpy(told->case_handle, gap->header.case_handle, CASE_HANDLE_SIZE);
    memcpy(told->case_key, gap->case_key, CASE_KEY_SIZE);
    service->gap_key_next = (service->gap_key_next + 1) % GAP_KEYS_MAX;
}

static const struct resting_key *find_gap_key(const struct service *service, const uint8_t *handle)
{
    for (unsigned i = 0; i < GAP_KEYS_MAX; i++)
        if (service->gap_keys[i].is_used &&
            memcmp(service->gap_keys[i].case_handle, handle, CASE_HANDLE_SIZE) == 0)
            return &service->gap_keys[i];
    return NULL;
}

static void take_gap_key(void *self, const uint8_t *handle, uint8_t *key,
                         enum entry_key_state *key_state)
{
    const struct resting_key *told = find_gap_key(self, handle);
    if (told == NULL)
        return;
    memcpy(key, told->case_key, CASE_KEY_SIZE);
    *key_state = ENTRY_KEY_HERE;
}

/* ---- what requests want ---- */

/* The case's place: the one it has, else a free one; NULL when all are taken. */
static struct resting_key *place_of(struct service *service, const uint8_t *case_handle)
{
    struct resting_key *free_place = NULL;
    for (unsigned i = 0; i < WANTED_KEYS_MAX; i++) {
        struct resting_key *wanted = &service->wanted_keys[i];
        if (!wanted->is_used)
            free_place = wanted;
        else if (memcmp(wanted->case_handle, case_handle, CASE_HANDLE_SIZE) == 0)
            return wanted;
    }
    return free_place;
}

enum status turn_case_key(struct turn *turn, const uint8_t case_handle[CASE_HANDLE_SIZE],
                          uint8_t case_key[CASE_KEY_SIZE])
{
    const struct resting_key *told = find_gap_key(turn->service, case_handle);
    if (told != NULL) {
        memcpy(case_key, told->case_key, CASE_KEY_SIZE);
        return STATUS_OK;
    }
    struct resting_key *wanted = place_of(turn->service, case_handle);
    if (wanted == NULL)
        return STATUS_KEY_NOT_AT_HAND; /* the asker comes again, and a place is free by then */
    if (!wanted->is_used) {
        *wanted = (struct resting_key){
            .is_used = true,
            .state = ENTRY_KEY_MISSING,
            .until_ms = turn->now_boot_ms + CASE_KEY_REST_MS,
        };
        memcpy(wanted->case_handle, case_handle, CASE_HANDLE_SIZE);
    }
    if (wanted->state == ENTRY_KEY_ERASED)
        return STATUS_NOT_FOUND;
    if (wanted->state != ENTRY_KEY_HERE)
        return STATUS_KEY_NOT_AT_HAND;
    memcpy(case_key, wanted->case_key, CASE_KEY_SIZE);
    return STATUS_OK;
}

/* ---- asking ---- */

struct asking {
    ProtobufCBinaryData handles[KEYS_MAX];
    size_t count;
};

static void add_handle(void *self, const uint8_t *handle, uint8_t *key,
                       enum entry_key_state *key_state)
{
    struct asking *asking = self;
    (void)key;
    if (asking->count == KEYS_MAX)
        return;
    asking->handles[asking->count++] = wire_bytes(view_of(handle, CASE_HANDLE_SIZE));
    *key_state = ENTRY_KEY_ASKED;
}

static void ask_again(void *self, const uint8_t *handle, uint8_t *key,
                      enum entry_key_state *key_state)
{
    (void)self;
    (void)handle;
    (void)key;
    *key_state = ENTRY_KEY_MISSING;
}

static void forget_question(struct service *service)
{
    service->key_request.request_id = 0;
    for_each_wanted(service, ENTRY_KEY_ASKED, ask_again, NULL);
}

void case_keys_not_answered(struct service *service, const struct peer *peer)
{
    if (peer == intake_of(service))
        forget_question(service);
}

static enum status send_request(struct service *service, const struct peer *intake,
                                struct asking *asking)
{
    struct view body;
    struct view frame;
    Netra__V1__CaseKeysRequest message = NETRA__V1__CASE_KEYS_REQUEST__INIT;
    message.n_case_handles = asking->count;
    message.case_handles = asking->handles;
    TRY(wire_pack(&message.base, &service->arena, &body));
    uint64_t request_id = 0;
    random_fill(&service->edges.random, (uint8_t *)&request_id, sizeof request_id);
    struct door_request_parts parts = {
        .request_id = request_id | 1,
        .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_KEYS,
        .body = body,
    };
    TRY(door_request_encode(&parts, &service->arena, &frame));
    TRY(service->transport.ask(service->transport.self, intake->index, frame));
    service->key_request = (struct key_request){
        .request_id = parts.request_id,
        .deadline_ms = service->now_ms + KEYS_DEADLINE_MS,
    };
    return STATUS_OK;
}

void case_keys_ask(struct service *service)
{
    const struct peer *intake = intake_of(service);
    (void)wipe_overdue(service->wanted_keys, WANTED_KEYS_MAX, service->now_ms);
    if (wipe_overdue(service->gap_keys, GAP_KEYS_MAX, service->now_ms))
        for_each_wanted(service, ENTRY_KEY_MISSING, take_gap_key, service);
    if (intake == NULL || !intake->is_client_up || service->phase != SERVICE_READY)
        return;
    if (service->key_request.request_id != 0) {
        if (service->now_ms < service->key_request.deadline_ms)
            return;
        forget_question(service);
    }
    struct asking asking = {.count = 0};
    for_each_wanted(service, ENTRY_KEY_MISSING, add_handle, &asking);
    if (asking.count > 0 && send_request(service, intake, &asking) != STATUS_OK)
        forget_question(service);
}

/* ---- the answer ---- */

static void take_key(void *self, const uint8_t *handle, uint8_t *key,
                     enum entry_key_state *key_state)
{
    const Netra__V1__CaseKeys *answer = self;
    /* Asked for, and intake has none. */
    *key_state = MUTANT(absent_key_is_zero) ? ENTRY_KEY_HERE : ENTRY_KEY_ERASED;
    for (size_t i = 0; i < answer->n_keys; i++) {
        const Netra__V1__CaseKey *given = answer->keys[i];
        if (given->case_handle.len != CASE_HANDLE_SIZE || given->key.len != CASE_KEY_SIZE ||
            memcmp(given->case_handle.data, handle, CASE_HANDLE_SIZE) != 0)
            continue;
        memcpy(key, given->key.data, CASE_KEY_SIZE);
        *key_state = ENTRY_KEY_HERE;
        return;
    }
}

void case_keys_answered(struct service *service, const struct received *received)
{
    struct door_answer_parts parts;
    ProtobufCMessage *message = NULL;
    struct diag diag = {0};
    enum status status = door_answer_decode(received->bytes, &service->arena, &parts, &diag);
    if (status == STATUS_OK && parts.request_id != service->key_request.request_id)
        return; /* an answer that was given up on */
    if (status == STATUS_OK)
        status = parts.status;
    if (status == STATUS_OK)
        status = wire_unpack(&netra__v1__case_keys__descriptor, parts.body, &service->arena,
                             &message, &diag);
    if (status != STATUS_OK) {
        /* The deadline spaces the next request; the entries wait (RETRY). */
        log_line(LOG_LEVEL_WARN, "case_keys_refused", LOG_TEXT("status", status_name(status)));
        return;
    }
    service->key_request.request_id = 0;
    for_each_wanted(service, ENTRY_KEY_ASKED, take_key, message);
}
