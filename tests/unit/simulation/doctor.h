/*
 * Makes copies of a good run's stores look as a bug would have left them.
 *
 * Why: the checker must be seen to fail. A doctored log is whole in every other respect (numbers,
 * hashes, tree, tiles, runs, checkpoint), so that only the rule for that bug can notice.
 * Owns: databases in memory: the good stores, made once by doctor_open, and the copies of one
 * patient at a time.
 */
#ifndef NETRA_TESTS_UNIT_SIMULATION_DOCTOR_H
#define NETRA_TESTS_UNIT_SIMULATION_DOCTOR_H

#include "tests/simulation/sim_check.h"

#include <sqlite3.h>

/* What a patient is: copies that may be changed, attached as intake, classification, notification
 * and audit_log, and what was told outside. */
struct patient {
    sqlite3 *database;
    char paths[SIM_SERVICE_COUNT][64];
    struct sim_ledger ledger;
    struct sim_witness witness;
    struct sim_check_input input; /* of this patient */
};

/* Keeps copies of what a world's check is applied to: for sim_check_listen. */
void doctor_keep(void *self, const struct sim_check_input *input);
bool doctor_has_kept(void);
void doctor_forget(void);

/* A whole copy. `number` keeps the copies of patients apart. */
void patient_open(struct patient *patient, unsigned number);
void patient_close(struct patient *patient);

/* Runs SQL on the copies. It may call the checker's functions, and name the table `log` (place,
 * leaf, payload): the log's leaves at places that may be changed, doubled or removed. */
void patient_change(struct patient *patient, const char *sql);

/* Writes `log` as the log, with everything that depends on it, its published checkpoint too. */
void patient_write_log(struct patient *patient);

/* Forgets a table's constraints: a bug may be that one was missing. */
void patient_loosen(struct patient *patient, const char *schema, const char *table);

#endif
