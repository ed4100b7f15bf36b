/*
 * One life of an installation in one process: the four services on simulated disks, a worker, and
 * people; begun, stopped and begun again.
 *
 * Why: the same life is lived once for every fault, and must come to the same content each time.
 * Owns: everything from faults_life_begin to faults_life_end.
 * Units: milliseconds of the life's own time.
 */
#ifndef NETRA_TESTS_FAULTS_FAULTS_LIFE_H
#define NETRA_TESTS_FAULTS_FAULTS_LIFE_H

#include "common/service/service_state.h"
#include "tests/faults/faults_memory.h"
#include "tests/faults/faults_net.h"
#include "tests/faults/faults_requests.h"
#include "tests/simulation/sim_disk.h"
#include "tests/simulation/sim_random.h"

/* The parts of the life, one after the other. */
enum faults_part {
    FAULTS_PART_START,
    FAULTS_PART_CASES,
    FAULTS_PART_ACTS,
    FAULTS_PART_STOP, /* and start again */
    FAULTS_PART_AGAIN,
    FAULTS_PART_COUNT
};

/* "start" … Static text. */
const char *faults_part_name(enum faults_part part);

/* What the fault did. */
struct faults_seen {
    bool is_fired;
    bool is_disk;      /* it is a disk's call */
    bool is_at_start;  /* it fired while its service opened, or closed */
    char path[100];    /* of a disk's call */
    enum status round; /* how its service ended afterwards; OK: it went on */
    enum status start; /* how its service refused to start; OK: it did not */
};

/* A disk's call that fails. */
struct faults_disk_fault {
    uint64_t in; /* calls until then; 0: none */
    enum sim_disk_call call;
    enum sim_disk_failure failure;
    bool cuts_power; /* the power goes right after the round in which it failed */
};

struct faults_life {
    struct faults_net net;
    struct faults_requests requests;
    struct sim_disks *disks;
    struct sim_disk *disk[SIM_SERVICE_COUNT];
    struct service *services[SIM_SERVICE_COUNT]; /* NULL: it is down */
    bool is_wanted[SIM_SERVICE_COUNT];
    unsigned starts[SIM_SERVICE_COUNT];
    struct worker_loop *worker;
    struct sim_random random;
    int64_t now_ms;
    int64_t start_ms[SIM_SERVICE_COUNT]; /* when it is started again */
    unsigned faulty; /* the service that meets the fault; SIM_SERVICE_COUNT: none */
    struct faults_disk_fault disk_fault;
    struct faults_seen seen;
    char broken[300]; /* the first promise that was broken; "": none */
};

void faults_life_begin(struct faults_life *life);
void faults_life_end(struct faults_life *life);

/* Lives one part until nothing is left to do; what never settles is a broken promise. */
void faults_life_live(struct faults_life *life, enum faults_part part);

/* Stops every service in order. */
void faults_life_stop(struct faults_life *life);

__attribute__((format(printf, 2, 3))) void faults_life_break(struct faults_life *life,
                                                             const char *format, ...);

#endif
