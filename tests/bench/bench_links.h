/*
 * Connections of the benchmark's clients to doors: any number of DEALERs in one process, waited
 * for together and with a timer finer than a millisecond.
 *
 * Why not struct transport: it has one connection per peer and waits in whole milliseconds.
 * Owns: the sockets, the timer and the message that was received last.
 * Units: microseconds of CLOCK_MONOTONIC.
 * Errors: a connection that breaks is made anew by libzmq; what was lost with it shows as silence
 * (BENCH_SILENCE_US).
 */
#ifndef NETRA_TESTS_BENCH_BENCH_LINKS_H
#define NETRA_TESTS_BENCH_BENCH_LINKS_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/service/config.h"
#include "common/service/key_file.h"

#include <czmq.h>

#define BENCH_LINKS_MAX 64u
#define BENCH_SILENCE_US INT64_C(60000000)

struct bench_links {
    zmq_pollitem_t items[BENCH_LINKS_MAX + 1]; /* the sockets; behind them the timer */
    zsock_t *sockets[BENCH_LINKS_MAX];
    unsigned count;
    int timer;
    zmq_msg_t message;
    int64_t heard_us; /* when something was received last */
};

/* Microseconds now. */
int64_t bench_now_us(void);

/* STATUS_SYSTEM_FAILED. */
enum status bench_links_open(struct bench_links *links) MUST_USE;

/* Adds a connection to the door of the configured peer with that name; its index is the count
 * before. STATUS_CONFIG_INVALID: there is no such peer, or its key is none. STATUS_SYSTEM_FAILED.
 */
enum status bench_links_add(struct bench_links *links, const struct config *config,
                            const char *peer, const struct key_pair *key,
                            struct diag *diag) MUST_USE;

/* Sends a frame. STATUS_WOULD_BLOCK. */
enum status bench_links_send(struct bench_links *links, unsigned link, struct view frame) MUST_USE;

/* The next frame of that connection, valid until the next receive; false when there is none. */
bool bench_links_receive(struct bench_links *links, unsigned link, struct view *ret_frame);

/* Waits until a frame came or it is `until_us` (INT64_MAX: never). STATUS_FAILED when nothing was
 * heard for BENCH_SILENCE_US. STATUS_SYSTEM_FAILED. */
enum status bench_links_wait(struct bench_links *links, int64_t until_us) MUST_USE;

/* Waits until it is `until_us`, or a second, whatever comes in. STATUS_FAILED when
 * nothing was heard for BENCH_SILENCE_US. */
enum status bench_links_rest(struct bench_links *links, int64_t until_us) MUST_USE;

/* Whether the last wait found something to receive there. */
bool bench_links_is_readable(const struct bench_links *links, unsigned link);

void bench_links_close(struct bench_links *links);

#endif
