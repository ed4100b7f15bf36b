/*
 * What a run is made of: its shape, and which fault meets whom when. All of it comes from the
 * seed; the world performs it and says what really happened.
 *
 * Why a plan before the run: a failing seed can be read before it is run (`run --plan SEED`), and
 * a class of fault that no seed plans, or that never happens though it was planned, is seen in the
 * counts.
 * Modes: some seeds are calm, some have one class of faults alone, some one kind of them, some
 * everything. What only shows when two faults meet needs the last; to find what a failure comes
 * from, the others are shorter to read.
 * Units: milliseconds of the world's time. Faults begin and end before `quiet_ms`; from there on
 * nothing more goes wrong, and everything must have got through by `settled_ms_max`.
 * Pure: takes a seed, yields values.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_PLAN_H
#define NETRA_TESTS_SIMULATION_SIM_PLAN_H

#include "common/base/fault_point.h"
#include "tests/simulation/sim_disk.h"
#include "tests/simulation/sim_world.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SIM_FAULTS_MAX 96u
#define SIM_PLANNED_MAX 48u /* submissions and corrections; room is left for what clients add */

/* Every process of a kind, where a fault names a process. */
#define SIM_EVERYBODY SIM_PROCESS_COUNT

/* Which kind of faults a class belongs to: a mode may have one kind alone. */
enum sim_fault_kind {
    SIM_KIND_NETWORK,
    SIM_KIND_PROCESS,
    SIM_KIND_DISK,
    SIM_KIND_WORKER,
    SIM_KIND_PEOPLE,
    SIM_FAULT_KIND_COUNT
};

/*
 * The classes: X(name, kind, what happens, by which fields of struct sim_planned_fault). Each
 * has a counter of how often it had an effect: a frame that was lost, a cut that took a write; not
 * how often it was planned.
 */
#define SIM_FAULT_LIST(X)                                                                        \
    X(LOSS, NETWORK, "frames from `process` to `to` are lost, `per_mille` of them")              \
    X(DUPLICATION, NETWORK, "frames from `process` to `to` come twice, `per_mille` of them")     \
    X(REORDERING, NETWORK, "frames from `process` to `to` overtake each other, `per_mille`")     \
    X(DELAY, NETWORK, "frames from `process` to `to` take up to `length_ms` more")               \
    X(PARTITION, NETWORK, "nothing gets from `process` to `to`; the other way everything does")  \
    X(CONNECTION_LOST, NETWORK, "the connection breaks, what is buffered on both sides is lost") \
    X(CRASH_AT_STEP, PROCESS, "`process` dies at its `nth` step; `length_ms` later it starts")   \
    X(CRASH_AT_POINT, PROCESS, "`process` dies when it passes `point` for the `nth` time")       \
    X(CLOCK_JUMP, PROCESS, "the wall clock of `process` jumps by `length_ms`, back or forth")    \
    X(SUSPENSION, PROCESS, "`process` stands still until `until_ms`, its boot clock runs on")    \
    X(MIXED_CONTRACT, PROCESS, "`process` speaks a newer contract until `until_ms`")             \
    X(POWER_CUT, DISK,                                                                           \
      "as CRASH_AT_STEP, and what is not synced is lost or torn; odd `nth`: at a sync")          \
    X(KILL_THEN_POWER_CUT, DISK,                                                                 \
      "`process` dies as by POWER_CUT, but keeps all; `times` steps after its start, POWER_CUT") \
    X(SYNC_FAILS, DISK, "the `nth` sync of `process` fails as `failure` says")                   \
    X(DISK_FULL, DISK, "the disk of `process` takes nothing more until `until_ms`")              \
    X(READ_FAILS, DISK, "the `nth` read of `process` fails as `failure` says, `times` times")    \
    X(WRITE_FAILS, DISK, "the `nth` write of `process` fails as `failure` says, `times` times")  \
    X(STORE_RESTORED, DISK, "`process` dies and its store is as it was `length_ms` ago")         \
    X(SLOW_WORKER, WORKER, "worker `process` takes `length_ms` more for each answer, a while")   \
    X(STOPPED_WORKER, WORKER, "worker `process` lets answers lie until `until_ms`")              \
    X(WORKER_JOINS, WORKER, "worker `process`, unknown until now, starts")                       \
    X(WORKER_LEAVES, WORKER, "worker `process` is told to stop, and is gone")                    \
    X(POISON, WORKER,                                                                            \
      "who applies submission `nth` at `process`, or works on it, dies; until `until_ms`")       \
    X(DRAIN, PEOPLE, "the operator drains `process`; it starts again after `length_ms`")         \
    X(RECOVERY, PEOPLE, "the operator recovers `process`, which was well")                       \
    X(REDRIVE, PEOPLE, "the operator has the dead letters of `process` tried again")             \
    X(REVOCATION, PEOPLE, "the operator revokes the key of `process`, a node or a worker")

enum sim_fault_class {
#define X(name, kind, what) SIM_FAULT_##name,
    SIM_FAULT_LIST(X)
#undef X
        SIM_FAULT_CLASS_COUNT
};

enum sim_mode {
    SIM_MODE_CALM,       /* no fault at all */
    SIM_MODE_ONE_CLASS,  /* `only_class` */
    SIM_MODE_ONE_KIND,   /* classes of `only_kind` */
    SIM_MODE_EVERYTHING, /* any classes together */
    SIM_MODE_COUNT
};

/* One fault. Fields that its class doesn't name are zero. */
struct sim_planned_fault {
    enum sim_fault_class what;
    int64_t at_ms;
    int64_t until_ms; /* of what lasts; else at_ms */
    unsigned process; /* whom it meets; of a link: who sends. May be SIM_EVERYBODY on links */
    unsigned to;      /* of a link: who would receive. May be SIM_EVERYBODY */
    unsigned per_mille;
    uint64_t nth;      /* counted from at_ms on; 1: the very next */
    uint64_t times;    /* how often in a row */
    int64_t length_ms; /* a delay, a jump (may be below 0), an age, a pause before a start */
    enum fault_point point;
    enum sim_disk_failure failure;
};

/* A submission that a node makes by itself; what clients do after that (send again, ask again) is
 * the clients' own. */
struct sim_planned_submission {
    int64_t at_ms;
    unsigned node;      /* from 0 */
    bool is_correction; /* of submissions[corrects], once that is receipted */
    unsigned corrects;
    bool is_said_again;     /* later once more, the same: the same receipt must come */
    bool is_said_otherwise; /* later once more, with other content: must be refused */
};

struct sim_plan {
    uint64_t seed;
    enum sim_mode mode;
    enum sim_fault_class only_class; /* with SIM_MODE_ONE_CLASS */
    enum sim_fault_kind only_kind;   /* with SIM_MODE_ONE_KIND */
    unsigned nodes;                  /* 1 to SIM_NODES_MAX */
    unsigned workers;                /* there at the start; 0: classification decides itself */
    unsigned reviews;                /* how many decisions the reviewer looks at */
    unsigned links;                  /* how many pairs of cases an officer links */
    uint64_t retained_events_min;    /* of every service: what is kept beyond all acks */
    struct sim_planned_submission submissions[SIM_PLANNED_MAX];
    unsigned submission_count;
    struct sim_planned_fault faults[SIM_FAULTS_MAX]; /* by at_ms */
    unsigned fault_count;
    int64_t quiet_ms;       /* the last fault is over */
    int64_t settled_ms_max; /* everything must have got through */
};

/* The plan of a seed. */
void sim_plan_make(uint64_t seed, struct sim_plan *ret_plan);

/* The plan for people, a line each. */
void sim_plan_print(const struct sim_plan *plan, FILE *to);

/* At which sync from its `nth` step on the power is cut, when the most is not synced; 0: at the
 * step itself. */
unsigned sim_cut_at_sync(uint64_t nth);

/* "power_cut"; "one_class". Static text. */
const char *sim_fault_name(enum sim_fault_class what);
const char *sim_mode_name(enum sim_mode mode);

/* ---- what really happened ---- */

/* What power cuts did to what was not synced: X(name, label, what). */
#define SIM_CUT_EFFECT_LIST(X)                                                              \
    X(WRITES_LOST, "writes_lost", "none of a write, or a truncation, survived")             \
    X(WRITES_TORN, "writes_torn", "some sectors of a write survived")                       \
    X(WRITES_REORDERED, "writes_reordered", "a write survived, and an earlier one did not") \
    X(NAMES_LOST, "names_lost", "files made, removed or renamed, and were not")

enum sim_cut_effect {
#define X(name, label, what) SIM_CUT_##name,
    SIM_CUT_EFFECT_LIST(X)
#undef X
        SIM_CUT_EFFECT_COUNT
};

/* Over all runs of this process so far. */
struct sim_counts {
    uint64_t planned[SIM_FAULT_CLASS_COUNT];
    uint64_t happened[SIM_FAULT_CLASS_COUNT];
    uint64_t cut[SIM_CUT_EFFECT_COUNT];
    uint64_t runs[SIM_MODE_COUNT];
};

/* One more happening of the class. The world calls it at the moment itself. */
void sim_happened(enum sim_fault_class what);

/* What a power cut did: the disk's counts before it and after. True: it took anything. */
bool sim_cut_happened(const struct sim_disk_counts *before, const struct sim_disk_counts *after);

/* Counts what a plan plans and its mode. */
void sim_counts_planned(const struct sim_plan *plan);

const struct sim_counts *sim_counted(void);

/* The counts as tables. False, and a line that names it, for each that never happened. */
bool sim_counts_print(const struct sim_counts *counts, FILE *to);

/* The counts as one line of numbers, and that line's sum into others: a long run is several
 * processes. False when the line is none. */
void sim_counts_write(const struct sim_counts *counts, FILE *to);
bool sim_counts_read(const char *line, struct sim_counts *sum);

#endif
