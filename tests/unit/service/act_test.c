/* A person's signature holds for exactly one act at one origin. */
#include "common/service/act.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <string.h>

#define ORIGIN "example.org/log"

static uint8_t sign_public[32];
static uint8_t sign_secret[64];

static struct act make_act(void)
{
    struct act act = {
        .type = 0x0102,
        .schema = 0x0304,
        .role = 0x0506,
        .key_id = {1, 2, 3, 4},
        .payload = view_of_text("a payload"),
    };
    memset(act.case_handle, 0xc0, sizeof(act.case_handle));
    memset(act.r, 0x77, sizeof(act.r));
    act_sign(&act, ORIGIN, sign_secret);
    return act;
}

static struct event_header header_of(const struct act *act)
{
    struct event_header header = {
        .seq = 9,
        .type = act->type,
        .schema = act->schema,
        .actor_role = act->role,
    };
    memcpy(header.case_handle, act->case_handle, sizeof(header.case_handle));
    memcpy(header.actor_key_id, act->key_id, sizeof(header.actor_key_id));
    memcpy(header.signature, act->signature, sizeof(header.signature));
    seal_commit(act->r, act->payload, header.commitment);
    return header;
}

enum change {
    CHANGE_NOTHING,
    CHANGE_TYPE,
    CHANGE_SCHEMA,
    CHANGE_HANDLE,
    CHANGE_ROLE,
    CHANGE_KEY_ID,
    CHANGE_R,
    CHANGE_PAYLOAD,
    CHANGE_SIGNATURE,
    CHANGE_NO_SIGNATURE,
    CHANGE_ORIGIN,
    CHANGE_KEY
};

struct act_case {
    const char *name;
    enum change change;
    enum status want;
};

static struct act_case cases[] = {
    {.name = "the act as signed", .change = CHANGE_NOTHING, .want = STATUS_OK},
    {.name = "another type", .change = CHANGE_TYPE, .want = STATUS_SIGNATURE_INVALID},
    {.name = "another schema", .change = CHANGE_SCHEMA, .want = STATUS_SIGNATURE_INVALID},
    {.name = "another case", .change = CHANGE_HANDLE, .want = STATUS_SIGNATURE_INVALID},
    {.name = "another role", .change = CHANGE_ROLE, .want = STATUS_SIGNATURE_INVALID},
    {.name = "another key id", .change = CHANGE_KEY_ID, .want = STATUS_SIGNATURE_INVALID},
    {.name = "another r", .change = CHANGE_R, .want = STATUS_SIGNATURE_INVALID},
    {.name = "another payload", .change = CHANGE_PAYLOAD, .want = STATUS_SIGNATURE_INVALID},
    {.name = "one bit of the signature",
     .change = CHANGE_SIGNATURE,
     .want = STATUS_SIGNATURE_INVALID},
    {.name = "no signature", .change = CHANGE_NO_SIGNATURE, .want = STATUS_SIGNATURE_INVALID},
    {.name = "another installation", .change = CHANGE_ORIGIN, .want = STATUS_SIGNATURE_INVALID},
    {.name = "another person's key", .change = CHANGE_KEY, .want = STATUS_SIGNATURE_INVALID},
};

static void test_verify(void **state)
{
    const struct act_case *it = *state;
    struct act act = make_act();
    uint8_t key[32];
    const char *origin = it->change == CHANGE_ORIGIN ? "example.org/lo" : ORIGIN;
    memcpy(key, sign_public, sizeof(key));
    act.type ^= it->change == CHANGE_TYPE ? 1 : 0;
    act.schema ^= it->change == CHANGE_SCHEMA ? 1 : 0;
    act.case_handle[15] ^= it->change == CHANGE_HANDLE ? 1 : 0;
    act.role ^= it->change == CHANGE_ROLE ? 1 : 0;
    act.key_id[3] ^= it->change == CHANGE_KEY_ID ? 1 : 0;
    act.r[31] ^= it->change == CHANGE_R ? 1 : 0;
    act.signature[0] ^= it->change == CHANGE_SIGNATURE ? 1 : 0;
    key[0] ^= it->change == CHANGE_KEY ? 1 : 0;
    if (it->change == CHANGE_PAYLOAD)
        act.payload = view_of_text("a payloae");
    if (it->change == CHANGE_NO_SIGNATURE)
        memset(act.signature, 0, sizeof(act.signature));
    struct event_header header = header_of(&act);
    assert_int_equal(it->want, act_verify(&act, origin, key));
    assert_int_equal(it->want, act_verify_header(&header, origin, key));
}

/* The bytes are the protocol's, so that others can check a leaf without this code. */
static void test_sign__over_the_documented_bytes__verifies(void **state)
{
    (void)state;
    struct act act = make_act();
    uint8_t bytes[103] = "netra-act/v1\n";
    const uint8_t integers[] = {0x01, 0x02, 0x03, 0x04};
    const uint8_t role_and_key[] = {0x05, 0x06, 1, 2, 3, 4};
    (void)crypto_hash_sha256(bytes + 13, (const uint8_t *)ORIGIN, strlen(ORIGIN));
    memcpy(bytes + 45, integers, sizeof(integers));
    memset(bytes + 49, 0xc0, 16);
    memcpy(bytes + 65, role_and_key, sizeof(role_and_key));
    seal_commit(act.r, act.payload, bytes + 71);
    assert_int_equal(
        0, crypto_sign_verify_detached(act.signature, bytes, sizeof(bytes), sign_public));
}

static int make_keys(void **state)
{
    (void)state;
    const uint8_t seed[32] = {42};
    return sodium_init() < 0 ? -1 : crypto_sign_seed_keypair(sign_public, sign_secret, seed);
}

int main(void)
{
    TEST_TABLE(rows, cases, test_verify)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign__over_the_documented_bytes__verifies),
    };
    int failures = cmocka_run_group_tests(rows, make_keys, NULL);
    return failures + cmocka_run_group_tests(tests, make_keys, NULL);
}
