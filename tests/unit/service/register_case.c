/*
 * Opens a register over a real store in a folder of its own, and packs key events by hand, wrong
 * sizes included.
 */
#include "register_case.h"

#include "common/wire/unpack.h"
#include "folder.h"
#include "tests/support/test.h"

#define TYPE_REVOKED ((uint16_t)NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED)

static const char *const steps[] = {register_migration};

static const struct store_spec spec = {
    .application_id = 0x4e545254,
    .shared = {.steps = steps, .count = 1},
};

static struct folder folder;
struct store store;
struct register_keys keys;
struct arena arena;
struct diag diag;

void open_all(void)
{
    char path[FOLDER_PATH_BYTES];
    folder_path(&folder, "store.db", path);
    assert_int_equal(STATUS_OK, store_open(&store, path, &spec, &diag));
    assert_int_equal(STATUS_OK, register_open(&keys, &store, &diag));
}

void close_all(void)
{
    register_close(&keys);
    store_close(&store);
}

int set_up(void **state)
{
    (void)state;
    folder_open(&folder);
    diag_clear(&diag);
    assert_int_equal(STATUS_OK, arena_open(&arena, 1u << 20));
    open_all();
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    close_all();
    arena_close(&arena);
    folder_close(&folder);
    return 0;
}

/* ---- events ---- */

static ProtobufCBinaryData key_bytes(uint8_t *bytes, uint8_t fill, unsigned size)
{
    memset(bytes, fill, 64);
    return (ProtobufCBinaryData){.data = bytes, .len = size != 0 ? size : (fill != 0 ? 32 : 0)};
}

struct view pack(const struct event *event)
{
    Netra__V1__KeyAuthorised message;
    uint8_t curve[64];
    uint8_t sign[64];
    char texts[40][16];
    char *regions[40];
    char name[80];
    struct view bytes;
    netra__v1__key_authorised__init(&message); /* the macro casts const away, which clang minds */
    (void)snprintf(name, sizeof(name), "%s", event->name == NULL ? "" : event->name);
    message.name = name;
    message.role = (Netra__V1__Role)event->role;
    message.curve_public = key_bytes(curve, event->curve, event->curve_size);
    message.sign_public = key_bytes(sign, event->sign, event->sign_size);
    message.regions = regions;
    for (; message.n_regions < 40 && event->regions[message.n_regions] != NULL;
         message.n_regions++) {
        regions[message.n_regions] = texts[message.n_regions];
        (void)snprintf(texts[message.n_regions], 16, "%s", event->regions[message.n_regions]);
    }
    assert_int_equal(STATUS_OK, wire_pack(&message.base, &arena, &bytes));
    return bytes;
}

enum status authorise(const struct event *event)
{
    return register_apply(&keys, TYPE_AUTHORISED, pack(event), &arena, &diag);
}

enum status revoke_key(uint8_t curve)
{
    Netra__V1__KeyRevoked message;
    uint8_t bytes[64];
    char reason[] = "LOST";
    struct view packed;
    netra__v1__key_revoked__init(&message);
    message.curve_public = key_bytes(bytes, curve, 0);
    message.reason = reason;
    assert_int_equal(STATUS_OK, wire_pack(&message.base, &arena, &packed));
    return register_apply(&keys, TYPE_REVOKED, packed, &arena, &diag);
}

void begin(void)
{
    assert_int_equal(STATUS_OK, store_begin(&store));
}

void commit(void)
{
    assert_int_equal(STATUS_OK, store_commit(&store));
    register_committed(&keys);
}

const struct principal *find(uint8_t curve)
{
    uint8_t key[CURVE_KEY_SIZE];
    memset(key, curve, sizeof(key));
    return register_find(&keys, key);
}

const struct event node = {
    .name = "bkd-serang",
    .role = NODE,
    .curve = 5,
    .sign = 6,
    .regions = {"36.04", "36.73"},
};
