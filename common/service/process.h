/*
 * What every program does about its own process: signals as a descriptor, no core dumps, systemd's
 * notifications.
 */
#ifndef NETRA_SERVICE_PROCESS_H
#define NETRA_SERVICE_PROCESS_H

#include "common/base/status.h"

#include <stdbool.h>

/* No core dumps (RLIMIT_CORE 0; PR_SET_DUMPABLE 0, except under AddressSanitizer, whose leak check
 * attaches to the process), all memory locked where RLIMIT_MEMLOCK is unlimited (keys are locked
 * by their owners anyway), SIGPIPE ignored, umask 077, sodium_init. STATUS_SYSTEM_FAILED. */
enum status process_harden(void) MUST_USE;

/* Locks a run of memory that holds keys and keeps it out of dumps (sodium_mlock). A refusal by the
 * system's limit yields false: the caller logs a warning and goes on. */
bool process_lock_memory(void *memory, unsigned long size);

enum process_signal { PROCESS_SIGNAL_NONE, PROCESS_SIGNAL_DRAIN };

/* A descriptor that is readable when SIGTERM or SIGINT came; both are blocked from then on.
 * -1 when the system refuses. */
int process_signals_open(void);

/* Reads one; PROCESS_SIGNAL_NONE when nothing is there. */
enum process_signal process_signals_read(int descriptor);

/* Tells systemd (sd_notify protocol over $NOTIFY_SOCKET, a datagram); nothing happens without it.
 * `state` is e.g. "READY=1" or "STOPPING=1" or "WATCHDOG=1". */
void process_notify(const char *state);

/* Half of $WATCHDOG_USEC in milliseconds, 0 when systemd set none for this process. */
long process_watchdog_ms(void);

#endif
