/*
 * What enters the register and who acts: key events, lines of the bootstrap file, and a person's
 * act at the door up to its signature, which nobody here can make.
 */
#include "common/service/register_wire.h"
#include "common/service/service_state.h"
#include "common/wire/unpack.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/intake/bootstrap_line.h"
#include "services/intake/intake_wire.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_principal(const struct principal *principal)
{
    FUZZ_CHECK(principal->role != 0 && principal->role != INTAKE_ROLE_SERVICE);
    FUZZ_CHECK(!view_is_zero(view_of(principal->curve_public, CURVE_KEY_SIZE)));
    FUZZ_CHECK(principal->name[0] != '\0' && !principal->is_revoked);
    FUZZ_CHECK(fuzz_is_printable(principal->name) && fuzz_is_printable(principal->regions));
    FUZZ_CHECK(strchr(principal->name, ' ') == NULL);
}

static void authorised(struct view rest, struct arena *arena)
{
    struct principal first, second;
    struct view bytes;
    struct diag diag = {0};
    enum status status = register_read_authorised(rest, arena, &first, &diag);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, &diag);
        return;
    }
    check_principal(&first);
    FUZZ_CHECK(register_announce(&first, false, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(register_read_authorised(bytes, arena, &second, &diag) == STATUS_OK);
    FUZZ_CHECK(memcmp(first.curve_public, second.curve_public, CURVE_KEY_SIZE) == 0);
    FUZZ_CHECK(memcmp(first.sign_public, second.sign_public, 32) == 0);
    FUZZ_CHECK(memcmp(first.key_id, second.key_id, KEY_ID_SIZE) == 0);
    FUZZ_CHECK(first.role == second.role && strcmp(first.name, second.name) == 0);
    FUZZ_CHECK(strcmp(first.regions, second.regions) == 0);
}

static void revoked(struct view rest, struct arena *arena)
{
    struct principal principal = {.role = 0};
    uint8_t again[CURVE_KEY_SIZE];
    struct view bytes;
    struct diag diag = {0};
    enum status status = register_read_revoked(rest, arena, principal.curve_public, &diag);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, &diag);
        return;
    }
    FUZZ_CHECK(register_announce(&principal, true, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(register_read_revoked(bytes, arena, again, &diag) == STATUS_OK);
    FUZZ_CHECK(memcmp(principal.curve_public, again, CURVE_KEY_SIZE) == 0);
}

static void read_line(char *line, struct arena *arena)
{
    struct bootstrap_key key;
    struct principal principal;
    struct view bytes;
    bool has_key = false;
    struct diag diag = {0};
    enum status status = bootstrap_line_parse(line, &key, &has_key, &diag);
    if (status == STATUS_OK && !has_key)
        return;
    if (status == STATUS_OK)
        status = intake_wire_key_authorised(&key, arena, &bytes, &diag);
    if (status == STATUS_OK)
        status = register_read_authorised(bytes, arena, &principal, &diag);
    if (status == STATUS_OK)
        check_principal(&principal);
    else
        fuzz_check_refused(status, &diag);
}

static void bootstrap(struct view rest, struct arena *arena)
{
    while (rest.size > 0) {
        const uint8_t *end = memchr(rest.bytes, '\n', rest.size);
        char *line =
            fuzz_text(fuzz_take(&rest, end == NULL ? rest.size : (size_t)(end - rest.bytes) + 1));
        read_line(line, arena);
        free(line);
    }
}

/* An owner of the very key that the act names, so that what is left is the signature. */
static void make_owner(const Netra__V1__PersonAct *message, struct principal *owner)
{
    *owner = (struct principal){.sign_public = {1}, .role = (uint16_t)message->role};
    if (message->key_id.len == KEY_ID_SIZE)
        memcpy(owner->key_id, message->key_id.data, KEY_ID_SIZE);
}

static void act(struct view rest, struct arena *arena)
{
    static char origin[] = "demo.invalid/fuzz";
    static struct config config = {.origin = origin};
    static struct service service = {.config = &config};
    struct turn turn = {.service = &service, .arena = arena};
    struct door_request request = {.body = rest};
    struct principal owner;
    ProtobufCMessage *message = NULL;
    struct diag diag = {0};
    if (wire_unpack(&netra__v1__person_act__descriptor, rest, arena, &message, &diag) != STATUS_OK)
        return;
    make_owner((const Netra__V1__PersonAct *)message, &owner);
    request.message = message;
    request.who = &owner;
    enum status status = act_carry_out(NULL, &turn, &request, &diag);
    FUZZ_CHECK(status != STATUS_OK && request.answer.size == 0);
    fuzz_check_refused(status, status == STATUS_SIGNATURE_INVALID ? NULL : &diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {authorised, revoked, bootstrap, act};
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
