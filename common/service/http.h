/*
 * /livez, /readyz and /metrics over HTTP (libmicrohttpd), on the service's own thread: its epoll
 * descriptor is watched by the loop, which calls http_run when it is readable.
 *
 * Why no thread: the answers are made from the loop's own numbers; a loop that hangs must not look
 * alive.
 */
#ifndef NETRA_SERVICE_HTTP_H
#define NETRA_SERVICE_HTTP_H

#include "common/base/diag.h"
#include "common/base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct MHD_Daemon;

/* What the loop can say of itself. */
struct http_source {
    bool (*is_ready)(void *self);
    /* One line saying why it isn't ready, or "ready". Static text. */
    const char *(*state)(void *self);
    /* Writes the metrics (Prometheus text) to `text`, at most `size` bytes with the NUL; returns
     * the length. */
    size_t (*metrics)(void *self, char *text, size_t size);
    void *self;
};

struct http {
    struct MHD_Daemon *daemon;
    struct http_source source;
    int descriptor; /* readable: call http_run */
};

/* Listens at "IP:PORT" ("127.0.0.1:21003"). STATUS_CONFIG_INVALID (not an address),
 * STATUS_ADDRESS_IN_USE; `diag` names it. `http` must not move while open. GET and HEAD only
 * (405), other paths 404, request limits: 16 connections, 5 s timeout. Port 0: the system chooses.
 * */
enum status http_open(struct http *http, const char *address, const struct http_source *source,
                      struct diag *diag) MUST_USE;

/* Serves what is ready, without waiting. Call it at least once a second too: only here are
 * connections that say nothing closed, and at 16 of them nobody else is let in. */
void http_run(struct http *http);

void http_close(struct http *http);

#endif
