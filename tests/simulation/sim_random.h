/*
 * The simulation's chance: everything that happens by chance in a run comes from one of these, and
 * each of them from the run's seed.
 *
 * Why several: what one part draws must not move what another part draws, or a trace line more
 * would change a run.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_RANDOM_H
#define NETRA_TESTS_SIMULATION_SIM_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A SplitMix64 generator. */
struct sim_random {
    uint64_t state;
};

/* A generator for one purpose of one seed: other purposes of the same seed draw otherwise. */
struct sim_random sim_random_of(uint64_t seed, uint64_t purpose);

uint64_t sim_random_draw(struct sim_random *random);

/* From 0 to below - 1; `below` is above 0. */
uint64_t sim_random_below(struct sim_random *random, uint64_t below);

/* From `least` to `most`, both included. */
int64_t sim_random_between(struct sim_random *random, int64_t least, int64_t most);

/* True `per_mille` times in a thousand. */
bool sim_random_chance(struct sim_random *random, unsigned per_mille);

void sim_random_fill(struct sim_random *random, uint8_t *bytes, size_t size);

#endif
