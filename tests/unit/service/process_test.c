/* Signals, hardening, and what systemd is told. */
#include "common/service/process.h"
#include "tests/support/test.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* ---- rows: the watchdog's period ---- */

struct watchdog_case {
    const char *name;
    const char *usec;
    const char *process; /* "self": this process's id */
    long want_ms;
};

static struct watchdog_case cases[] = {
    {.name = "no watchdog", .want_ms = 0},
    {.name = "half of 30 s", .usec = "30000000", .want_ms = 15000},
    {.name = "half of 30 s for this process",
     .usec = "30000000",
     .process = "self",
     .want_ms = 15000},
    {.name = "another process's", .usec = "30000000", .process = "1", .want_ms = 0},
    {.name = "no process at all", .usec = "30000000", .process = "", .want_ms = 0},
    {.name = "zero", .usec = "0", .want_ms = 0},
    {.name = "not a number", .usec = "30s", .want_ms = 0},
    {.name = "negative", .usec = "-30000000", .want_ms = 0},
    {.name = "beyond any number", .usec = "99999999999999999999999", .want_ms = 0},
    {.name = "empty", .usec = "", .want_ms = 0},
};

static void put_variable(const char *name, const char *value)
{
    if (value == NULL)
        assert_int_equal(0, unsetenv(name));
    else
        assert_int_equal(0, setenv(name, value, 1));
}

static void test_watchdog(void **state)
{
    const struct watchdog_case *it = *state;
    char self[24];
    (void)snprintf(self, sizeof(self), "%ld", (long)getpid());
    bool is_self = it->process != NULL && strcmp(it->process, "self") == 0;
    put_variable("WATCHDOG_USEC", it->usec);
    put_variable("WATCHDOG_PID", is_self ? self : it->process);
    assert_int_equal(it->want_ms, process_watchdog_ms());
    put_variable("WATCHDOG_USEC", NULL);
    put_variable("WATCHDOG_PID", NULL);
}

/* ---- single tests ---- */

/* In a child: what hardening does can't be undone. */
static int hardened(void)
{
    struct rlimit limit;
    struct sigaction action;
    if (process_harden() != STATUS_OK)
        return 1;
    if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max != 0)
        return 2;
    if (sigaction(SIGPIPE, NULL, &action) != 0 || action.sa_handler != SIG_IGN)
        return 3;
    if (umask(0) != 077)
        return 4;
    if (!IS_SANITIZED && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
        return 5;
    return process_harden() == STATUS_OK ? 0 : 6; /* a second time is fine */
}

static void test_harden__in_a_child__holds(void **state)
{
    (void)state;
    int outcome = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(hardened());
    assert_int_equal(child, waitpid(child, &outcome, 0));
    assert_true(WIFEXITED(outcome));
    assert_int_equal(0, WEXITSTATUS(outcome));
}

static void test_lock_memory__within_the_limit__locks(void **state)
{
    (void)state;
    static uint8_t key[32];
    assert_true(process_lock_memory(key, sizeof(key)));
}

static int lock_beyond(void)
{
    static uint8_t memory[1 << 20];
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || setuid(65534) != 0)
        return 1;
    return process_lock_memory(memory, sizeof(memory)) ? 2 : 0;
}

static void test_lock_memory__beyond_the_limit__is_refused(void **state)
{
    (void)state;
    int outcome = 0;
    /* AddressSanitizer makes mlock do nothing; only root can become somebody else, whom the limit
     * binds for certain. */
    if (IS_SANITIZED || geteuid() != 0)
        skip();
    pid_t child = fork();
    if (child == 0)
        _exit(lock_beyond());
    assert_int_equal(child, waitpid(child, &outcome, 0));
    assert_int_equal(0, WEXITSTATUS(outcome));
}

static void test_signals__nothing_came__is_none(void **state)
{
    (void)state;
    int descriptor = process_signals_open();
    assert_true(descriptor >= 0);
    assert_int_equal(PROCESS_SIGNAL_NONE, process_signals_read(descriptor));
    assert_int_equal(0, close(descriptor));
}

static void test_signals__sigterm_and_sigint__drain(void **state)
{
    (void)state;
    const int signals[] = {SIGTERM, SIGINT};
    int descriptor = process_signals_open();
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct pollfd ready = {.fd = descriptor, .events = POLLIN};
        assert_int_equal(0, kill(getpid(), signals[i]));
        assert_int_equal(1, poll(&ready, 1, 10000));
        assert_int_equal(PROCESS_SIGNAL_DRAIN, process_signals_read(descriptor));
        assert_int_equal(PROCESS_SIGNAL_NONE, process_signals_read(descriptor));
    }
    assert_int_equal(0, close(descriptor));
}

/* Binds a datagram socket at the address and returns what process_notify sends there. */
static void assert_notified(const struct sockaddr_un *address, socklen_t size, const char *name)
{
    char got[64] = "";
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(descriptor >= 0);
    assert_int_equal(0, bind(descriptor, (const struct sockaddr *)address, size));
    put_variable("NOTIFY_SOCKET", name);
    process_notify("READY=1");
    put_variable("NOTIFY_SOCKET", NULL);
    assert_int_equal(7, recv(descriptor, got, sizeof(got) - 1, 0));
    assert_string_equal("READY=1", got);
    assert_int_equal(0, close(descriptor));
}

static void test_notify__a_socket_with_a_path__is_told(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char folder[] = "/tmp/netra-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", folder);
    assert_notified(&address, sizeof(address), address.sun_path);
    assert_int_equal(0, unlink(address.sun_path));
    assert_int_equal(0, rmdir(folder));
}

static void test_notify__an_abstract_socket__is_told(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[64];
    int size = snprintf(name, sizeof(name), "@netra-test-%ld", (long)getpid());
    memcpy(address.sun_path + 1, name + 1, (size_t)size - 1);
    socklen_t used = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)size);
    assert_notified(&address, used, name);
}

static void test_notify__no_socket_or_a_strange_one__does_nothing(void **state)
{
    (void)state;
    static char long_name[300];
    const char *const names[] = {NULL,     "", "/", "relative", "vsock:2:1", "/nowhere/notify",
                                 long_name};
    memset(long_name, '/', sizeof(long_name) - 1);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        put_variable("NOTIFY_SOCKET", names[i]);
        process_notify("READY=1");
    }
    put_variable("NOTIFY_SOCKET", NULL);
}

int main(void)
{
    TEST_TABLE(rows, cases, test_watchdog)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_harden__in_a_child__holds),
        cmocka_unit_test(test_lock_memory__within_the_limit__locks),
        cmocka_unit_test(test_lock_memory__beyond_the_limit__is_refused),
        cmocka_unit_test(test_signals__nothing_came__is_none),
        cmocka_unit_test(test_signals__sigterm_and_sigint__drain),
        cmocka_unit_test(test_notify__a_socket_with_a_path__is_told),
        cmocka_unit_test(test_notify__an_abstract_socket__is_told),
        cmocka_unit_test(test_notify__no_socket_or_a_strange_one__does_nothing),
    };
    int failures = cmocka_run_group_tests(rows, NULL, NULL);
    return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
