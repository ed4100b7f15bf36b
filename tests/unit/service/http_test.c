/* What a prober and a scraper get, from the loop's own thread. */
#include "common/service/http.h"
#include "tests/support/test.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_BYTES 70000u
#define DEADLINE_MS 20000

static bool is_ready;
static size_t metrics_size;

static bool source_is_ready(void *self)
{
    (void)self;
    return is_ready;
}

static const char *source_state(void *self)
{
    (void)self;
    return is_ready ? "ready" : "waits for audit-log";
}

static size_t source_metrics(void *self, char *text, size_t size)
{
    (void)self;
    size_t used = metrics_size < size ? metrics_size : size - 1;
    memset(text, 'm', used);
    text[used] = '\0';
    return used;
}

static const struct http_source source = {
    .is_ready = source_is_ready,
    .state = source_state,
    .metrics = source_metrics,
};

static struct sockaddr_in address_of(const struct http *http)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    int listener = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_LISTEN_FD)->listen_fd;
    assert_int_equal(0, getsockname(listener, (struct sockaddr *)&address, &size));
    return address;
}

static int connect_to(const struct http *http)
{
    struct sockaddr_in address = address_of(http);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(descriptor >= 0);
    assert_int_equal(0, connect(descriptor, (struct sockaddr *)&address, sizeof(address)));
    return descriptor;
}

static long now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* As the service's loop does: waits for either end, and serves when the daemon's is readable, or
 * once a second. Yields what came until the other end closed. */
static size_t receive_all(struct http *http, int descriptor, char *answer, size_t size)
{
    size_t used = 0;
    for (long start = now_ms(); now_ms() - start < DEADLINE_MS;) {
        struct pollfd ends[] = {{.fd = http->descriptor, .events = POLLIN},
                                {.fd = descriptor, .events = POLLIN}};
        int ready = poll(ends, 2, 1000);
        if (ends[0].revents != 0 || ready == 0)
            http_run(http);
        if (ends[1].revents == 0)
            continue;
        ssize_t got = recv(descriptor, answer + used, size - 1 - used, 0);
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    answer[used] = '\0';
    return used;
}

/* One request over a connection of its own. */
static void ask(struct http *http, const char *head, char *answer, size_t size)
{
    char request[256];
    int descriptor = connect_to(http);
    int length = snprintf(request, sizeof(request),
                          "%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", head);
    assert_int_equal(length, send(descriptor, request, (size_t)length, MSG_NOSIGNAL));
    (void)receive_all(http, descriptor, answer, size);
    assert_int_equal(0, close(descriptor));
}

/* ---- rows ---- */

struct http_case {
    const char *name;
    const char *head;
    bool is_ready;
    const char *want_start; /* of the whole answer */
    const char *want_header;
    const char *want_body;
};

static struct http_case cases[] = {
    {.name = "alive",
     .head = "GET /livez",
     .want_start = "HTTP/1.1 200 ",
     .want_header = "Content-Type: text/plain; charset=utf-8\r\n",
     .want_body = "ok\n"},
    {.name = "ready",
     .head = "GET /readyz",
     .is_ready = true,
     .want_start = "HTTP/1.1 200 ",
     .want_header = "Cache-Control: no-store\r\n",
     .want_body = "ready\n"},
    {.name = "not ready says why",
     .head = "GET /readyz",
     .want_start = "HTTP/1.1 503 ",
     .want_header = "Content-Type: text/plain; charset=utf-8\r\n",
     .want_body = "waits for audit-log\n"},
    {.name = "metrics",
     .head = "GET /metrics",
     .want_start = "HTTP/1.1 200 ",
     .want_header = "Content-Type: text/plain; version=0.0.4\r\n",
     .want_body = "mmm"},
    {.name = "a query is ignored",
     .head = "GET /livez?verbose",
     .want_start = "HTTP/1.1 200 ",
     .want_header = "Content-Length: 3\r\n",
     .want_body = "ok\n"},
    {.name = "HEAD has the length and no body",
     .head = "HEAD /livez",
     .want_start = "HTTP/1.1 200 ",
     .want_header = "Content-Length: 3\r\n",
     .want_body = ""},
    {.name = "POST is not allowed",
     .head = "POST /livez",
     .want_start = "HTTP/1.1 405 ",
     .want_header = "Allow: GET, HEAD\r\n",
     .want_body = "GET and HEAD only\n"},
    {.name = "another path",
     .head = "GET /",
     .want_start = "HTTP/1.1 404 ",
     .want_header = "Content-Type: text/plain; charset=utf-8\r\n",
     .want_body = "/livez, /readyz or /metrics\n"},
    {.name = "a path that only begins so",
     .head = "GET /livezz",
     .want_start = "HTTP/1.1 404 ",
     .want_header = "Cache-Control: no-store\r\n",
     .want_body = "/livez, /readyz or /metrics\n"},
};

static void test_answer(void **state)
{
    const struct http_case *it = *state;
    static char answer[ANSWER_BYTES];
    struct http http;
    struct diag diag = {.text = ""};
    is_ready = it->is_ready;
    metrics_size = 3;
    assert_int_equal(STATUS_OK, http_open(&http, "127.0.0.1:0", &source, &diag));
    ask(&http, it->head, answer, sizeof(answer));
    http_close(&http);
    assert_memory_equal(it->want_start, answer, strlen(it->want_start));
    assert_non_null(strstr(answer, it->want_header));
    assert_string_equal(it->want_body, strstr(answer, "\r\n\r\n") + 4);
}

/* ---- single tests ---- */

static void test_metrics__as_large_as_the_buffer__arrive_whole(void **state)
{
    (void)state;
    static char answer[ANSWER_BYTES];
    struct http http;
    struct diag diag = {.text = ""};
    metrics_size = 65535;
    assert_int_equal(STATUS_OK, http_open(&http, "127.0.0.1:0", &source, &diag));
    ask(&http, "GET /metrics", answer, sizeof(answer));
    http_close(&http);
    assert_int_equal(65535, strlen(strstr(answer, "\r\n\r\n") + 4));
}

static void test_open__not_an_address__is_refused(void **state)
{
    (void)state;
    struct http http;
    struct diag diag = {.text = ""};
    assert_int_equal(STATUS_CONFIG_INVALID, http_open(&http, "localhost:80", &source, &diag));
    assert_string_equal("http address localhost:80: expected IP:PORT with a numeric IPv4 address",
                        diag.text);
    http_close(&http);
}

static void test_open__taken__names_the_address(void **state)
{
    (void)state;
    struct http first;
    struct http second;
    struct diag diag = {.text = ""};
    char address[32];
    char want[128];
    assert_int_equal(STATUS_OK, http_open(&first, "127.0.0.1:0", &source, &diag));
    (void)snprintf(address, sizeof(address), "127.0.0.1:%u",
                   (unsigned)ntohs(address_of(&first).sin_port));
    assert_int_equal(STATUS_ADDRESS_IN_USE, http_open(&second, address, &source, &diag));
    (void)snprintf(want, sizeof(want), "http address %s: Address already in use", address);
    assert_string_equal(want, diag.text);
    http_close(&second);
    http_close(&first);
    /* The port is free again at once. */
    assert_int_equal(STATUS_OK, http_open(&second, address, &source, &diag));
    http_close(&second);
}

static void test_run__nothing_to_do__returns(void **state)
{
    (void)state;
    struct http http;
    struct diag diag = {.text = ""};
    assert_int_equal(STATUS_OK, http_open(&http, "127.0.0.1:0", &source, &diag));
    http_run(&http);
    http_close(&http);
    http_close(&http); /* twice is fine */
}

static void test_run__sixteen_that_say_nothing__end_and_let_others_in(void **state)
{
    (void)state;
    static char answer[ANSWER_BYTES];
    struct http http;
    struct diag diag = {.text = ""};
    int idle[16];
    assert_int_equal(STATUS_OK, http_open(&http, "127.0.0.1:0", &source, &diag));
    for (size_t i = 0; i < 16; i++)
        idle[i] = connect_to(&http);
    ask(&http, "GET /livez", answer, sizeof(answer));
    if (answer[0] == '\0') /* refused at the limit; the idle ones are ended after 5 s */
        (void)receive_all(&http, idle[15], answer, sizeof(answer));
    ask(&http, "GET /livez", answer, sizeof(answer));
    assert_memory_equal("HTTP/1.1 200 ", answer, 13);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(0, close(idle[i]));
    http_close(&http);
}

int main(void)
{
    TEST_TABLE(rows, cases, test_answer)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics__as_large_as_the_buffer__arrive_whole),
        cmocka_unit_test(test_open__not_an_address__is_refused),
        cmocka_unit_test(test_open__taken__names_the_address),
        cmocka_unit_test(test_run__nothing_to_do__returns),
        cmocka_unit_test(test_run__sixteen_that_say_nothing__end_and_let_others_in),
    };
    int failures = cmocka_run_group_tests(rows, NULL, NULL);
    return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
