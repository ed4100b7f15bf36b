/* Open addressing by the handle's random half; the table is never more than half full. */
#include "services/netra/replay_keys.h"

#include "common/base/bytes.h"
#include "common/base/invariant.h"
#include "common/service/process.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/service_to_intake.pb-c.h"
#include "services/netra/replay.h"

#include <sodium.h>
#include <string.h>

#define PLACES (2u * REPLAY_KEYS_KEPT)
#define TABLE_BYTES (PLACES * sizeof(struct replay_key))
/* A question of LIMIT_LIST_ROWS handles, its answer, and what that unpacks to. */
#define ANSWER_BYTES (1u << 20)

enum status replay_keys_open(struct replay_keys *keys, struct command *command)
{
    *keys = (struct replay_keys){.command = command};
    TRY(arena_open(&keys->arena, TABLE_BYTES + ANSWER_BYTES));
    if (!process_lock_memory(keys->arena.base, keys->arena.size))
        command_note("keys of cases are not locked in memory: RLIMIT_MEMLOCK is too low");
    keys->places = arena_take(&keys->arena, TABLE_BYTES);
    return keys->places == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void replay_keys_close(struct replay_keys *keys)
{
    arena_close(&keys->arena);
}

/* Where the handle stands, or the free place where it would. */
static struct replay_key *place_of(const struct replay_keys *keys,
                                   const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    uint64_t place = bytes_get_u64(case_handle + 8) % PLACES;

    while (keys->places[place].is_known &&
           memcmp(keys->places[place].case_handle, case_handle, CASE_HANDLE_SIZE) != 0)
        place = (place + 1) % PLACES;
    return &keys->places[place];
}

const uint8_t *replay_keys_find(const struct replay_keys *keys,
                                const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    const struct replay_key *place = place_of(keys, case_handle);

    INVARIANT(place->is_known);
    return place->is_erased ? NULL : place->key;
}

/* ---- fetching ---- */

/* Enters the leaves' cases that are not known yet, as erased until intake says otherwise. */
static size_t enter(struct replay_keys *keys, const struct audit_walked *leaves, size_t count,
                    ProtobufCBinaryData *handles)
{
    size_t missing = 0;

    for (size_t i = 0; i < count; i++) {
        const struct event_header *header = &leaves[i].header;
        struct replay_key *place = place_of(keys, header->case_handle);

        if (!replay_takes(header->type) || place->is_known ||
            view_is_zero(view_of(header->case_handle, CASE_HANDLE_SIZE)))
            continue;
        memcpy(place->case_handle, header->case_handle, CASE_HANDLE_SIZE);
        place->is_known = true;
        place->is_erased = true;
        keys->count++;
        handles[missing++] = wire_bytes(view_of(place->case_handle, CASE_HANDLE_SIZE));
    }
    return missing;
}

static enum status take_key(struct replay_keys *keys, const Netra__V1__CaseKey *given)
{
    struct diag *diag = &keys->command->diag;
    uint8_t case_handle[CASE_HANDLE_SIZE];

    TRY(wire_exact(given->case_handle, case_handle, CASE_HANDLE_SIZE, "case_handle", diag));
    struct replay_key *place = place_of(keys, case_handle);

    if (!place->is_known) /* nobody asked for it */
        return STATUS_OK;
    place->is_erased = false;
    return wire_exact(given->key, place->key, CASE_KEY_SIZE, "key", diag);
}

static enum status ask(struct replay_keys *keys, ProtobufCBinaryData *handles, size_t count)
{
    struct command *command = keys->command;
    struct door_ask ask = {.door = DOOR_INTAKE,
                           .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_KEYS};
    Netra__V1__CaseKeysRequest request;
    ProtobufCMessage *unpacked = NULL;

    netra__v1__case_keys_request__init(&request);
    request.case_handles = handles;
    request.n_case_handles = count;
    TRY(wire_pack(&request.base, &keys->arena, &ask.body));
    TRY(door_client_ask(&command->doors, &ask, command->timeout_ms, &keys->arena, &command->diag));
    TRY(wire_unpack(&netra__v1__case_keys__descriptor, ask.answer, &keys->arena, &unpacked,
                    &command->diag));
    const Netra__V1__CaseKeys *given = (const Netra__V1__CaseKeys *)unpacked;

    for (size_t i = 0; i < given->n_keys; i++)
        TRY(take_key(keys, given->keys[i]));
    return STATUS_OK;
}

enum status replay_keys_fetch(struct replay_keys *keys, const struct audit_walked *leaves,
                              size_t count)
{
    ProtobufCBinaryData handles[LIMIT_LIST_ROWS];

    INVARIANT(count <= LIMIT_LIST_ROWS);
    if (keys->count + count > REPLAY_KEYS_KEPT) {
        sodium_memzero(keys->places, TABLE_BYTES);
        keys->count = 0;
    }
    const size_t missing = enter(keys, leaves, count, handles);
    const size_t mark = arena_mark(&keys->arena);

    if (missing == 0)
        return STATUS_OK;
    const enum status status = ask(keys, handles, missing);

    arena_rewind(&keys->arena, mark);
    return status;
}
