/*
 * What simulated clients say: reports in short Indonesian, and requests made of them by the code
 * of the command.
 *
 * Why so few words: what the classifier makes of them (tables/ruleset.yaml beside) must differ,
 * nothing else.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_CLIENT_H
#define NETRA_TESTS_SIMULATION_SIM_CLIENT_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdint.h>

#define SIM_NARRATIVES 8u

/* A request, in the arena. */
struct sim_request {
    uint8_t id[16];
    unsigned narrative;
    const char *region;
    const char *corrects; /* a case number; NULL: a new submission */
    int64_t sent_at_s;
};

/* The body of SubmitCase, or of CorrectCase. STATUS_NO_MEMORY. */
enum status sim_client_pack(const struct sim_request *request, struct arena *arena,
                            struct view *ret_body);

/* The day on which every run plays, as Unix seconds of its first instant. */
#define SIM_DAY_UTC_S 1729555200 /* 2024-10-22 */

#endif
