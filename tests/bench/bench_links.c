/* DEALERs made like every client's of Netra's, in one poll with a timer. */
#include "tests/bench/bench_links.h"

#include "common/base/bytes.h"
#include "common/transport/socket.h"

#include <poll.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define US_PER_S INT64_C(1000000)
#define POLL_MS_MAX 1000

int64_t bench_now_us(void)
{
    struct timespec now = {.tv_sec = 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * US_PER_S + (int64_t)now.tv_nsec / 1000;
}

enum status bench_links_open(struct bench_links *links)
{
    links->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    zmq_msg_init(&links->message);
    links->heard_us = bench_now_us();
    zsys_handler_set(NULL);
    return links->timer < 0 ? STATUS_SYSTEM_FAILED : STATUS_OK;
}

static const struct config_peer *find_peer(const struct config *config, const char *name)
{
    for (unsigned i = 0; i < config->peers_count; i++)
        if (strcmp(config->peers[i].name, name) == 0)
            return &config->peers[i];
    return NULL;
}

enum status bench_links_add(struct bench_links *links, const struct config *config,
                            const char *peer, const struct key_pair *key, struct diag *diag)
{
    const struct config_peer *found = find_peer(config, peer);
    uint8_t server_key[CURVE_KEY_SIZE];
    struct curve_keys keys;
    zsock_t *socket = NULL;
    if (found == NULL || found->door == NULL || links->count == BENCH_LINKS_MAX ||
        !bytes_from_hex(found->public_key, server_key, CURVE_KEY_SIZE)) {
        diag_set(diag, "no door of %s", peer);
        return STATUS_CONFIG_INVALID;
    }
    memcpy(keys.public_key, key->curve_public, CURVE_KEY_SIZE);
    memcpy(keys.secret_key, key->curve_secret, CURVE_KEY_SIZE);
    TRY(socket_new_client(ZMQ_DEALER, found->door, server_key, &keys, &socket, diag));
    links->sockets[links->count] = socket;
    links->items[links->count] =
        (zmq_pollitem_t){.socket = zsock_resolve(socket), .events = ZMQ_POLLIN};
    links->count++;
    links->items[links->count] = (zmq_pollitem_t){.fd = links->timer, .events = ZMQ_POLLIN};
    return socket_connect(socket, "client", found->door, diag);
}

enum status bench_links_send(struct bench_links *links, unsigned link, struct view frame)
{
    int sent = socket_send(links->sockets[link], frame.bytes, frame.size, 0);
    return sent < 0 ? STATUS_WOULD_BLOCK : STATUS_OK;
}

bool bench_links_receive(struct bench_links *links, unsigned link, struct view *ret_frame)
{
    if (socket_receive(links->sockets[link], &links->message) < 0)
        return false;
    links->heard_us = bench_now_us();
    *ret_frame = view_of(zmq_msg_data(&links->message), zmq_msg_size(&links->message));
    return true;
}

static void set_timer(struct bench_links *links, int64_t until_us)
{
    struct itimerspec when = {.it_value.tv_sec = 0};
    if (until_us != INT64_MAX) {
        when.it_value.tv_sec = until_us / US_PER_S;
        when.it_value.tv_nsec = until_us % US_PER_S * 1000;
    }
    (void)timerfd_settime(links->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

enum status bench_links_wait(struct bench_links *links, int64_t until_us)
{
    int ready = 0;
    set_timer(links, until_us);
    while (ready == 0) {
        ready = zmq_poll(links->items, (int)links->count + 1, POLL_MS_MAX);
        if (ready < 0 && zmq_errno() != EINTR)
            return STATUS_SYSTEM_FAILED;
        if (bench_now_us() - links->heard_us > BENCH_SILENCE_US)
            return STATUS_FAILED;
    }
    return STATUS_OK;
}

enum status bench_links_rest(struct bench_links *links, int64_t until_us)
{
    struct pollfd timer = {.fd = links->timer, .events = POLLIN};
    set_timer(links, until_us);
    (void)poll(&timer, 1, POLL_MS_MAX);
    const bool is_silent = bench_now_us() - links->heard_us > BENCH_SILENCE_US;
    return is_silent ? STATUS_FAILED : STATUS_OK;
}

bool bench_links_is_readable(const struct bench_links *links, unsigned link)
{
    return (links->items[link].revents & ZMQ_POLLIN) != 0;
}

void bench_links_close(struct bench_links *links)
{
    for (unsigned i = 0; i < links->count; i++)
        zsock_destroy(&links->sockets[i]);
    zmq_msg_close(&links->message);
    if (links->timer > 0)
        (void)close(links->timer);
}
