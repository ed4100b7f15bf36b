/*
 * Sockets in memory between the services of one life, and the people and the worker that ask at
 * their doors: nothing is lost, nothing is late, until a call is told to fail.
 *
 * Owns: frames that were sent and not received.
 * Errors: what struct transport says; faults_net_fail chooses the call and its status.
 */
#ifndef NETRA_TESTS_FAULTS_FAULTS_NET_H
#define NETRA_TESTS_FAULTS_FAULTS_NET_H

#include "common/transport/transport.h"
#include "tests/simulation/sim_home.h"

#include <stdbool.h>
#include <stdint.h>

/* A call to a socket that can fail. */
enum faults_net_call { FAULTS_SEND, FAULTS_ANSWER, FAULTS_ASK, FAULTS_SOCKETS, FAULTS_NET_COUNT };

struct faults_item;
struct faults_net;

/* The sockets of one process (its number as in sim_world.h). */
struct faults_port {
    struct faults_net *net;
    unsigned process;
    bool is_open;
    bool has_inlet;
    bool has_door;
    key_is_known is_known;
    void *is_known_self;
    unsigned peer_count;
    struct {
        unsigned process;
        bool has_outlet;
        bool has_client;
    } peers[TRANSPORT_PEERS_MAX];
    struct faults_item *first; /* what waits to be received */
    struct faults_item *last;
    struct faults_item *taken;            /* what the last receive yielded */
    uint64_t calls[FAULTS_NET_COUNT];     /* so far */
    uint64_t fails_in[FAULTS_NET_COUNT];  /* the call that fails; 0: none */
    enum status status[FAULTS_NET_COUNT]; /* how it fails */
};

struct faults_net {
    struct faults_port ports[SIM_PROCESS_COUNT];
    bool has_failed; /* a call was told to, and did */
};

void faults_net_begin(struct faults_net *net);
void faults_net_end(struct faults_net *net);

/* Opens a process's sockets, as transport_zmq_open does. */
enum status faults_net_open(struct faults_net *net, unsigned process,
                            const struct transport_spec *spec, struct transport *ret_transport);

/* Lets the nth next call of a process fail, once. */
void faults_net_fail(struct faults_net *net, unsigned process, enum faults_net_call call,
                     uint64_t nth, enum status status);

/* A person asks at a service's door. False: nobody is there, or the key isn't let in. */
bool faults_net_ask(struct faults_net *net, unsigned person, unsigned service, struct view frame);

/* The next answer for that person, valid until the next call; false: none has come. */
bool faults_net_take_answer(struct faults_net *net, unsigned person, struct view *ret_frame);

#endif
