/*
 * The world of one simulated run: time, processes, and what happens when. Everything in it comes
 * from one seed; a run of the same seed is the same run, byte for byte.
 *
 * The shape: an event queue ordered by (time, order of making). Each process is a machine of its
 * own with a disk and a clock: the four services (the real cores and stores, sim_service.c), up to
 * SIM_WORKERS_MAX workers (the real loop, sim_worker.c), nodes (sim_node.c), a reviewer and an
 * operator (sim_people.c). They speak over sim_network.c. The plan (sim_plan.h) says which
 * faults happen when; sim_faults.c performs them.
 *
 * A step is one call by which a process touches the outside: a call of its disk, a frame it hands
 * to the network, a fault point it passes. At a chosen step a process is halted: from then on no
 * call of its disk has any effect (all fail), nothing it sends leaves, and nothing arrives. Its
 * code runs on in memory until it returns to the world, which closes it, without effect, and may
 * start it anew from its disk. So "kill -9 at any instruction" needs neither a process nor a
 * longjmp: what nobody outside can see did not happen.
 *
 * Units: milliseconds of the world's own time, from 0 at a run's start.
 * Owns: everything of a run, from sim_world_open to sim_world_close.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_WORLD_H
#define NETRA_TESTS_SIMULATION_SIM_WORLD_H

#include "tests/simulation/sim_ledger.h"
#include "tests/simulation/sim_random.h"

#include <stdbool.h>
#include <stdint.h>

#define SIM_WORKERS_MAX 5u
#define SIM_NODES_MAX 3u

/* The four services, in the order of the stream; each has a disk of the same number. */
enum sim_service {
    SIM_INTAKE,
    SIM_CLASSIFICATION,
    SIM_NOTIFICATION,
    SIM_AUDIT_LOG,
    SIM_SERVICE_COUNT
};

/* Every process's number: the services first, then these. */
#define SIM_WORKER_FIRST ((unsigned)SIM_SERVICE_COUNT)
#define SIM_NODE_FIRST (SIM_WORKER_FIRST + SIM_WORKERS_MAX)
#define SIM_REVIEWER (SIM_NODE_FIRST + SIM_NODES_MAX)
#define SIM_OPERATOR (SIM_REVIEWER + 1u)
#define SIM_PROCESS_COUNT (SIM_OPERATOR + 1u)

/* "intake", "worker-2", "node-1", "reviewer", … Static text. */
const char *sim_process_name(unsigned process);

struct sim_world;

/* ---- steps: what the disk asks ---- */

/*
 * Counts one step of the process that is running now, and says whether it is still alive. False:
 * it is halted, by this very step or before; the call must fail and must change nothing. The step
 * that halts has no effect either. Outside any process (the checker, the world itself) always
 * true. `what` is for the trace, e.g. "write intake.db-wal 4096"; static or borrowed for the call.
 */
bool sim_step(const char *what);

/* The process that runs now; SIM_PROCESS_COUNT when none does. */
unsigned sim_running(void);

/* World time, for the trace and for faults of a certain length. */
int64_t sim_now_ms(void);

/* A line of the trace: "  12345 intake        text". Costs nothing without --trace but its hash,
 * which every run has. `process` may be SIM_PROCESS_COUNT: the world itself. */
__attribute__((format(printf, 2, 3))) void sim_trace(unsigned process, const char *format, ...);

/* ---- a failure ---- */

/*
 * A promise was broken: one sentence, without a full stop. Only the first of a run counts; the run
 * ends at the next event. The seed is printed by the runner.
 */
__attribute__((format(printf, 2, 3))) void sim_fail(struct sim_world *world, const char *format,
                                                    ...);

/* ---- a run ---- */

/* What a run came to. */
struct sim_outcome {
    uint64_t seed;
    bool is_failed;
    char broken[512];    /* the broken promise; with is_failed */
    uint64_t trace_hash; /* of every line, traced or not */
    uint64_t steps;      /* of all processes together */
    unsigned receipted;  /* submissions that got a receipt */
    int64_t settled_ms;  /* when everything had got through */
};

/* Once per process: keys, tables, configuration in a new folder under $TMPDIR. `tables` is the
 * folder of the simulation's own tables. False: stderr says why. */
bool sim_world_prepare(const char *tables);
void sim_world_release(void);

/* Runs one seed from its beginning to the checker's end. */
void sim_world_run(uint64_t seed, bool is_traced, struct sim_outcome *ret_outcome);

/* ---- what the checker reads when the run is over (every service is closed then) ---- */

const struct sim_ledger *sim_world_ledger(const struct sim_world *world);
struct sim_witness;
const struct sim_witness *sim_world_witness(const struct sim_world *world);
struct sim_plan;
const struct sim_plan *sim_world_plan(const struct sim_world *world);

/* The path under which the store of that service is found through the simulation's VFS (the
 * default one while a world is open). */
const char *sim_store_path(const struct sim_world *world, enum sim_service service);

/* Folder of the installation's key files: NAME.key of each process, kek.key, index.key. */
const char *sim_world_keys_folder(const struct sim_world *world);

#endif
