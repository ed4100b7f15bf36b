/*
 * A queue for each process; whoever sends puts into another's queue.
 */
#include "tests/faults/faults_net.h"

#include "common/base/invariant.h"
#include "tests/simulation/sim_home.h"

#include <stdlib.h>
#include <string.h>

struct faults_item {
    struct faults_item *next;
    enum received_kind kind;
    unsigned peer;
    unsigned from; /* the process that sent it */
    size_t size;
    uint8_t bytes[];
};

void faults_net_begin(struct faults_net *net)
{
    *net = (struct faults_net){.ports[0].is_open = false};
    for (unsigned i = 0; i < SIM_PROCESS_COUNT; i++) {
        net->ports[i].net = net;
        net->ports[i].process = i;
    }
}

static void put(struct faults_port *to, enum received_kind kind, unsigned peer, unsigned from,
                struct view bytes)
{
    struct faults_item *item = malloc(sizeof *item + bytes.size);
    INVARIANT(item != NULL);
    *item = (struct faults_item){.kind = kind, .peer = peer, .from = from, .size = bytes.size};
    if (bytes.size > 0)
        memcpy(item->bytes, bytes.bytes, bytes.size);
    if (to->last == NULL)
        to->first = item;
    else
        to->last->next = item;
    to->last = item;
}

static struct faults_item *take(struct faults_port *port)
{
    struct faults_item *item = port->first;
    if (item == NULL)
        return NULL;
    port->first = item->next;
    if (port->first == NULL)
        port->last = NULL;
    return item;
}

static void drop_all(struct faults_port *port)
{
    for (struct faults_item *item = take(port); item != NULL; item = take(port))
        free(item);
    free(port->taken);
    port->taken = NULL;
}

/* The number that `port` knows the other process by; TRANSPORT_PEERS_MAX: it is no peer. */
static unsigned peer_of(const struct faults_port *port, unsigned process)
{
    for (unsigned i = 0; i < port->peer_count; i++)
        if (port->peers[i].process == process)
            return i;
    return TRANSPORT_PEERS_MAX;
}

/* STATUS_OK: the call goes on. */
static enum status enter(struct faults_port *port, enum faults_net_call call)
{
    port->calls[call]++;
    if (port->fails_in[call] == 0 || --port->fails_in[call] > 0)
        return STATUS_OK;
    port->net->has_failed = true;
    return port->status[call];
}

void faults_net_fail(struct faults_net *net, unsigned process, enum faults_net_call call,
                     uint64_t nth, enum status status)
{
    net->ports[process].fails_in[call] = nth;
    net->ports[process].status[call] = status;
}

void faults_net_end(struct faults_net *net)
{
    for (unsigned i = 0; i < SIM_PROCESS_COUNT; i++)
        drop_all(&net->ports[i]);
}

/* ---- connections ---- */

static void tell(struct faults_port *port, unsigned peer, bool is_up)
{
    struct faults_port *other = &port->net->ports[port->peers[peer].process];
    const struct view nothing = {.size = 0};
    if (port->peers[peer].has_outlet && other->has_inlet)
        put(port, is_up ? RECEIVED_CONNECTED : RECEIVED_DISCONNECTED, peer, other->process,
            nothing);
    if (port->peers[peer].has_client && other->has_door)
        put(port, is_up ? RECEIVED_CLIENT_UP : RECEIVED_CLIENT_DOWN, peer, other->process,
            nothing);
}

static void tell_both(struct faults_port *port, bool is_up)
{
    for (unsigned i = 0; i < SIM_PROCESS_COUNT; i++) {
        struct faults_port *other = &port->net->ports[i];
        unsigned there = peer_of(other, port->process);
        unsigned here = peer_of(port, i);
        if (!other->is_open)
            continue;
        if (there < TRANSPORT_PEERS_MAX)
            tell(other, there, is_up);
        if (here < TRANSPORT_PEERS_MAX && is_up)
            tell(port, here, is_up);
    }
}

/* The connection broke, and was made again. */
static void reconnect(struct faults_port *port, unsigned peer)
{
    tell(port, peer, false);
    tell(port, peer, true);
}

/* ---- struct transport ---- */

static void port_receive(void *self, int64_t now_ms, struct received *ret_received)
{
    (void)now_ms;
    struct faults_port *port = self;
    *ret_received = (struct received){.kind = RECEIVED_NOTHING, .peer = TRANSPORT_PEERS_MAX};
    free(port->taken);
    port->taken = take(port);
    if (port->taken == NULL)
        return;
    ret_received->kind = port->taken->kind;
    ret_received->peer = port->taken->peer;
    ret_received->bytes = view_of(port->taken->bytes, port->taken->size);
    ret_received->route.size = 1;
    ret_received->route.bytes[0] = (uint8_t)port->taken->from;
    memcpy(ret_received->key, sim_home_key(port->taken->from)->curve_public, CURVE_KEY_SIZE);
}

static enum status port_wait(void *self, int64_t timeout_ms)
{
    (void)self;
    (void)timeout_ms;
    return STATUS_OK;
}

static enum status port_watch(void *self, int descriptor)
{
    (void)self;
    (void)descriptor;
    return STATUS_OK;
}

static enum status port_send(void *self, unsigned peer, struct view frame)
{
    struct faults_port *port = self;
    struct faults_port *other = &port->net->ports[port->peers[peer].process];
    enum status status = enter(port, FAULTS_SEND);
    if (status == STATUS_NOT_CONNECTED)
        reconnect(port, peer);
    if (status != STATUS_OK)
        return status;
    if (!other->is_open || !other->has_inlet || !port->peers[peer].has_outlet)
        return STATUS_NOT_CONNECTED;
    put(other, RECEIVED_FRAME, peer_of(other, port->process), port->process, frame);
    return STATUS_OK;
}

static void port_outlet_rebuild(void *self, unsigned peer)
{
    reconnect(self, peer);
}

static enum status port_answer(void *self, const struct door_route *route, struct view frame)
{
    struct faults_port *port = self;
    struct faults_port *other = &port->net->ports[route->bytes[0]];
    enum status status = enter(port, FAULTS_ANSWER);
    if (status != STATUS_OK)
        return status;
    put(other, RECEIVED_ANSWER, peer_of(other, port->process), port->process, frame);
    return STATUS_OK;
}

static enum status port_ask(void *self, unsigned peer, struct view frame)
{
    struct faults_port *port = self;
    enum status status = enter(port, FAULTS_ASK);
    if (status == STATUS_NOT_CONNECTED)
        reconnect(port, peer);
    if (status != STATUS_OK)
        return status;
    bool is_there = faults_net_ask(port->net, port->process, port->peers[peer].process, frame);
    return is_there ? STATUS_OK : STATUS_NOT_CONNECTED;
}

static void port_stop_taking(void *self)
{
    (void)self;
}

static void port_close(void *self)
{
    struct faults_port *port = self;
    port->is_open = false;
    drop_all(port);
    tell_both(port, false);
    port->has_inlet = false;
    port->has_door = false;
    port->peer_count = 0;
}

static unsigned process_of_key(const uint8_t key[CURVE_KEY_SIZE])
{
    unsigned process = 0;
    while (process < SIM_PROCESS_COUNT &&
           memcmp(sim_home_key(process)->curve_public, key, CURVE_KEY_SIZE) != 0)
        process++;
    INVARIANT(process < SIM_PROCESS_COUNT);
    return process;
}

enum status faults_net_open(struct faults_net *net, unsigned process,
                            const struct transport_spec *spec, struct transport *ret_transport)
{
    struct faults_port *port = &net->ports[process];
    TRY(enter(port, FAULTS_SOCKETS));
    INVARIANT(!port->is_open);
    port->is_open = true;
    port->has_inlet = spec->inlet != NULL;
    port->has_door = spec->door != NULL;
    port->is_known = spec->is_known;
    port->is_known_self = spec->is_known_self;
    port->peer_count = spec->peer_count;
    for (unsigned i = 0; i < spec->peer_count; i++) {
        port->peers[i].process = process_of_key(spec->peers[i].public_key);
        port->peers[i].has_outlet = spec->peers[i].inlet != NULL;
        port->peers[i].has_client = spec->peers[i].door != NULL;
    }
    tell_both(port, true);
    *ret_transport = (struct transport){
        .self = port,
        .receive = port_receive,
        .wait = port_wait,
        .watch = port_watch,
        .send = port_send,
        .outlet_rebuild = port_outlet_rebuild,
        .answer = port_answer,
        .ask = port_ask,
        .stop_taking = port_stop_taking,
        .close = port_close,
    };
    return STATUS_OK;
}

/* ---- people ---- */

bool faults_net_ask(struct faults_net *net, unsigned person, unsigned service, struct view frame)
{
    struct faults_port *door = &net->ports[service];
    if (!door->is_open || !door->has_door ||
        !door->is_known(door->is_known_self, sim_home_key(person)->curve_public))
        return false;
    put(door, RECEIVED_REQUEST, peer_of(door, person), person, frame);
    return true;
}

bool faults_net_take_answer(struct faults_net *net, unsigned person, struct view *ret_frame)
{
    struct received received;
    port_receive(&net->ports[person], 0, &received);
    *ret_frame = received.bytes;
    return received.kind == RECEIVED_ANSWER;
}
