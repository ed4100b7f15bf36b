/*
 * What may enter the register is decided here, field by field, before the table is looked at: the
 * table's own rules (one key, one name within a role) are register.c's.
 */
#include "common/service/register_wire.h"

#include "common/service/key_file.h"
#include "common/wire/unpack.h"
#include "netra/v1/intake_to_any.pb-c.h"

#include <string.h>

/* ---- reading ---- */

static enum status refuse(enum status status, const char *rule, struct diag *diag)
{
    diag_set(diag, "%s", rule);
    return status;
}

/* A key of 32 bytes that aren't all zero: zero stands for "none" in memory. */
static enum status key_of(ProtobufCBinaryData data, uint8_t to[32], const char *name,
                          struct diag *diag)
{
    if (data.len == 0)
        return refuse(STATUS_FIELD_MISSING, name, diag);
    TRY(wire_exact(data, to, 32, name, diag));
    if (!view_is_zero(view_of(to, 32)))
        return STATUS_OK;
    diag_set(diag, "%s: all zero", name);
    return STATUS_OUT_OF_RANGE;
}

static enum status name_of(const char *text, struct principal *principal, struct diag *diag)
{
    size_t size = strlen(text);
    if (size == 0)
        return refuse(STATUS_FIELD_MISSING, "name", diag);
    if (size > LIMIT_NAME_BYTES || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-") != size)
        return refuse(STATUS_OUT_OF_RANGE,
                      "name: expected 1 to 64 of a-z, 0-9, \".\", \"_\", \"-\"", diag);
    memcpy(principal->name, text, size + 1);
    return STATUS_OK;
}

static enum status role_of(Netra__V1__Role role, struct principal *principal, struct diag *diag)
{
    if (role == NETRA__V1__ROLE__ROLE_UNSPECIFIED)
        return refuse(STATUS_FIELD_MISSING, "role", diag);
    /* A peer service is configured by name, address and key; it never is in the register. */
    if (role == NETRA__V1__ROLE__ROLE_SERVICE)
        return refuse(STATUS_OUT_OF_RANGE, "role: a service is not in the register", diag);
    principal->role = (uint16_t)role;
    return STATUS_OK;
}

static enum status regions_of(char *const *regions, size_t count, struct principal *principal,
                              struct diag *diag)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(regions[i]);
        if (size < 2 || size > 13 || strspn(regions[i], "0123456789.") != size)
            return refuse(STATUS_OUT_OF_RANGE, "regions: expected codes of 2 to 13 of 0-9, \".\"",
                          diag);
        if (used + 1 + size >= sizeof(principal->regions))
            return refuse(STATUS_OUT_OF_RANGE, "regions: more than a register's row holds", diag);
        if (used > 0)
            principal->regions[used++] = ' ';
        memcpy(principal->regions + used, regions[i], size + 1);
        used += size;
    }
    return STATUS_OK;
}

static enum status principal_from_event(const Netra__V1__KeyAuthorised *event,
                                        struct principal *ret_principal, struct diag *diag)
{
    *ret_principal = (struct principal){.role = 0};
    TRY(name_of(event->name, ret_principal, diag));
    TRY(role_of(event->role, ret_principal, diag));
    TRY(key_of(event->curve_public, ret_principal->curve_public, "curve_public", diag));
    /* A worker signs nothing; everybody else's acts are signed. */
    if (event->sign_public.len > 0 || ret_principal->role != NETRA__V1__ROLE__ROLE_WORKER)
        TRY(key_of(event->sign_public, ret_principal->sign_public, "sign_public", diag));
    key_id_of(ret_principal->sign_public, ret_principal->curve_public, ret_principal->key_id);
    return regions_of(event->regions, event->n_regions, ret_principal, diag);
}

enum status register_read_authorised(struct view payload, struct arena *arena,
                                     struct principal *ret_principal, struct diag *diag)
{
    ProtobufCMessage *message = NULL;
    TRY(wire_unpack(&netra__v1__key_authorised__descriptor, payload, arena, &message, diag));
    return principal_from_event((const Netra__V1__KeyAuthorised *)message, ret_principal, diag);
}

enum status register_read_revoked(struct view payload, struct arena *arena,
                                  uint8_t curve_public[CURVE_KEY_SIZE], struct diag *diag)
{
    ProtobufCMessage *message = NULL;
    TRY(wire_unpack(&netra__v1__key_revoked__descriptor, payload, arena, &message, diag));
    const Netra__V1__KeyRevoked *event = (const Netra__V1__KeyRevoked *)message;
    return key_of(event->curve_public, curve_public, "curve_public", diag);
}

/* ---- announcing ---- */

/* The regions, a code each; the copy they lie in is cut into texts. */
static enum status split_regions(const struct principal *principal, struct arena *arena,
                                 Netra__V1__KeyAuthorised *message)
{
    char *rest = (char *)arena_copy(arena, view_of(principal->regions, REGISTER_REGIONS_BYTES));
    char **regions = arena_take(arena, sizeof *regions * REGISTER_REGIONS_BYTES / 2);
    if (rest == NULL || regions == NULL)
        return STATUS_NO_MEMORY;
    message->regions = regions;
    while (*rest != '\0') {
        regions[message->n_regions++] = rest;
        rest += strcspn(rest, " ");
        if (*rest == ' ')
            *rest++ = '\0';
    }
    return STATUS_OK;
}

enum status register_announce(const struct principal *principal, bool is_revocation,
                              struct arena *arena, struct view *ret_payload)
{
    if (is_revocation) {
        Netra__V1__KeyRevoked revoked;
        netra__v1__key_revoked__init(&revoked);
        revoked.curve_public = wire_bytes(view_of(principal->curve_public, CURVE_KEY_SIZE));
        return wire_pack(&revoked.base, arena, ret_payload);
    }
    Netra__V1__KeyAuthorised message;
    netra__v1__key_authorised__init(&message);
    message.name = (char *)arena_copy(arena, view_of(principal->name, LIMIT_NAME_BYTES + 1));
    if (message.name == NULL)
        return STATUS_NO_MEMORY;
    message.role = (Netra__V1__Role)principal->role;
    message.curve_public = wire_bytes(view_of(principal->curve_public, CURVE_KEY_SIZE));
    bool can_sign = !view_is_zero(view_of(principal->sign_public, 32));
    if (can_sign)
        message.sign_public = wire_bytes(view_of(principal->sign_public, 32));
    TRY(split_regions(principal, arena, &message));
    return wire_pack(&message.base, arena, ret_payload);
}
