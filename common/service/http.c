/*
 * Health and metrics. libmicrohttpd runs without threads and only when the loop calls it; every
 * answer is whole as soon as the request's head is there, so that no state lives between calls.
 */
#include "common/service/http.h"

#include "common/service/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 16u
#define TIMEOUT_S 5u
#define METRICS_BYTES 65536u /* some 600 lines; a service has under 100 */
#define ROUNDS_MAX 64u       /* of one http_run: what is left comes at the next turn */

/* One at a time: libmicrohttpd copies the answer before the next request is read. */
static char metrics_text[METRICS_BYTES];

struct answer {
    unsigned status;
    const char *type;
    const char *text;
    size_t size;
};

static struct answer answer_text(unsigned status, const char *text)
{
    return (struct answer){
        .status = status,
        .type = "text/plain; charset=utf-8",
        .text = text,
        .size = strlen(text),
    };
}

/* The state's text and a newline, in the metrics' buffer. */
static struct answer answer_ready(const struct http_source *source)
{
    bool is_ready = source->is_ready(source->self);
    (void)snprintf(metrics_text, sizeof(metrics_text), "%s\n", source->state(source->self));
    return answer_text(is_ready ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, metrics_text);
}

static struct answer answer_metrics(const struct http_source *source)
{
    return (struct answer){
        .status = MHD_HTTP_OK,
        .type = "text/plain; version=0.0.4",
        .size = source->metrics(source->self, metrics_text, sizeof(metrics_text)),
        .text = metrics_text,
    };
}

static struct answer answer_of(const struct http_source *source, const char *path,
                               const char *method)
{
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return answer_text(MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only\n");
    if (strcmp(path, "/livez") == 0)
        return answer_text(MHD_HTTP_OK, "ok\n");
    if (strcmp(path, "/readyz") == 0)
        return answer_ready(source);
    if (strcmp(path, "/metrics") == 0)
        return answer_metrics(source);
    return answer_text(MHD_HTTP_NOT_FOUND, "/livez, /readyz or /metrics\n");
}

/* libmicrohttpd's handler: answers as soon as the head of the request is there. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    const struct http *http = context;
    (void)version;
    (void)upload;
    (void)upload_size;
    (void)request;
    struct answer answer = answer_of(&http->source, path, method);
    /* libmicrohttpd takes a pointer to non-const and, told to copy, doesn't write to it. */
    union {
        const char *in;
        void *out;
    } text = {.in = answer.text};
    struct MHD_Response *response =
        MHD_create_response_from_buffer(answer.size, text.out, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.type);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (answer.status == MHD_HTTP_METHOD_NOT_ALLOWED)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result result = MHD_queue_response(connection, answer.status, response);
    MHD_destroy_response(response);
    return result;
}

/* Our own socket, because libmicrohttpd only says that it could not start, not why. */
static enum status listen_at(const char *text, const struct sockaddr_in *address,
                             int *ret_descriptor, struct diag *diag)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int yes = 1; /* a restart must not wait for the old connections' TIME_WAIT */
    if (descriptor >= 0 &&
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
        bind(descriptor, (const struct sockaddr *)address, sizeof(*address)) == 0 &&
        listen(descriptor, (int)CONNECTIONS_MAX) == 0) {
        *ret_descriptor = descriptor;
        return STATUS_OK;
    }
    diag_set(diag, "http address %.64s: %s", text, strerror(errno));
    if (descriptor >= 0)
        (void)close(descriptor);
    return STATUS_ADDRESS_IN_USE;
}

enum status http_open(struct http *http, const char *address, const struct http_source *source,
                      struct diag *diag)
{
    struct sockaddr_in bound;
    int descriptor = -1;
    *http = (struct http){.source = *source, .descriptor = -1};
    if (!address_read(address, &bound)) {
        diag_set(diag, "http address %.64s: expected IP:PORT with a numeric IPv4 address",
                 address);
        return STATUS_CONFIG_INVALID;
    }
    TRY(listen_at(address, &bound, &descriptor, diag));
    http->daemon =
        MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, handle, http, MHD_OPTION_LISTEN_SOCKET,
                         descriptor, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
                         MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S, MHD_OPTION_END);
    if (http->daemon == NULL) {
        diag_set(diag, "http address %.64s: libmicrohttpd did not start", address);
        return STATUS_ADDRESS_IN_USE;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    http->descriptor = info->epoll_fd;
    return STATUS_OK;
}

void http_run(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms = 0;
    /* Its epoll is edge-triggered: work it knows of may be left when the descriptor isn't readable
     * any more. */
    for (unsigned round = 0; round < ROUNDS_MAX && timeout_ms == 0; round++) {
        if (MHD_run(http->daemon) != MHD_YES ||
            MHD_get_timeout(http->daemon, &timeout_ms) != MHD_YES)
            return;
    }
}

void http_close(struct http *http)
{
    if (http->daemon != NULL)
        MHD_stop_daemon(http->daemon); /* closes the listening socket too */
    *http = (struct http){.descriptor = -1};
}
