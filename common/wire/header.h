/*
 * The leaf, for ever: an event's header, 232 bytes, big-endian (protocol.md "The leaf").
 *
 *     0  14  "netra-leaf/v1\n"
 *    14  16  stream id
 *    30   8  seq in the stream
 *    38   2  event type
 *    40   2  schema
 *    42  16  case handle: intake seq[8] | random[8]; zero: no case
 *    58   8  number within the case                                           (audit-log fills it)
 *    66   8  append time, Unix seconds, rounded down to the minute            (audit-log fills it)
 *    74   2  actor role
 *    76   4  actor key id
 *    80  32  leaf hash of the previous event of this case                     (audit-log fills it)
 *   112  32  commitment C = SHA-256("netra-commit/v1\n" | r[32] | payload)
 *   144  16  cause: stream id
 *   160   8  cause: seq; both zero: none
 *   168  64  a person's Ed25519 signature; zero where a service acted
 *
 * Before audit-log fills its three fields they are zero: that form is the header that streams
 * carry and chain.
 */
#ifndef NETRA_WIRE_HEADER_H
#define NETRA_WIRE_HEADER_H

#include "common/base/diag.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>
#include <stdint.h>

#define HEADER_SIZE 232u
#define STREAM_ID_SIZE 16u
#define CASE_HANDLE_SIZE 16u
#define KEY_ID_SIZE 4u
#define SIGNATURE_SIZE 64u

struct event_header {
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;                          /* from 1, contiguous within the stream */
    uint16_t type;                         /* EventType */
    uint16_t schema;                       /* the payload's schema version */
    uint8_t case_handle[CASE_HANDLE_SIZE]; /* zero: no case */
    uint64_t number_in_case;               /* audit-log's; else 0 */
    uint64_t append_time;                  /* audit-log's; Unix seconds, whole minutes; else 0 */
    uint16_t actor_role;                   /* Role; 0 where a service acted by itself */
    uint8_t actor_key_id[KEY_ID_SIZE];
    uint8_t previous_leaf_hash[SHA256_SIZE]; /* audit-log's; else zero */
    uint8_t commitment[SHA256_SIZE];
    uint8_t cause_stream_id[STREAM_ID_SIZE]; /* zero: no cause */
    uint64_t cause_seq;
    uint8_t signature[SIGNATURE_SIZE];
};

/* Writes the 232 bytes. */
void header_encode(const struct event_header *header, uint8_t bytes[HEADER_SIZE]);

/* Reads 232 bytes. STATUS_MALFORMED when the size or the first 14 bytes are others. */
enum status header_decode(struct view bytes, struct event_header *ret_header) MUST_USE;

/*
 * The one check of an event, made by its producer before commit and by every consumer; `payload`
 * is the sealed one, as it travels. `diag` names the field.
 * STATUS_OUT_OF_RANGE: stream id, seq or type is zero, or the cause is the event itself or a later
 * one of its stream. STATUS_MALFORMED: a field of audit-log is set, half a cause is there, or the
 * payload is empty. STATUS_EVENT_TOO_LARGE: the payload is over LIMIT_EVENT_PAYLOAD_BYTES.
 */
enum status header_check(const struct event_header *header, struct view payload,
                         struct diag *diag) MUST_USE;

/* digest(0) of a stream = SHA-256("netra-stream/v1\n" | stream id). */
void chain_start(const uint8_t stream_id[STREAM_ID_SIZE], uint8_t digest[SHA256_SIZE]);

/* digest(n) = SHA-256(digest(n-1) | header n), in place. `header` has audit-log's three fields
 * zero. */
void chain_next(uint8_t digest[SHA256_SIZE], const uint8_t header[HEADER_SIZE]);

#endif
