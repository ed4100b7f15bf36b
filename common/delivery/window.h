/*
 * The sending side towards one destination, pure: what may be sent, from where, and what an answer
 * means (protocol.md 6-10).
 *
 * Units: positions count the events of the own log over all its streams, from 1 (event_log.h turns
 * them into stream and seq). Bytes are those of headers and payloads through a position.
 *
 *   DOWN      no connection
 *   GREETING  connected, our Hello is out, nothing is sent before it is answered
 *   OPEN      entries go, within the credit
 *   STOPPED   the destination has forgotten what it acknowledged: an operator decides
 */
#ifndef NETRA_DELIVERY_WINDOW_H
#define NETRA_DELIVERY_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum window_state {
    WINDOW_DOWN,
    WINDOW_GREETING,
    WINDOW_OPEN,
    WINDOW_STOPPED,
    WINDOW_STATE_COUNT
};

enum window_event {
    WINDOW_CONNECTS,
    WINDOW_DISCONNECTS,
    WINDOW_IS_ANSWERED,  /* a position at or beyond the cursor, to a number of this start */
    WINDOW_IS_OLD_NEWS,  /* an answer to no number, or one drawn before the cursor last moved */
    WINDOW_IS_FORGOTTEN, /* a position behind the cursor, or another store, to a fresh number */
    WINDOW_IS_FORKED, /* more of our log than we know, another digest, or a number never drawn */
    WINDOW_RESETS,    /* an operator has set the cursor */
    WINDOW_EVENT_COUNT
};

enum window_effect {
    WINDOW_NOTHING,
    WINDOW_GREET, /* say Hello */
    WINDOW_MOVE,  /* take position and credit */
    WINDOW_ALARM, /* this stream stops: STREAM_FORKED */
    WINDOW_STOP   /* the whole service stops: STREAM_FORKED */
};

struct window_cell {
    enum window_state next;
    enum window_effect effect;
};

/* Whose number an answer repeats. */
enum window_echo {
    WINDOW_ECHO_NONE,    /* none yet */
    WINDOW_ECHO_EARLIER, /* drawn by an earlier start of this store */
    WINDOW_ECHO_CURRENT, /* drawn by this start */
    WINDOW_ECHO_FOREIGN  /* never drawn by this store */
};

/* Where the answered position lies in our own log. */
enum window_point {
    WINDOW_POINT_KNOWN,  /* within the log, and the digest is ours (or too old to be looked up) */
    WINDOW_POINT_BEYOND, /* past our end, or in a stream we never had */
    WINDOW_POINT_MISFIT  /* within, with another digest */
};

/* An ack, or the held part of a Hello, as the edge has looked it up. */
struct window_answer {
    enum window_echo echo;
    uint64_t echo_counter; /* with ECHO_CURRENT: which number */
    enum window_point point;
    uint64_t position;      /* with POINT_KNOWN */
    uint64_t bytes_through; /* there; only looked at for positions beyond the cursor */
    bool is_store_known;    /* the store id is the cursor's, or the cursor has none yet */
    uint64_t credit_entries;
    uint64_t credit_bytes;
    bool is_hello; /* entries go again only when a Hello shows a position below what was sent */
};

struct window {
    enum window_state state;
    uint64_t acked; /* the cursor: acknowledged through here */
    uint64_t acked_bytes;
    uint64_t sent; /* handed to the transport through here, on this connection */
    uint64_t sent_bytes;
    uint64_t credit_entries; /* the newest grant, beyond `acked` */
    uint64_t credit_bytes;
    uint64_t moved_at; /* the newest number drawn when the cursor last moved */
};

/* The table itself, for the test that walks it and the graph in docs/. */
struct window_cell window_cell_at(enum window_state state, enum window_event event);

/* Begins at the stored cursor, DOWN. */
void window_load(struct window *window, uint64_t acked, uint64_t acked_bytes);

void window_connect(struct window *window);
void window_disconnect(struct window *window);

/* An operator has set the cursor: as after a load; the connection greets anew. Answers to numbers
 * through `number_drawn` are of before. */
void window_reset(struct window *window, uint64_t acked, uint64_t acked_bytes,
                  uint64_t number_drawn, bool is_connected);

/* What an answer is to this window; pure, changes nothing. */
enum window_event window_judge(const struct window *window, const struct window_answer *answer);

/*
 * Judges, steps, and on MOVE takes position and credit. `number_drawn` is the counter of the
 * newest number drawn. The effect is for the edge: WINDOW_STOP and WINDOW_ALARM change nothing
 * else.
 */
enum window_effect window_answered(struct window *window, const struct window_answer *answer,
                                   uint64_t number_drawn);

/* Whether an event of `bytes` may go now, on top of what was sent. */
bool window_may_send(const struct window *window, uint64_t bytes);

/* Everything through `position` was handed to the transport. */
void window_sent(struct window *window, uint64_t position, uint64_t bytes_through);

#endif
