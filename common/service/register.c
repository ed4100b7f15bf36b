/*
 * The register's table and its copy in memory. Changes go to the table only and mark the copy
 * stale; it is read anew after the commit, so that memory never knows a key that a rolled back
 * transaction would have let in.
 */
#include "common/service/register.h"

#include "common/base/mutant.h"
#include "common/service/register_wire.h"
#include "netra/v1/event.pb-c.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define MAPPING_SIZE (REGISTER_KEYS_MAX * sizeof(struct principal))

/* A rolled back savepoint takes the rows with it, so what a later event is compared with is the
 * table, and memory is read from the table again once it is true. */
const char register_migration[] = "CREATE TABLE register_key ("
                                  " id INTEGER PRIMARY KEY,"
                                  " name TEXT NOT NULL,"
                                  " role INTEGER NOT NULL,"
                                  " curve_public BLOB NOT NULL UNIQUE,"
                                  " sign_public BLOB UNIQUE," /* NULL: signs nothing */
                                  " key_id BLOB NOT NULL UNIQUE,"
                                  " regions TEXT NOT NULL,"
                                  " is_revoked INTEGER NOT NULL,"
                                  " UNIQUE (role, name)"
                                  ") STRICT;";

enum { STATEMENT_LOAD, STATEMENT_FIND, STATEMENT_INSERT, STATEMENT_REVOKE, STATEMENT_COUNT };

static const char *const statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_LOAD] = "SELECT name, role, curve_public, sign_public, key_id, regions, is_revoked"
                       " FROM register_key ORDER BY curve_public",
    [STATEMENT_FIND] = "SELECT name, role, curve_public, sign_public, key_id, regions, is_revoked"
                       " FROM register_key WHERE curve_public = ?1 OR sign_public = ?2"
                       " OR key_id = ?3 OR (role = ?4 AND name = ?5)",
    [STATEMENT_INSERT] =
        "INSERT INTO register_key"
        " (curve_public, sign_public, key_id, role, name, regions, is_revoked)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, 0 WHERE (SELECT count(*) FROM register_key) < ?7",
    [STATEMENT_REVOKE] = "UPDATE register_key SET is_revoked = 1 WHERE curve_public = ?1",
};

/* ---- memory ---- */

/* Copies a text column with its NUL. STATUS_STORE_CORRUPT when it is longer than we ever write. */
static enum status text_column(struct statement *statement, int column, char *to, size_t size)
{
    struct view text = statement_text(statement, column);
    if (text.size >= size)
        return STATUS_STORE_CORRUPT;
    if (text.size > 0)
        memcpy(to, text.bytes, text.size);
    to[text.size] = '\0';
    return STATUS_OK;
}

static enum status principal_from_row(struct statement *row, struct principal *ret_principal)
{
    *ret_principal = (struct principal){.is_revoked = statement_i64(row, 6) != 0};
    TRY(text_column(row, 0, ret_principal->name, sizeof(ret_principal->name)));
    ret_principal->role = (uint16_t)statement_u64(row, 1);
    TRY(statement_blob_exact(row, 2, ret_principal->curve_public, CURVE_KEY_SIZE));
    if (!statement_is_null(row, 3))
        TRY(statement_blob_exact(row, 3, ret_principal->sign_public,
                                 sizeof(ret_principal->sign_public)));
    TRY(statement_blob_exact(row, 4, ret_principal->key_id, KEY_ID_SIZE));
    return text_column(row, 5, ret_principal->regions, sizeof(ret_principal->regions));
}

static enum status load_rows(struct register_keys *keys)
{
    struct statement *load = &keys->statements[STATEMENT_LOAD];
    for (;;) {
        bool has_row = false;
        TRY(statement_step(load, &has_row));
        if (!has_row)
            return STATUS_OK;
        if (keys->count == REGISTER_KEYS_MAX)
            return STATUS_STORE_CORRUPT;
        TRY(principal_from_row(load, &keys->principals[keys->count]));
        keys->count++;
    }
}

/* Half a register would let a revoked key in: on failure memory is empty, which refuses everybody,
 * and the next transaction's end tries again. */
static enum status load(struct register_keys *keys)
{
    keys->count = 0;
    enum status status = load_rows(keys);
    keys->is_stale = status != STATUS_OK;
    if (status != STATUS_OK) {
        statement_reset(&keys->statements[STATEMENT_LOAD]);
        keys->count = 0;
    }
    return status;
}

enum status register_open(struct register_keys *keys, struct store *store, struct diag *diag)
{
    *keys = (struct register_keys){.store = store};
    void *mapping = mmap(NULL, MAPPING_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) {
        diag_set(diag, "no memory for the register");
        return STATUS_SYSTEM_FAILED;
    }
    keys->principals = mapping;
    enum status status =
        statements_open(keys->statements, store, statement_texts, STATEMENT_COUNT);
    if (status == STATUS_OK)
        status = load(keys);
    if (status != STATUS_OK) {
        diag_set(diag, "register: %s", store_error_text(store));
        register_close(keys);
    }
    return status;
}

void register_close(struct register_keys *keys)
{
    statements_close(keys->statements, STATEMENT_COUNT);
    if (keys->principals != NULL)
        (void)munmap(keys->principals, MAPPING_SIZE);
    *keys = (struct register_keys){.count = 0};
}

void register_committed(struct register_keys *keys)
{
    if (keys->is_stale) {
        enum status status = load(keys);
        (void)status; /* remembered in is_stale */
    }
}

void register_rolled_back(struct register_keys *keys)
{
    /* Memory never ran ahead; the table may still have to be read after an earlier failure. */
    register_committed(keys);
}

/* ---- looking up ---- */

const struct principal *register_find(const struct register_keys *keys,
                                      const uint8_t curve_public[CURVE_KEY_SIZE])
{
    unsigned low = 0;
    unsigned high = keys->count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = memcmp(keys->principals[middle].curve_public, curve_public, CURVE_KEY_SIZE);
        if (order == 0)
            return &keys->principals[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool signs(const struct principal *principal)
{
    return !view_is_zero(view_of(principal->sign_public, sizeof(principal->sign_public)));
}

const struct principal *register_find_signer(const struct register_keys *keys,
                                             const uint8_t key_id[KEY_ID_SIZE])
{
    /* Acts are rare: a walk over all keys is cheaper than a second order of them. */
    for (unsigned i = 0; i < keys->count; i++) {
        const struct principal *principal = &keys->principals[i];
        if (memcmp(principal->key_id, key_id, KEY_ID_SIZE) == 0 && signs(principal))
            return principal;
    }
    return NULL;
}

bool principal_has_region(const struct principal *principal, const char *region)
{
    size_t size = strlen(region);
    bool is_exact = principal->role == NETRA__V1__ROLE__ROLE_NODE;
    if (principal->regions[0] == '\0')
        return true;
    for (const char *at = principal->regions; *at != '\0';) {
        size_t length = strcspn(at, " ");
        bool is_start = length <= size && memcmp(at, region, length) == 0;
        if (is_start && (length == size || (!is_exact && region[length] == '.')))
            return true;
        at += length + (at[length] == ' ' ? 1 : 0);
    }
    return false;
}

/* ---- applying ---- */

static enum status refuse(enum status status, const char *rule, struct diag *diag)
{
    diag_set(diag, "%s", rule);
    return status;
}

static void bind_principal(struct statement *statement, const struct principal *principal)
{
    statement_bind_blob(statement, 1, view_of(principal->curve_public, CURVE_KEY_SIZE));
    if (signs(principal))
        statement_bind_blob(statement, 2,
                            view_of(principal->sign_public, sizeof(principal->sign_public)));
    else
        statement_bind_null(statement, 2);
    statement_bind_blob(statement, 3, view_of(principal->key_id, KEY_ID_SIZE));
    statement_bind_u64(statement, 4, principal->role);
    statement_bind_text(statement, 5, principal->name);
}

static bool is_same(const struct principal *a, const struct principal *b)
{
    return memcmp(a->curve_public, b->curve_public, sizeof(a->curve_public)) == 0 &&
           memcmp(a->sign_public, b->sign_public, sizeof(a->sign_public)) == 0 &&
           a->role == b->role && strcmp(a->name, b->name) == 0 &&
           strcmp(a->regions, b->regions) == 0;
}

/* Whether the table holds the principal already; STATUS_NAME_TAKEN when part of it belongs to
 * another row. */
static enum status find_in_table(struct register_keys *keys, const struct principal *principal,
                                 bool *ret_is_there, struct diag *diag)
{
    struct statement *find = &keys->statements[STATEMENT_FIND];
    struct principal row;
    *ret_is_there = false;
    bind_principal(find, principal);
    TRY(statement_step(find, ret_is_there));
    if (!*ret_is_there)
        return STATUS_OK;
    enum status status = principal_from_row(find, &row);
    statement_reset(find);
    TRY(status);
    if (!is_same(&row, principal))
        return refuse(STATUS_NAME_TAKEN,
                      "the key, its id, or the name within its role belongs to another row", diag);
    return STATUS_OK;
}

static enum status authorise(struct register_keys *keys, struct view payload, struct arena *arena,
                             struct diag *diag)
{
    struct statement *insert = &keys->statements[STATEMENT_INSERT];
    struct principal principal;
    bool is_there = false;
    int64_t changes = 0;
    TRY(register_read_authorised(payload, arena, &principal, diag));
    TRY(find_in_table(keys, &principal, &is_there, diag));
    if (is_there)
        return STATUS_OK;
    bind_principal(insert, &principal);
    statement_bind_text(insert, 6, principal.regions);
    statement_bind_u64(insert, 7, REGISTER_KEYS_MAX);
    TRY(statement_run_changes(insert, &changes));
    if (changes == 0)
        return refuse(STATUS_OUT_OF_RANGE, "the register is full", diag);
    keys->is_stale = true;
    return MUTANT(key_known_before_commit) ? load(keys) : STATUS_OK;
}

static enum status revoke(struct register_keys *keys, struct view payload, struct arena *arena,
                          struct diag *diag)
{
    struct statement *update = &keys->statements[STATEMENT_REVOKE];
    uint8_t curve_public[CURVE_KEY_SIZE];
    int64_t changes = 0;
    TRY(register_read_revoked(payload, arena, curve_public, diag));
    statement_bind_blob(update, 1, view_of(curve_public, sizeof(curve_public)));
    TRY(statement_run_changes(update, &changes));
    if (changes == 0)
        return refuse(STATUS_NOT_FOUND, "no such key in the register", diag);
    keys->is_stale = true;
    return STATUS_OK;
}

enum status register_apply(struct register_keys *keys, uint16_t event_type, struct view payload,
                           struct arena *arena, struct diag *diag)
{
    switch (event_type) {
    case NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED:
        return authorise(keys, payload, arena, diag);
    case NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED:
        return revoke(keys, payload, arena, diag);
    default:
        return refuse(STATUS_OUT_OF_RANGE, "not an event of the register", diag);
    }
}
