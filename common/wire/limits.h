/*
 * The limits of everything that crosses a process boundary, each with its reason. Sizes in bytes.
 */
#ifndef NETRA_WIRE_LIMITS_H
#define NETRA_WIRE_LIMITS_H

/* One frame of a pipeline or door (protocol.md 3). */
#define LIMIT_FRAME_BYTES 262144u

/* Entries of one batch (protocol.md 3). */
#define LIMIT_BATCH_ENTRIES 256u

/* A sealed payload: any one event fits a batch with room to spare. */
#define LIMIT_EVENT_PAYLOAD_BYTES 131072u

/* A submission's content: with its fields and seal it fits an event. */
#define LIMIT_SUBMISSION_BYTES 98304u

/* Messages within messages: protobuf-c has no limit, and 34 KB of nesting end an 8 MiB stack. */
#define LIMIT_NESTING 8u

/* Fields in one frame, all levels: bounds protobuf-c's amplification. */
#define LIMIT_FIELDS 4096u

/* What one frame may take from the arena once unpacked. */
#define LIMIT_UNPACKED_BYTES 4194304u

/* Rows in one page of a list at a door. */
#define LIMIT_LIST_ROWS 256u

/* Names of services, keys, nodes. */
#define LIMIT_NAME_BYTES 64u

#endif
