/*
 * From hostile bytes to a protobuf-c message in the turn's arena, or a status that names the
 * broken rule.
 *
 * Why: protobuf-c has no depth limit, no UTF-8 check, and takes up to 73 times the bytes in memory
 * (reference/messaging.md 4), so the bytes are walked along the descriptor first.
 * Owns: nothing; what unpack returns lives in the arena until its reset. Never call free_unpacked
 * on it.
 * Limits: limits.h, and 64 fields per message type.
 */
#ifndef NETRA_WIRE_UNPACK_H
#define NETRA_WIRE_UNPACK_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <protobuf-c/protobuf-c.h>

/*
 * Walks the encoded bytes along `descriptor` without recursion; `diag` names the field's path.
 * STATUS_FRAME_TOO_LARGE: over LIMIT_FRAME_BYTES, or unpacking would take over
 * LIMIT_UNPACKED_BYTES. STATUS_NESTED_TOO_DEEP: over LIMIT_NESTING messages below the first.
 * STATUS_TOO_MANY_FIELDS: over LIMIT_FIELDS in all, unknown ones counted. STATUS_NOT_UTF8: a
 * string is not UTF-8, or has a NUL. STATUS_CONTRACT_NEWER: an enum has a value that this program
 * doesn't know (protocol.md 6). STATUS_MALFORMED: anything else that is not a message of this
 * descriptor: a wire type that isn't the field's, a length or varint beyond its end, a value
 * beyond its type, a group, tag 0, or a single submessage given twice (protobuf-c would merge the
 * two at a quadratic price; no encoder writes that). A scalar given twice is fine: the last wins.
 */
enum status wire_scan(const ProtobufCMessageDescriptor *descriptor, struct view bytes,
                      struct diag *diag) MUST_USE;

/* Scans, then unpacks into the arena. The statuses of wire_scan, and STATUS_NO_MEMORY when the
 * arena is full. */
enum status wire_unpack(const ProtobufCMessageDescriptor *descriptor, struct view bytes,
                        struct arena *arena, ProtobufCMessage **ret_message,
                        struct diag *diag) MUST_USE;

/* Encodes into the arena. STATUS_NO_MEMORY. */
enum status wire_pack(const ProtobufCMessage *message, struct arena *arena,
                      struct view *ret_bytes) MUST_USE;

/* A bytes field as a view, and back. A view given back is borrowed by the message. */
struct view wire_view(ProtobufCBinaryData data);
ProtobufCBinaryData wire_bytes(struct view view);

/* Copies a bytes field of exactly `size` bytes. STATUS_OUT_OF_RANGE with `name` in the diag when
 * it has another size. */
enum status wire_exact(ProtobufCBinaryData data, uint8_t *to, size_t size, const char *name,
                       struct diag *diag) MUST_USE;

#endif
