/*
 * What a plan may draw of each class of fault: whom it meets, and within which bounds.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_PLAN_CLASSES_H
#define NETRA_TESTS_SIMULATION_SIM_PLAN_CLASSES_H

#include "tests/simulation/sim_plan.h"

#include <stdbool.h>
#include <stdint.h>

/* Whom a fault meets. */
enum sim_whom {
    SIM_WHOM_LINK,    /* a pair of processes, one way */
    SIM_WHOM_SERVICE, /* one of the four */
    SIM_WHOM_APPLIER, /* a service that applies what says something of a case */
    SIM_WHOM_POINT,   /* whoever passes the point */
    SIM_WHOM_WORKER,
    SIM_WHOM_NEW_WORKER, /* one that isn't there at the start */
    SIM_WHOM_CLIENT      /* a node or a worker */
};

/* Both included. */
struct sim_bounds {
    int64_t least;
    int64_t most;
};

/* A class; bounds of what it doesn't name are zero. */
struct sim_class {
    const char *name;
    enum sim_fault_kind kind;
    enum sim_whom whom;
    unsigned count_max;       /* in one run */
    struct sim_bounds lasts;  /* until_ms - at_ms */
    struct sim_bounds length; /* length_ms */
    struct sim_bounds nth;
    struct sim_bounds times;
    struct sim_bounds per_mille;
};

const struct sim_class *sim_class(enum sim_fault_class what);

/* Whether any process of the simulation passes the point (the command doesn't run in it). */
bool sim_point_is_passed(enum fault_point point);

/* Which process passes it: a service's number; SIM_EVERYBODY: each of the four services;
 * SIM_WORKER_FIRST: each worker. */
unsigned sim_point_passer(enum fault_point point);

#endif
