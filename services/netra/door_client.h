/*
 * Asking the services at their doors: one question at a time, several at once, or a window of them
 * under way on one connection.
 *
 * Why nothing is asked twice in vain: every request here may be repeated (a submission by its id,
 * an act by its signature, a list by its nature), so a question whose connection broke is sent
 * again on the next one until its time is over. So is one whose answer was that a case's key is
 * not at hand yet: the service has asked for it meanwhile.
 * Owns: the transport with one client per door, and a frame's worth of memory.
 * Units: milliseconds of the boot clock.
 */
#ifndef NETRA_NETRA_DOOR_CLIENT_H
#define NETRA_NETRA_DOOR_CLIENT_H

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/service/door_wire.h"
#include "common/service/key_file.h"
#include "common/transport/transport.h"

#include <stdbool.h>
#include <stdint.h>

/* Whose doors there are; the index is the peer everywhere in this program. */
enum door { DOOR_INTAKE, DOOR_CLASSIFICATION, DOOR_NOTIFICATION, DOOR_AUDIT_LOG, DOOR_COUNT };

/* "intake", … Static text. */
const char *door_name(enum door door);

/* The same in memory of the caller's, which it yields: protobuf-c's texts are not const. */
#define DOOR_NAME_SIZE 16u
char *door_name_to(enum door door, char name[DOOR_NAME_SIZE]);

/* The door of that service, or DOOR_COUNT. */
enum door door_of_name(const char *name);

struct door_address {
    const char *door;        /* tcp://IP:PORT; borrowed for the client's life */
    uint8_t public_key[32];
};

struct door_ask;
#define DOOR_AHEAD_MAX 2u /* questions under way while others are asked */

struct door_client {
    struct transport transport;
    struct clock clock;
    struct arena frame; /* one frame, encoded or decoded */
    uint64_t next_id;
    bool is_open;
    bool is_up[DOOR_COUNT];
    unsigned refusals[DOOR_COUNT]; /* handshakes that failed since it was last up */
    struct door_ask *ahead[DOOR_AHEAD_MAX]; /* NULL: none */
};

/* Connects to every door with that key pair. STATUS_SYSTEM_FAILED, STATUS_CONFIG_INVALID. Doors
 * that are not there are only noticed by asking. */
enum status door_client_open(struct door_client *client,
                             const struct door_address addresses[DOOR_COUNT],
                             const struct key_pair *key, struct diag *diag) MUST_USE;

/* The same over a transport of the caller's, which it takes over. */
enum status door_client_open_over(struct door_client *client, struct transport transport,
                                  struct clock clock, uint64_t first_id) MUST_USE;

void door_client_close(struct door_client *client);

/* ---- one question, or several at once ---- */

struct door_ask {
    enum door door;
    uint32_t kind; /* RequestKind */
    struct view body;
    /* What comes back: */
    enum status status;   /* the answer's, or STATUS_NOT_CONNECTED, STATUS_NOT_AUTHORISED when none
                             came: see `detail` */
    uint32_t retry_after_ms;
    const char *detail;   /* never NULL once asked; names no service */
    struct view answer;   /* in the arena given */
    uint64_t request_id;
    struct arena *arena; /* where the answer is put */
    int64_t again_ms; /* not sent before; 0: at once */
    bool is_sent;
    bool is_done;
};

/*
 * Asks all of them and waits until each has its answer or `timeout_ms` have passed. A door that
 * refuses the key's handshake REFUSALS_MAX times counts as STATUS_NOT_AUTHORISED. Returns
 * STATUS_OK though some may have none: each one's status says so. STATUS_NO_MEMORY,
 * STATUS_SYSTEM_FAILED.
 */
enum status door_client_ask_many(struct door_client *client, struct door_ask *asks, unsigned count,
                                 int64_t timeout_ms, struct arena *arena) MUST_USE;

/* Asks one. Returns its status; `diag` names the service and says the detail. */
enum status door_client_ask(struct door_client *client, struct door_ask *ask, int64_t timeout_ms,
                            struct arena *arena, struct diag *diag) MUST_USE;

/* Asks ahead of need: the answer comes, into the arena, while others are asked. `ask`, its body
 * and the arena stay where they are until it was awaited or dropped. At most DOOR_AHEAD_MAX. */
void door_client_begin(struct door_client *client, struct door_ask *ask, struct arena *arena);

/* Waits for what was asked ahead, as door_client_ask does. */
enum status door_client_await(struct door_client *client, struct door_ask *ask, int64_t timeout_ms,
                              struct diag *diag) MUST_USE;

/* Its answer is not wanted any more. One that isn't under way is fine. */
void door_client_drop(struct door_client *client, const struct door_ask *ask);

#define REFUSALS_MAX 3u

/* A survey of several services takes one for silent when nobody is at its door for so long: a
 * service that runs has answered the handshake by then. */
#define SILENT_AFTER_MS 1500

/* ---- a window of questions ---- */

enum door_event_kind {
    DOOR_EVENT_NOTHING,
    DOOR_EVENT_ANSWER,
    DOOR_EVENT_UP,
    DOOR_EVENT_DOWN,   /* what is under way there will get no answer: send it again */
    DOOR_EVENT_REFUSED /* its handshake failed; after REFUSALS_MAX in a row the key is not known */
};

struct door_event {
    enum door_event_kind kind;
    enum door door;
    struct door_answer_parts answer; /* valid until the next call on the client */
};

/* A number no other request of this client has. */
uint64_t door_client_draw_id(struct door_client *client);

/* Sends a request. STATUS_NOT_CONNECTED, STATUS_WOULD_BLOCK: nothing was sent;
 * STATUS_FRAME_TOO_LARGE, STATUS_NO_MEMORY: it can't be. */
enum status door_client_send(struct door_client *client, enum door door, uint64_t request_id,
                             uint32_t kind, struct view body) MUST_USE;

/* What happened next, without waiting. Answers that are none are dropped. */
void door_client_receive(struct door_client *client, struct door_event *ret_event);

/* Waits until something may have happened, at most `timeout_ms`. STATUS_SYSTEM_FAILED. */
enum status door_client_wait(struct door_client *client, int64_t timeout_ms) MUST_USE;

int64_t door_client_now_ms(const struct door_client *client);

#endif
