/*
 * The receiving side of one stream, pure: what may be taken from a batch, and where the stream
 * stands (protocol.md 3, 4, 11).
 *
 * Two positions: `received` is the end of what is queued, `applied` the end of what is committed.
 * The chain is computed through everything that is shown, entries that are held already included;
 * at `received` the digest must be our own, else the stream is forked and nothing more is taken.
 *
 *   EMPTY      no stream of this producer is known; only the beginning of its first is taken
 *   FOLLOWING  entries beyond `received` are taken
 *   FORKED     nothing is taken until an operator's recovery
 */
#ifndef NETRA_DELIVERY_INBOX_H
#define NETRA_DELIVERY_INBOX_H

#include "common/delivery/entry_queue.h"
#include "common/delivery/position.h"

#include <stdbool.h>
#include <stdint.h>

enum inbox_state { INBOX_EMPTY, INBOX_FOLLOWING, INBOX_FORKED, INBOX_STATE_COUNT };

/* What a batch is to an inbox. */
enum inbox_event {
    INBOX_CONTINUES, /* it begins at or before `received` */
    INBOX_LEAPS,     /* it begins beyond: something is missing between */
    INBOX_OPENS,     /* it begins a stream that follows the one we hold, or the first one */
    INBOX_REPEATS,   /* of an earlier stream that was left for the one we hold: late, or held */
    INBOX_MISFITS,   /* it contradicts what we hold */
    INBOX_RESETS,    /* an operator says where to go on */
    INBOX_EVENT_COUNT
};

/* What the edge has to do. */
enum inbox_effect {
    INBOX_TAKE,   /* offer its entries */
    INBOX_SWITCH, /* begin the new stream, then offer its entries */
    INBOX_ASK,    /* drop it and say Hello, so that the producer sends from our position */
    INBOX_ALARM,  /* drop it: STREAM_FORKED */
    INBOX_DROP,   /* drop it */
    INBOX_GO_ON   /* take the operator's position */
};

struct inbox_cell {
    enum inbox_state next;
    enum inbox_effect effect;
};

/* How many streams that were left are known: recoveries while a frame is under way. */
#define INBOX_LEFT_MAX 4u

struct inbox {
    enum inbox_state state;
    struct position applied;
    struct position received;
    struct entry_queue queue;
    uint8_t left[INBOX_LEFT_MAX][STREAM_ID_SIZE]; /* since the last inbox_load, newest first */
};

/* The producer's word of how a stream begins: its first event's content. */
struct inbox_opening {
    struct position closed; /* the stream it follows; zero: the producer's store was new */
    struct position own;    /* where that one was adopted: the store's own one before; else zero */
};

/* The table itself, for the test that walks it and the graph in docs/. */
struct inbox_cell inbox_cell_at(enum inbox_state state, enum inbox_event event);

/* Memory for the queue. STATUS_SYSTEM_FAILED. */
enum status inbox_open(struct inbox *inbox) MUST_USE;
void inbox_close(struct inbox *inbox);

/* Goes on after `position` (a zero stream id: EMPTY), with an empty queue. */
void inbox_load(struct inbox *inbox, const struct position *position);

/* An operator has said of a recovery: a forked one takes what follows again. */
void inbox_go_on(struct inbox *inbox);

/*
 * Judges a batch by the position before its first entry and, where it begins a stream, by what its
 * first event says (`opening`, else NULL); steps the state and says what to do.
 */
enum inbox_effect inbox_judge(struct inbox *inbox, const struct position *before,
                              const struct inbox_opening *opening);

/* Begins the stream after INBOX_SWITCH. Entries of the former one may still be queued before it.
 */
void inbox_switch(struct inbox *inbox, const struct position *before);

/*
 * Offers the next entry of a batch that was judged TAKE or SWITCH. `chain` is the position before
 * it (at first the batch's own `before`) and moves through it.
 *   STATUS_OK             taken, or held already
 *   STATUS_STREAM_FORKED  the digest at `received` is not ours: the state is FORKED now
 *   STATUS_OUT_OF_RANGE   its seq doesn't follow, its stream is another, or a gap goes backwards
 *   STATUS_BACKLOG        it doesn't fit the credit that was granted: it will come again
 */
enum status inbox_offer(struct inbox *inbox, struct position *chain,
                        const struct queued_entry *entry) MUST_USE;

/* The first `count` queued entries are committed. */
void inbox_applied(struct inbox *inbox, unsigned count);

/* What may be granted beyond `applied`. */
uint64_t inbox_credit_entries(const struct inbox *inbox, bool is_pressed);
uint64_t inbox_credit_bytes(const struct inbox *inbox, bool is_pressed);

#endif
