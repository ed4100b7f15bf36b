/*
 * The bugs that the simulation's checker must find, and how each would leave the stores.
 */
#ifndef NETRA_TESTS_UNIT_SIMULATION_CHECK_BUGS_H
#define NETRA_TESTS_UNIT_SIMULATION_CHECK_BUGS_H

#include "tests/unit/simulation/doctor.h"

#include <stdbool.h>

/* A bug, and the rule that must find it. */
struct bug_case {
    const char *name;
    const char *sql;                         /* patient_change's; may be NULL */
    void (*change)(struct patient *patient); /* what SQL doesn't reach; may be NULL */
    bool is_of_log;                          /* the SQL changed `log` */
    const char *loosened; /* a table whose constraints are forgotten first, "schema table" */
    const char *want_rule;
};

/* SQL for an event's place in the log. */
#define OF_TYPE(type) "be(substr(leaf, 39, 2)) = " type
#define NEWEST(type) "(SELECT max(place) FROM log WHERE " OF_TYPE(type) ")"
#define WITH(at, size, bytes) \
    "CAST(substr(leaf, 1, " at ") || " bytes " || substr(leaf, " at " + " size " + 1) AS BLOB)"

/* Streams that the good run doesn't have. */
#define EARLIER "x'00000000000000000000000000000001'"
#define ADOPTED "x'00000000000000000000000000000002'"
#define OWN "x'00000000000000000000000000000003'"

#define BUG_CASES 47
#define LOG_BUG_CASES 39
#define WELL_CASES 5

/* A change: intake's store was put back, maybe to before any of the receipts. */
void intake_was_put_back(struct patient *patient);

/* Of cases, notices, dead letters and recoveries. */
extern struct bug_case bug_cases[BUG_CASES];

/* Of streams, positions, the log and the stores themselves. */
extern struct bug_case log_bug_cases[LOG_BUG_CASES];

/* What looks like a bug and is none: the rule has nothing to say. */
extern struct bug_case well_cases[WELL_CASES];

#endif
