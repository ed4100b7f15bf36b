/*
 * The installation that every run simulates: keys, configuration and tables, made once per process
 * of the simulation and the same each time.
 *
 * Owns: a folder under $TMPDIR, removed by sim_home_release; the loaded configurations; the keys.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_HOME_H
#define NETRA_TESTS_SIMULATION_SIM_HOME_H

#include "common/service/config.h"
#include "common/service/key_file.h"
#include "common/service/service.h"
#include "tests/simulation/sim_world.h"

#define SIM_ORIGIN "log.simulation.invalid/netra"

/* Makes everything; `tables` is the folder of the small tables. False: it couldn't, and stderr
 * says why. */
bool sim_home_prepare(const char *tables);
void sim_home_release(void);

/* What libsodium draws by itself comes from this seed from now on. */
void sim_home_reseed(uint64_t seed);

const struct service_spec *sim_home_spec(enum sim_service service);
struct config *sim_home_config(enum sim_service service);
const struct key_pair *sim_home_key(unsigned process);

/* The folder that is all of a service's disk, ending in a slash. */
const char *sim_home_disk(enum sim_service service);
const char *sim_home_store(enum sim_service service);
const char *sim_home_keys(void);
/* Where everything lies; its file `reason` is a reviewer's. */
const char *sim_home_folder(void);

#endif
