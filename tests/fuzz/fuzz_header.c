/*
 * The leaf's bytes, and what is sealed: an event's payload, a case's key, a reporter's identity.
 * The first decoder opens what comes from elsewhere; the others close the input and change one
 * byte of it: then it must not open.
 */
#include "common/service/act.h"
#include "common/wire/header.h"
#include "common/wire/limits.h"
#include "common/wire/seal.h"
#include "services/netra/reporter_seal.h"
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

static const uint8_t case_key[CASE_KEY_SIZE] = {7};

static void foreign(struct view rest, struct arena *arena)
{
    struct view header_bytes = fuzz_take(&rest, HEADER_SIZE);
    struct event_header header;
    uint8_t again[HEADER_SIZE];
    struct view payload;
    struct diag diag = {0};
    enum status status = header_decode(header_bytes, &header);
    if (status != STATUS_OK) {
        FUZZ_CHECK(status == STATUS_MALFORMED);
        return;
    }
    header_encode(&header, again);
    FUZZ_CHECK(view_equals(view_of(again, HEADER_SIZE), header_bytes));
    status = header_check(&header, rest, &diag);
    if (status != STATUS_OK)
        fuzz_check_refused(status, &diag);
    FUZZ_CHECK(act_verify_header(&header, "demo.invalid/a", case_key) != STATUS_OK);
    for (unsigned i = 0; i < 2; i++) {
        uint8_t commitment[SHA256_SIZE];
        status = seal_open(arena, i == 0 ? NULL : case_key, again, rest, &payload);
        if (status != STATUS_OK) {
            fuzz_check_refused(status, NULL);
            continue;
        }
        /* Only the clear form can be made without the key. */
        FUZZ_CHECK(rest.bytes[0] == 0 && payload.size + SEAL_CLEAR_OVERHEAD == rest.size);
        seal_commit(rest.bytes + 1, payload, commitment);
        FUZZ_CHECK(memcmp(commitment, header.commitment, SHA256_SIZE) == 0);
    }
}

/* Flips one bit somewhere; `place` is the input's choice. */
static void alter(uint8_t *bytes, size_t size, uint16_t place)
{
    bytes[place % size] ^= (uint8_t)(1u << (place >> 13));
}

static void sealed(struct view rest, struct arena *arena)
{
    struct random_source random = fuzz_random();
    struct event_header header = {.seq = 1, .type = 32, .schema = 1};
    uint8_t bytes[HEADER_SIZE], r[COMMITMENT_SALT_SIZE];
    uint16_t place = (uint16_t)(fuzz_take_byte(&rest) << 8);
    struct view closed, opened;
    place |= fuzz_take_byte(&rest);
    bool is_clear = fuzz_take_byte(&rest) % 2 == 0;
    fuzz_take_into(&rest, r, sizeof r);
    header.stream_id[0] = 1;
    header.case_handle[0] = is_clear ? 0 : 1;
    seal_commit(r, rest, header.commitment);
    header_encode(&header, bytes);
    if (is_clear)
        FUZZ_CHECK(seal_clear(arena, r, rest, &closed) == STATUS_OK);
    else
        FUZZ_CHECK(seal_close(arena, &random, case_key, bytes, r, rest, &closed) == STATUS_OK);
    FUZZ_CHECK(seal_open(arena, case_key, bytes, closed, &opened) == STATUS_OK);
    FUZZ_CHECK(view_equals(opened, rest));
    uint8_t *changed = arena_copy(arena, closed);
    alter(changed, closed.size, place);
    FUZZ_CHECK(seal_open(arena, case_key, bytes, view_of(changed, closed.size), &opened) !=
               STATUS_OK);
    alter(bytes, HEADER_SIZE, place);
    bool is_header_bound = !is_clear || (place % HEADER_SIZE >= 112 && place % HEADER_SIZE < 144);
    FUZZ_CHECK(!is_header_bound ||
               seal_open(arena, case_key, bytes, closed, &opened) != STATUS_OK);
}

static void wrapped(struct view rest, struct arena *arena)
{
    struct random_source random = fuzz_random();
    uint8_t master[CASE_KEY_SIZE], handle[CASE_HANDLE_SIZE], key[CASE_KEY_SIZE];
    uint8_t bytes[WRAPPED_KEY_SIZE], opened[CASE_KEY_SIZE];
    uint16_t place = (uint16_t)(fuzz_take_byte(&rest) << 8);
    (void)arena;
    place |= fuzz_take_byte(&rest);
    fuzz_take_into(&rest, master, sizeof master);
    fuzz_take_into(&rest, handle, sizeof handle);
    fuzz_take_into(&rest, key, sizeof key);
    seal_wrap_key(&random, master, 3, handle, key, bytes);
    FUZZ_CHECK(seal_unwrap_key(master, 3, handle, view_of(bytes, sizeof bytes), opened) ==
               STATUS_OK);
    FUZZ_CHECK(memcmp(opened, key, sizeof key) == 0);
    FUZZ_CHECK(seal_unwrap_key(master, 4, handle, view_of(bytes, sizeof bytes), opened) !=
               STATUS_OK);
    alter(bytes, sizeof bytes, place);
    FUZZ_CHECK(seal_unwrap_key(master, 3, handle, view_of(bytes, sizeof bytes), opened) !=
               STATUS_OK);
    FUZZ_CHECK(seal_unwrap_key(master, 3, handle, rest, opened) != STATUS_OK);
}

/* What is within both layers, of any form: only who is malicious and sealed it himself gets
 * there. */
static void reporter(struct view rest, struct arena *arena)
{
    static uint8_t publics[2][REPORTER_KEY_SIZE], secrets[2][REPORTER_KEY_SIZE];
    static uint8_t inside[REPORTER_PLAIN_SIZE], layer[REPORTER_PLAIN_SIZE + REPORTER_LAYER_BYTES];
    static uint8_t outside[REPORTER_SEALED_SIZE];
    static struct reporter found, again;
    struct diag diag = {0};
    (void)arena;
    for (unsigned i = 0; i < 2 && publics[i][0] == 0; i++)
        FUZZ_CHECK(crypto_box_keypair(publics[i], secrets[i]) == 0);
    const struct reporter_key first = {publics[0], secrets[0]};
    const struct reporter_key second = {publics[1], secrets[1]};
    fuzz_check_refused(reporter_unseal(rest, &first, &second, &found, &diag), &diag);
    fuzz_take_into(&rest, inside, sizeof inside);
    FUZZ_CHECK(crypto_box_seal(layer, inside, sizeof inside, publics[0]) == 0);
    FUZZ_CHECK(crypto_box_seal(outside, layer, sizeof layer, publics[1]) == 0);
    struct view sealed_bytes = view_of(outside, sizeof outside);
    enum status status = reporter_unseal(sealed_bytes, &first, &second, &found, &diag);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, &diag);
        return;
    }
    FUZZ_CHECK(strlen(found.name) <= FACTS_LINE_BYTES_MAX);
    FUZZ_CHECK(strlen(found.contact) <= FACTS_LINE_BYTES_MAX);
    FUZZ_CHECK(reporter_seal(&found, publics[0], publics[1], outside) == STATUS_OK);
    FUZZ_CHECK(reporter_unseal(sealed_bytes, &first, &second, &again, &diag) == STATUS_OK);
    FUZZ_CHECK(strcmp(found.name, again.name) == 0 && strcmp(found.contact, again.contact) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {foreign, sealed, wrapped, reporter};
    if (size > LIMIT_EVENT_PAYLOAD_BYTES)
        return 0;
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
