/*
 * The field numbers of link.proto that batches are read and written by (link_wire.c,
 * link_builder.c); a test compares both with protobuf-c.
 */
#ifndef NETRA_DELIVERY_LINK_FIELDS_H
#define NETRA_DELIVERY_LINK_FIELDS_H

#define LINK_FRAME_BATCH 2u
#define LINK_FRAME_BODIES 3u /* the highest of the oneof's numbers, which begin at 1 */

#define LINK_BATCH_BEFORE 1u
#define LINK_BATCH_ENTRIES 2u

#define LINK_POSITION_STREAM_ID 1u
#define LINK_POSITION_SEQ 2u
#define LINK_POSITION_DIGEST 3u

#define LINK_ENTRY_HEADER 1u
#define LINK_ENTRY_PAYLOAD 2u
#define LINK_ENTRY_CASE_KEY 3u
#define LINK_ENTRY_GAP_SEQ 4u
#define LINK_ENTRY_GAP_DIGEST 5u
#define LINK_ENTRY_CASE_HANDLE 6u

#endif
