/*
 * What is asked of Linux for the whole process. Locking memory is a wish (its limit is the
 * operator's); core dumps and SIGPIPE are conditions, without which nothing starts.
 */
#include "common/service/process.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* LeakSanitizer attaches to its own process, which one without dumps refuses. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* With a finite limit MCL_FUTURE would make a later mapping fail in the middle of the work, inside
 * a library that aborts. Pages are locked when they are first used: big mappings cost nothing. */
static void lock_memory(void)
{
    struct rlimit limit = {.rlim_cur = 0};
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY)
        (void)mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

enum status process_harden(void)
{
    const struct rlimit no_dump = {.rlim_cur = 0, .rlim_max = 0};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)umask(077);
    if (setrlimit(RLIMIT_CORE, &no_dump) != 0 || sigaction(SIGPIPE, &ignore, NULL) != 0)
        return STATUS_SYSTEM_FAILED;
    if (!IS_SANITIZED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return STATUS_SYSTEM_FAILED;
    lock_memory();
    return sodium_init() < 0 ? STATUS_SYSTEM_FAILED : STATUS_OK;
}

bool process_lock_memory(void *memory, unsigned long size)
{
    return sodium_mlock(memory, size) == 0;
}

/* ---- signals ---- */

int process_signals_open(void)
{
    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0)
        return -1;
    return signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

enum process_signal process_signals_read(int descriptor)
{
    struct signalfd_siginfo info;
    ssize_t size = read(descriptor, &info, sizeof(info));
    return size == (ssize_t)sizeof(info) ? PROCESS_SIGNAL_DRAIN : PROCESS_SIGNAL_NONE;
}

/* ---- systemd ---- */

void process_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t size = path == NULL ? 0 : strlen(path);
    if (size < 2 || size >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, size);
    if (path[0] == '@')
        address.sun_path[0] = '\0'; /* an abstract name: its length counts, no NUL ends it */
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return;
    /* A supervisor that doesn't read must not stop the loop: the watchdog is its business. */
    (void)sendto(descriptor, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
                 (const struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size));
    (void)close(descriptor);
}

/* A decimal number that fills the whole text, or -1. */
static long long number_of(const char *text)
{
    char *end = NULL;
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return -1;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    return errno != 0 || *end != '\0' ? -1 : number;
}

long process_watchdog_ms(void)
{
    const char *process = getenv("WATCHDOG_PID");
    long long usec = number_of(getenv("WATCHDOG_USEC"));
    if (process != NULL && number_of(process) != (long long)getpid())
        return 0;
    return usec <= 0 ? 0 : (long)(usec / 2000);
}
