/*
 * What `netra service recover` has to know before it acts: where the service stands, and what its
 * peers hold of it and it of them.
 */
#ifndef NETRA_NETRA_RECOVER_H
#define NETRA_NETRA_RECOVER_H

#include "common/wire/header.h"
#include "services/netra/command.h"
#include "services/netra/pages.h"

/* Where the service will go on in a peer's stream. */
#define RECOVER_CLOSED_MAX 256u /* as many as an event log has in its life */

struct recover_start {
    bool is_needed;                    /* its position and the peer's cursor differ */
    bool is_kept;                      /* where its store stands: only the peer's cursor moves */
    uint8_t stream_id[STREAM_ID_SIZE]; /* the peer's newest stream; with is_kept any of its */
    uint64_t seq;                      /* the last that counts as applied */
    uint8_t digest[SHA256_SIZE];
    uint8_t closed_streams[RECOVER_CLOSED_MAX][STREAM_ID_SIZE]; /* the peer's earlier ones */
    size_t closed_count;
};

struct recovery {
    struct command *command;
    enum door door; /* the service */
    struct statuses statuses;
    struct recover_start starts[DOOR_COUNT];
    struct recover_start own;            /* the service's end, and its earlier streams */
    uint8_t held_stream[STREAM_ID_SIZE]; /* one that peers hold and it lacks; zero: none */
    json_t *told;                        /* what is printed, whatever comes of it */
};

/* Whether `producer` gives `consumer` a stream: the fixed topology of protocol.md. */
bool recover_produces_for(enum door producer, enum door consumer);

/*
 * Whether the service's position in a producer's stream and that producer's cursor differ, so that
 * an operator must say where to go on. `applied` is the service's (NULL: it has none), `cursor`
 * the producer's for it; `newest` is the producer's newest stream. A position beyond the cursor is
 * only an ack on its way, and a stream that is stopped where both agree only has to be told which
 * store it now leads to: a recovery that ended half way is run again so.
 */
bool recover_differs(const Netra__V1__StreamState *applied, const Netra__V1__StreamState *cursor,
                     ProtobufCBinaryData newest);

/* Asks a producer where `seq` (0: the end) of its newest stream is, and for its earlier ones. */
enum status recover_ask_point(struct recovery *recovery, enum door producer, uint64_t seq,
                              struct recover_start *start) MUST_USE;

/* Notes a stream of the service that a peer holds, where the service lacks it (recovery->own). Of
 * several the last stays: the service is forked by the others until it is recovered again. */
void recover_note_held(struct recovery *recovery, ProtobufCBinaryData stream_id);

/* Adds to recovery->told what each peer holds of the service's stream beyond its end, and sets own
 * and held_stream. The leaves that audit-log holds beyond are listed, if it can be asked. */
enum status recover_tell_held(struct recovery *recovery) MUST_USE;

#endif
