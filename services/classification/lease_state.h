/*
 * One case's way through the workers, as a table: what each event does to it. Pure; lease_pool.h
 * feeds it.
 *
 *   WAITING       at hand, with nobody
 *   LEASED        with a worker, among others
 *   SUSPECT       a lease of it ended unanswered: it may have killed its worker. It is tried
 *                 alone, its death counted durably before (protocol.md 21)
 *   LEASED_ALONE  with a worker, alone, counted
 *   DECIDED       its verdict is at hand; another ruleset makes it void, and the pool forgets it
 *   CONDEMNED     it died alone too often: dead-lettered at its turn
 */
#ifndef NETRA_CLASSIFICATION_LEASE_STATE_H
#define NETRA_CLASSIFICATION_LEASE_STATE_H

enum lease_state {
    LEASE_STATE_WAITING,
    LEASE_STATE_LEASED,
    LEASE_STATE_SUSPECT,
    LEASE_STATE_LEASED_ALONE,
    LEASE_STATE_DECIDED,
    LEASE_STATE_CONDEMNED,
    LEASE_STATE_COUNT
};

enum lease_event {
    LEASE_EVENT_LEASED,       /* goes to a worker, maybe with others */
    LEASE_EVENT_LEASED_ALONE, /* was counted and goes to a worker alone */
    LEASE_EVENT_ENDED,        /* its lease ended unanswered */
    LEASE_EVENT_RESULT,       /* a verdict with the pinned ruleset and engine came */
    LEASE_EVENT_DECIDED_HERE, /* was counted and decided in this process: no worker is left */
    LEASE_EVENT_CONDEMNED,    /* was counted once too often */
    LEASE_EVENT_REPINNED,     /* another ruleset is pinned: what is under way won't count */
    LEASE_EVENT_COUNT
};

enum lease_move {
    LEASE_MOVE_NEVER, /* our own bug */
    LEASE_MOVE_IGNORE,
    LEASE_MOVE_GO
};

enum lease_effect {
    LEASE_EFFECT_NONE,
    LEASE_EFFECT_RECORD, /* keep the verdict, wipe the facts */
    LEASE_EFFECT_WIPE    /* wipe the facts */
};

struct lease_cell {
    enum lease_move move;
    enum lease_state next;    /* with GO */
    enum lease_effect effect; /* with GO */
};

/* The cell of the table. Both must be below their counts. */
struct lease_cell lease_state_step(enum lease_state state, enum lease_event event);

/* "WAITING" … and "LEASED" …, for tests and documents. Static text. */
const char *lease_state_name(enum lease_state state);
const char *lease_event_name(enum lease_event event);

/* Whether a worker has it now. */
#define LEASE_STATE_IS_HELD(state) \
    ((state) == LEASE_STATE_LEASED || (state) == LEASE_STATE_LEASED_ALONE)

#endif
