/*
 * The yardstick of the wire: how many messages of 1 KiB a second two processes pass over loopback
 * with ZeroMQ and CURVE, and nothing else.
 *
 *     bench_curve PORT MESSAGES
 *
 * The program is both of them: it forks before it touches ZeroMQ. Prints "messages MS": how long
 * MESSAGES took at the receiver, after a warm-up.
 */
#include "common/base/clock.h"
#include "common/transport/transport.h"
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#define WARM_UP 20000u
#define Z85_KEY_SIZE 41
#define ADDRESS_SIZE 64
#define HWM 4096
#define DEADLINE_MS 60000

struct key {
    char public_key[Z85_KEY_SIZE];
    char secret_key[Z85_KEY_SIZE];
};

struct pair {
    struct key receiver;
    struct key sender;
    char address[ADDRESS_SIZE];
    uint64_t messages;
};

static int set_key(void *socket, const struct key *key)
{
    return zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, key->public_key, Z85_KEY_SIZE) |
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, key->secret_key, Z85_KEY_SIZE);
}

static int send_all(void *socket, const struct pair *pair)
{
    static const uint8_t message[BENCH_PAYLOAD_BYTES] = {1};
    const int hwm = HWM;
    int failed =
        set_key(socket, &pair->sender) |
        zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, pair->receiver.public_key, Z85_KEY_SIZE) |
        zmq_setsockopt(socket, ZMQ_SNDHWM, &hwm, sizeof hwm) | zmq_connect(socket, pair->address);
    for (uint64_t i = 0; failed == 0 && i < pair->messages + WARM_UP; i++)
        failed = zmq_send(socket, message, sizeof message, 0) < 0;
    return failed;
}

static int receive_all(void *socket, const struct pair *pair)
{
    struct clock clock = clock_of_system();
    uint8_t message[BENCH_PAYLOAD_BYTES];
    const int hwm = HWM;
    const int is_server = 1;
    const int deadline_ms = DEADLINE_MS;
    int64_t from_ms = 0;
    int failed = set_key(socket, &pair->receiver) |
                 zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &is_server, sizeof is_server) |
                 zmq_setsockopt(socket, ZMQ_RCVHWM, &hwm, sizeof hwm) |
                 zmq_setsockopt(socket, ZMQ_RCVTIMEO, &deadline_ms, sizeof deadline_ms) |
                 zmq_bind(socket, pair->address);
    for (uint64_t i = 0; failed == 0 && i < pair->messages + WARM_UP; i++) {
        if (i == WARM_UP)
            from_ms = clock_boot_ms(&clock);
        failed = zmq_recv(socket, message, sizeof message, 0) != (int)sizeof message;
    }
    if (failed == 0)
        (void)printf("messages %lld\n", (long long)(clock_boot_ms(&clock) - from_ms));
    return failed;
}

static int with_socket(int type, int (*work)(void *socket, const struct pair *pair),
                       const struct pair *pair)
{
    void *context = zmq_ctx_new();
    void *socket = context == NULL ? NULL : zmq_socket(context, type);
    int failed = socket == NULL ? 1 : work(socket, pair);
    if (failed != 0)
        (void)fprintf(stderr, "bench_curve: %s\n", zmq_strerror(zmq_errno()));
    if (socket != NULL)
        (void)zmq_close(socket);
    if (context != NULL)
        (void)zmq_ctx_term(context);
    return failed == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct pair pair = {.messages = argc == 3 ? strtoull(argv[2], NULL, 10) : 0};
    int ended = 1;
    if (pair.messages == 0) {
        (void)fprintf(stderr, "usage: bench_curve PORT MESSAGES\n");
        return 2;
    }
    (void)snprintf(pair.address, sizeof pair.address, "tcp://127.0.0.1:%s", argv[1]);
    if (zmq_curve_keypair(pair.receiver.public_key, pair.receiver.secret_key) != 0 ||
        zmq_curve_keypair(pair.sender.public_key, pair.sender.secret_key) != 0)
        return 1;
    pid_t sender = fork();
    if (sender == 0)
        return with_socket(ZMQ_PUSH, send_all, &pair);
    int failed = with_socket(ZMQ_PULL, receive_all, &pair);
    if (sender > 0)
        (void)waitpid(sender, &ended, 0);
    return failed != 0 || ended != 0 ? 1 : 0;
}
