/*
 * The world's own state, shared by its files and by nobody else: what happens when, and the
 * processes.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_WORLD_STATE_H
#define NETRA_TESTS_SIMULATION_SIM_WORLD_STATE_H

#include "common/base/clock.h"
#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "tests/simulation/sim_check.h"
#include "tests/simulation/sim_disk.h"
#include "tests/simulation/sim_network.h"
#include "tests/simulation/sim_plan.h"
#include "tests/simulation/sim_world.h"

/* A frame as a process of a newer contract would send it (sim_contract.c): in malloc'd memory, or
 * NULL where it says nothing of contracts. */
uint8_t *sim_contract_newer(struct view frame, bool is_alone, size_t *ret_size);

/* ---- events ---- */

struct sim_event;
typedef void (*sim_happening)(struct sim_world *world, struct sim_event *event);

struct sim_event {
    int64_t at_ms;
    uint64_t order; /* of making: of two at the same time the older is first */
    sim_happening happen;
    unsigned process;
    uint64_t number;
    void *owned; /* freed after it happened; may be NULL */
};

struct sim_queue {
    struct sim_event *events; /* a heap */
    size_t count;
    size_t room;
    uint64_t made;
};

/* Takes what happens next; there must be something. */
struct sim_event sim_queue_take_first(struct sim_queue *queue);

/* Has something happen at that time, `owned` being given away. */
void sim_schedule(struct sim_world *world, int64_t at_ms, sim_happening happen, unsigned process,
                  uint64_t number, void *owned);

/* ---- processes ---- */

struct sim_process;

/* What a process is made of. */
struct sim_kind {
    /* Starts it. False: it can't start, and its supervisor tries again. */
    bool (*open)(struct sim_process *process);
    /* One round; *ret_wait_ms: how long nothing needs to be done. False: it ends by itself. */
    bool (*round)(struct sim_process *process, int64_t *ret_wait_ms);
    /* Frees everything; of a live process the orderly end. */
    void (*close)(struct sim_process *process);
};

/* A case that was counted to be decided alone (protocol.md 21). */
struct sim_lone_lease {
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
};

#define SIM_LONE_LEASES_MAX 256u

struct sim_process {
    struct sim_world *world;
    unsigned number;
    const struct sim_kind *kind;
    void *body;            /* the kind's own; NULL when it isn't running */
    struct sim_disk *disk; /* NULL: it keeps nothing */
    enum sim_fault_class armed[SIM_DISK_CALL_COUNT]; /* what waits for a call of its disk … */
    bool is_armed[SIM_DISK_CALL_COUNT];              /* … if anything does */
    uint64_t capacity;       /* of a disk that is to be full; 0: it isn't */
    bool sees_capacity;      /* the service is told of it too */
    uint64_t full_before;    /* calls that met a full disk, when its capacity was set */
    struct sim_image *image; /* its store as it was, to be put back; NULL: none */
    struct sim_random random;
    struct sim_endpoint endpoint;

    bool is_wanted; /* its supervisor keeps it running */
    bool is_up;
    bool is_halted;
    unsigned streams;       /* of a service's log, as last seen */
    bool is_half_recovered; /* its operator was told to run the same again */
    bool is_revoked;        /* its key */
    int64_t revoked_ms;
    unsigned life; /* counts starts */
    uint64_t steps;
    uint64_t halt_at_step;           /* 0: none */
    enum sim_fault_class step_fault; /* what waits for that step */
    unsigned halt_at_sync;    /* it dies at so manieth sync from that step on; 0: at the step */
    uint64_t cut_after_start; /* how many steps after its next start its power is cut; 0: not */
    bool is_power_cut;        /* it is halted because its power was cut */
    int64_t newer_until_ms;   /* it speaks a newer contract */
    bool is_newer_alone;      /* which its peers do not */
    int64_t down_ms;          /* how long it stays down after the halt */
    enum fault_point halt_point;
    uint64_t halt_pass; /* at which pass of halt_point it dies; 0: none */

    enum fault_point passed; /* last in this round; FAULT_COUNT: none */
    bool is_counting;        /* a death: that commit has begun, and has not ended well */
    struct sim_lone_lease lone[SIM_LONE_LEASES_MAX]; /* in this life */
    unsigned lone_count;
    bool is_alone_noted; /* by the witness, at this life's end: what comes after counts nothing */

    bool is_round_due;
    uint64_t round; /* of the newest one that was scheduled: older ones are void */
    int64_t round_ms;
    int64_t booted_ms; /* world time at which its machine began */
    int64_t utc_jump_s;
    int64_t stands_until_ms; /* it does nothing before */
    enum sim_fault_class stands_by;
    bool is_standing_counted;
    int64_t slow_ms; /* every round is later by this */
    int64_t slow_until_ms;
    bool is_slowness_counted;
};

/* An entry that kills whoever applies it. Which one shows when the so-manieth passes. */
struct sim_poisoning {
    int64_t until_ms; /* 0: none is planned */
    uint64_t left;    /* entries of its kind that pass before it */
    bool is_chosen;
    struct event_header entry;
    uint8_t facts_stream[STREAM_ID_SIZE]; /* of the facts that it brings, or was made of */
    uint64_t facts_seq;
    unsigned deaths;
};

struct sim_world {
    uint64_t seed;
    int64_t now_ms;
    bool is_traced;
    bool is_failed;
    bool is_over; /* everything got through */
    unsigned running;
    uint64_t trace_hash;
    uint64_t steps;
    struct sim_queue queue;
    struct sim_random network_random;
    struct sim_random world_random;
    struct sim_random sqlite_random;
    struct sim_plan plan;
    struct sim_process processes[SIM_PROCESS_COUNT];
    struct sim_weather weather[SIM_PROCESS_COUNT][SIM_PROCESS_COUNT];
    struct sim_disks *disks;
    struct sim_ledger ledger;
    struct sim_witness witness;
    struct sim_outcome *outcome;
    bool is_person_busy;
    unsigned errands;                                   /* that are not done */
    struct sim_poisoning poisonings[SIM_SERVICE_COUNT]; /* of what each applies */
};

/* The world that is open; NULL: none. */
struct sim_world *sim_world_now(void);

/* Lets the world go on while the running process waits: until something arrives for it or the time
 * is over. False: the run is over. */
bool sim_world_pass(struct sim_process *process, int64_t timeout_ms);

/* Has the process do a round at that time, or before if one is scheduled before. */
void sim_process_wake(struct sim_process *process, int64_t at_ms);

/* Its machine's clocks and its own randomness. */
struct clock sim_process_clock(struct sim_process *process);
struct random_source sim_process_random(struct sim_process *process);
struct random_source sim_random_source(struct sim_random *random);

/* What its disk asks before each call. */
struct sim_disk_step sim_process_disk_step(struct sim_process *process);

/* Hears of the fault points that are passed and of what is logged, or no more. */
void sim_steps_listen(bool is_listening);

/* What it still held is gone; of a live process in order, of a dead one without effect. */
void sim_process_end(struct sim_process *process);

/* Kills it between two rounds, if it is up; it doesn't start again by itself. */
void sim_process_kill(struct sim_process *process);

/* Dies now: nothing it does from here on has an effect. */
void sim_process_halt(struct sim_process *process);

/* Starts it at that time, unless it runs by then. */
void sim_process_start_at(struct sim_process *process, int64_t at_ms);

extern const struct sim_kind sim_service_kind;
extern const struct sim_kind sim_worker_kind;
extern const struct sim_kind sim_node_kind;

/* Whether the service is ready, has no more to send, and has handed over what it could. */
bool sim_service_is_settled(const struct sim_process *process);
/* The header of the entry with that seq that the service applies now, or has leased: of facts at
 * classification, of a decision on facts at notification. NULL: it is another kind's, or two
 * producers have sent one with that seq, and it can't be said which is meant. */
const struct event_header *sim_service_entry(const struct sim_process *process, uint64_t seq);
/* The case of the dead letter that the service tries again; NULL: it tries none. */
const uint8_t *sim_service_retries(const struct sim_process *process);

/* Which service `netra doctor` advises to recover, else whose recovery is to be run again;
 * SIM_SERVICE_COUNT: none. */
unsigned sim_service_to_recover(const struct sim_world *world);

/* Why it isn't. Static text. */
const char *sim_service_hangs(const struct sim_process *process);
/* Tells a worker to give its lease back and leave. */
void sim_worker_stop(struct sim_process *process);
/* Stops it in order, at a run's end. */
void sim_service_stop(struct sim_process *process);

/* Gives the nodes what they are to submit; whether one has its answers. */
void sim_nodes_begin(const struct sim_plan *plan);
bool sim_node_is_done(const struct sim_process *process);

/* ---- people (sim_people.c) ---- */

/* What a person has to do. */
enum sim_errand_kind {
    SIM_ERRAND_DRAIN,
    SIM_ERRAND_RECOVER,
    SIM_ERRAND_REDRIVE,
    SIM_ERRAND_REVOKE,
    SIM_ERRAND_CONFIRM,
    SIM_ERRAND_OVERRIDE,
    SIM_ERRAND_LINK,
    SIM_ERRAND_WATCH /* does what `netra doctor` advises */
};

/* Has a person do it at that time, with the command's own code, and again until it is done or
 * makes no sense any more. `about`: a process, or the number of a draw among receipted cases. */
void sim_people_send(struct sim_world *world, int64_t at_ms, enum sim_errand_kind kind,
                     unsigned about);

/* The same transport, which notes in the ledger what is signed and answered (sim_acts.c). */
struct transport sim_acts_noted(struct sim_world *world, struct transport inner);

/* The reviewer's work, as planned. */
void sim_people_begin(struct sim_world *world);

/* ---- faults (sim_faults.c, sim_poison.c) ---- */

/* Has each fault of the plan happen at its time. */
void sim_faults_begin(struct sim_world *world);
/* Everything that lasts is over; what never came is disarmed. */
void sim_faults_end(struct sim_world *world);
/* What waits for a step, a point or a call of the disk doesn't happen any more. */
void sim_faults_disarm(struct sim_process *process);
void sim_faults_forget(struct sim_world *world);
/* Says in the witness's words which submissions were poisoned, and how often each killed. */
void sim_faults_tell(struct sim_world *world);
/* The running process passes that point. */
void sim_fault_point(struct sim_process *process, enum fault_point point, uint64_t key);

/* ---- deaths alone (sim_alone.c) ---- */

/* The service begins; a round of it does; it passes a point. */
void sim_alone_begun(struct sim_process *process);
void sim_alone_round(struct sim_process *process);
void sim_alone_passed(struct sim_process *process, enum fault_point point, uint64_t key);
/* It dies: the witness notes of which entries that is a death alone. */
void sim_alone_died(struct sim_process *process);
/* It has stopped in order: the witness notes which leases alone that ended. */
void sim_alone_stopped(struct sim_process *process);

/* ---- what went with a store (sim_undone.c) ---- */

/* Notes in the ledger what a service may have done in a store that was put back since. */
void sim_undone_tell(struct sim_world *world);

/* ---- liveness (sim_settled.c) ---- */

/* Fails the run with what did not get through. */
void sim_world_say_what_hangs(struct sim_world *world);

#endif
