/*
 * What a worker does next: it asks classification for cases, decides them, answers, and asks
 * again. A pure state machine; worker_main.c is its edge.
 *
 *   DOWN     not connected to classification's door
 *   ASKING   a request for work is under way; it is answered when there is any
 *   FETCHING cases came whose ruleset isn't here: they are held, and it was asked for. A loss of
 *            the connection changes nothing but that it is asked for again
 *   RESTING  told to ask again later
 *   LEAVING  told to stop: the request is being withdrawn, so that no case is leased to one who
 *            left
 *   LEFT     done
 *
 * Owns: nothing but the verdicts of its last lease, which it sends again after a reconnect unless
 * they were answered: what was on the way when the connection broke is lost.
 * Units: _ms is boot time, given by the caller.
 * Limits: WORKER_CASES_MAX cases in a lease.
 */
#ifndef NETRA_WORKER_WORKER_H
#define NETRA_WORKER_WORKER_H

#include "common/wire/header.h"
#include "services/classification/classification.h"

#include <stdbool.h>
#include <stdint.h>

/* The contract's bound on cases_max: a lease's results fit a frame, whatever was found. */
#define WORKER_CASES_MAX 48u
#define WORKER_START_SIZE 8u

/* A request that was not answered for so long is sent again: a lost one would be waited for in
 * vain. */
#define WORKER_ASK_AGAIN_MS 30000

/* How long it waits for the withdrawal's answer before it goes anyway. */
#define WORKER_LEAVE_MS 2000

/* A part of a ruleset that was not answered for so long is asked for again. */
#define WORKER_FETCH_AGAIN_MS 2000

/* The shortest rest, when classification names none. */
#define WORKER_REST_MS_MIN 100

enum worker_state {
    WORKER_STATE_DOWN,
    WORKER_STATE_ASKING,
    WORKER_STATE_FETCHING,
    WORKER_STATE_RESTING,
    WORKER_STATE_LEAVING,
    WORKER_STATE_LEFT,
    WORKER_STATE_COUNT
};

enum worker_event {
    WORKER_EVENT_UP,           /* connected */
    WORKER_EVENT_LOST,         /* the connection broke: nothing under way will be answered */
    WORKER_EVENT_LEASED,       /* cases came, and their ruleset is here */
    WORKER_EVENT_LEASED_AHEAD, /* cases came, and their ruleset isn't here */
    WORKER_EVENT_PART,         /* a part of the ruleset came, and more are to come */
    WORKER_EVENT_LOADED,       /* the ruleset of the held cases is here */
    WORKER_EVENT_UNLOADABLE,   /* it can't be got: the held cases are given up */
    WORKER_EVENT_LATER,        /* no work: ask again after the rest that was named */
    WORKER_EVENT_WITHDRAWN,    /* the withdrawal was answered */
    WORKER_EVENT_STOP,         /* told to stop */
    WORKER_EVENT_DUE,          /* the time it waited for has come */
    WORKER_EVENT_COUNT
};

enum worker_effect {
    WORKER_EFFECT_NONE,
    WORKER_EFFECT_ASK,              /* send a request for work */
    WORKER_EFFECT_ANSWER_AND_ASK,   /* send the unanswered results again, and a request */
    WORKER_EFFECT_DECIDE,           /* decide the cases, send the results */
    WORKER_EFFECT_DECIDE_AND_ASK,   /* the same, with a request in their frame */
    WORKER_EFFECT_HOLD_AND_FETCH,   /* keep the cases, ask for the first part of their ruleset */
    WORKER_EFFECT_FETCH,            /* ask for the ruleset's next part */
    WORKER_EFFECT_ANSWER_AND_FETCH, /* send the unanswered results again, then ask for the part */
    WORKER_EFFECT_WITHDRAW          /* send the withdrawal */
};

/* A cell of the table. Every pair of state and event is possible, so there is no NEVER: what has
 * no cell is ignored. */
struct worker_cell {
    bool is_ignored;
    enum worker_state next;
    enum worker_effect effect;
};

struct worker_cell worker_table_step(enum worker_state state, enum worker_event event);

/* "DOWN" … and "UP" …, for tests and documents. Static text. */
const char *worker_state_name(enum worker_state state);
const char *worker_event_name(enum worker_event event);

/* A case's verdict. */
struct worker_result {
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
    struct verdict verdict;
};

/* What was found in a lease's cases: sent together, and answered together. */
struct worker_results {
    uint64_t lease_id;
    struct ruleset_pin pin; /* what they were made with */
    uint64_t request_id;    /* of their last sending; 0: not sent yet */
    unsigned count;         /* 0: none, or answered */
    struct worker_result rows[WORKER_CASES_MAX];
};

struct worker {
    enum worker_state state;
    int64_t due_ms; /* when DUE comes; INT64_MAX: never */
    uint8_t start[WORKER_START_SIZE];
    uint64_t request_count;
    struct worker_results results; /* of the last lease */
};

/* Prepares a worker that is all zero. */
void worker_begin(struct worker *worker, const uint8_t start[WORKER_START_SIZE]);

/* Feeds an event; `rest_ms` is for LATER. Yields what the edge must do. */
enum worker_effect worker_step(struct worker *worker, enum worker_event event, int64_t rest_ms,
                               int64_t now_ms);

/* What a request asked for, readable from its id, so that late answers are known too. */
enum worker_request {
    WORKER_REQUEST_WORK,
    WORKER_REQUEST_RESULT,
    WORKER_REQUEST_WITHDRAWAL,
    WORKER_REQUEST_RULESET
};

/* A new request's id. Never 0. */
uint64_t worker_draw_request(struct worker *worker, enum worker_request request);
enum worker_request worker_request_of(uint64_t request_id);

/* Forgets the results before: a new lease begins, decided with that pin. */
void worker_lease_begin(struct worker *worker, uint64_t lease_id, const struct ruleset_pin *pin);

/* Room for the next case's result of the lease; NULL: a lease can't have so many. */
struct worker_result *worker_result_add(struct worker *worker);

/* The results that were sent with that id are answered; those of others are none of ours. */
void worker_results_answered(struct worker *worker, uint64_t request_id);

#endif
