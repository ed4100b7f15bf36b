/*
 * The bytes that a person signs have one fixed layout, built from fields, so that an act that
 * arrives as a request and the same act read back as an event's header verify by one code path.
 */
#include "common/service/act.h"

#include "common/base/bytes.h"

#include <sodium.h>
#include <string.h>

/*
 * What is signed (protocol.md 26), integers big-endian as in the leaf:
 *     0  13  "netra-act/v1\n"
 *    13  32  SHA-256(origin): a signature for one installation is none for another
 *    45   2  type            47  2  schema
 *    49  16  case handle     65  2  role      67  4  key id
 *    71  32  commitment C
 */
#define MARK "netra-act/v1\n"
#define MARK_SIZE (sizeof(MARK) - 1)
#define SIGNED_SIZE 103u

/* What a signature covers, wherever it comes from. */
struct covered {
    uint16_t type;
    uint16_t schema;
    const uint8_t *case_handle;
    uint16_t role;
    const uint8_t *key_id;
    const uint8_t *commitment;
};

static void signed_bytes(const struct covered *covered, const char *origin,
                         uint8_t bytes[SIGNED_SIZE])
{
    memcpy(bytes, MARK, MARK_SIZE);
    sha256_of(view_of_text(origin), bytes + 13);
    bytes_put_u16(bytes + 45, covered->type);
    bytes_put_u16(bytes + 47, covered->schema);
    memcpy(bytes + 49, covered->case_handle, CASE_HANDLE_SIZE);
    bytes_put_u16(bytes + 65, covered->role);
    memcpy(bytes + 67, covered->key_id, KEY_ID_SIZE);
    memcpy(bytes + 71, covered->commitment, SHA256_SIZE);
}

static struct covered covered_of(const struct act *act, uint8_t commitment[SHA256_SIZE])
{
    seal_commit(act->r, act->payload, commitment);
    return (struct covered){
        .type = act->type,
        .schema = act->schema,
        .case_handle = act->case_handle,
        .role = act->role,
        .key_id = act->key_id,
        .commitment = commitment,
    };
}

static enum status verify(const struct covered *covered, const char *origin,
                          const uint8_t signature[SIGNATURE_SIZE], const uint8_t sign_public[32])
{
    uint8_t bytes[SIGNED_SIZE];
    signed_bytes(covered, origin, bytes);
    return crypto_sign_verify_detached(signature, bytes, sizeof(bytes), sign_public) == 0
               ? STATUS_OK
               : STATUS_SIGNATURE_INVALID;
}

void act_sign(struct act *act, const char *origin, const uint8_t sign_secret[64])
{
    uint8_t commitment[SHA256_SIZE];
    uint8_t bytes[SIGNED_SIZE];
    struct covered covered = covered_of(act, commitment);
    signed_bytes(&covered, origin, bytes);
    (void)crypto_sign_detached(act->signature, NULL, bytes, sizeof(bytes), sign_secret);
}

enum status act_verify(const struct act *act, const char *origin, const uint8_t sign_public[32])
{
    uint8_t commitment[SHA256_SIZE];
    struct covered covered = covered_of(act, commitment);
    return verify(&covered, origin, act->signature, sign_public);
}

enum status act_verify_header(const struct event_header *header, const char *origin,
                              const uint8_t sign_public[32])
{
    const struct covered covered = {
        .type = header->type,
        .schema = header->schema,
        .case_handle = header->case_handle,
        .role = header->actor_role,
        .key_id = header->actor_key_id,
        .commitment = header->commitment,
    };
    return verify(&covered, origin, header->signature, sign_public);
}
