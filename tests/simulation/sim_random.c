/*
 * SplitMix64 (Steele, Lea, Flood 2014): one addition and two multiplications a draw, and any seed
 * is a good one.
 */
#include "tests/simulation/sim_random.h"

#include <string.h>

static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

struct sim_random sim_random_of(uint64_t seed, uint64_t purpose)
{
    return (struct sim_random){.state = mix(mix(seed) + purpose * 0x9e3779b97f4a7c15u)};
}

uint64_t sim_random_draw(struct sim_random *random)
{
    random->state += 0x9e3779b97f4a7c15u;
    return mix(random->state);
}

uint64_t sim_random_below(struct sim_random *random, uint64_t below)
{
    return sim_random_draw(random) % below;
}

int64_t sim_random_between(struct sim_random *random, int64_t least, int64_t most)
{
    return least + (int64_t)sim_random_below(random, (uint64_t)(most - least) + 1);
}

bool sim_random_chance(struct sim_random *random, unsigned per_mille)
{
    return sim_random_below(random, 1000) < per_mille;
}

void sim_random_fill(struct sim_random *random, uint8_t *bytes, size_t size)
{
    for (size_t done = 0; done < size; done += sizeof(uint64_t)) {
        uint64_t drawn = sim_random_draw(random);
        size_t rest = size - done;
        memcpy(bytes + done, &drawn, rest < sizeof drawn ? rest : sizeof drawn);
    }
}
