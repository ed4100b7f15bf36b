/*
 * The skeleton that every service shares: it owns the loop and the turn, the service gives it one
 * spec table and its handlers, so no service can forget a step.
 *
 * One turn (style.md): receive; check the envelope; fetch the keys it needs; begin; each entry, so
 * that it can be taken back alone: in order, and its cause here? handle it, store, append what
 * follows; move the inbox; commit; only then confirm. Decision, memory of the input and promise of
 * the output become true together (protocol.md 12).
 *
 * Owns: store, transport, arena, delivery state, register, HTTP. The app's state is the service's
 * own.
 */
#ifndef NETRA_SERVICE_SERVICE_H
#define NETRA_SERVICE_SERVICE_H

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/diag.h"
#include "common/base/random.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/service/act.h"
#include "common/service/config.h"
#include "common/service/edges.h"
#include "common/service/register.h"
#include "common/store/store.h"
#include "common/transport/transport.h"
#include "common/wire/header.h"
#include "common/wire/seal.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

struct service;

/* What a handler works with; valid during the call. */
struct turn {
    struct service *service;
    struct arena *arena; /* the turn's memory, wiped after it */
    struct store *store; /* inside a transaction */
    const struct random_source *random;
    int64_t now_utc_s;
    int64_t now_boot_ms;
};

/* An entry of an input stream, as a handler sees it. */
struct event_in {
    const char *producer;        /* the peer's name */
    const uint8_t *header_bytes; /* HEADER_SIZE, as chained */
    struct event_header header;  /* the same, decoded */
    struct view sealed;          /* the payload as it travels (wire/seal.h) */
    const uint8_t *case_key;     /* CASE_KEY_SIZE, or NULL: not needed, or erased */
    bool is_erased;              /* the case's key was destroyed: the payload won't open */
};

/* An event to append to the service's own log. */
struct event_draft {
    uint16_t type;
    uint16_t schema;
    const uint8_t *case_handle; /* CASE_HANDLE_SIZE; NULL: no case, the payload is in the clear */
    const uint8_t *case_key;    /* CASE_KEY_SIZE; with a case handle */
    struct view payload;        /* encoded once, here */
    const uint8_t *cause_stream_id; /* STREAM_ID_SIZE; NULL: no cause */
    uint64_t cause_seq;
    /* A person's act: its r, role, key id and signature are taken unchanged and `payload` must be
     * the act's. NULL: the service itself. */
    const struct act *act;
};

/* An event that was appended. */
struct event_made {
    struct event_header header; /* as chained: its stream, seq and commitment */
    uint8_t header_bytes[HEADER_SIZE];
    struct view sealed; /* the payload as it travels and rests, in the turn's arena */
};

/* Appends to the own log inside the turn's transaction; the same checks as its consumers' run
 * first. `ret_made` may be NULL. STATUS_EVENT_TOO_LARGE, STATUS_OUT_OF_RANGE, STATUS_NO_MEMORY,
 * and the store's. */
enum status turn_append(struct turn *turn, const struct event_draft *draft,
                        struct event_made *ret_made) MUST_USE;

/*
 * The key of a case at a service that reads content, for a request at its door. STATUS_NOT_FOUND:
 * erased. STATUS_KEY_NOT_AT_HAND: it has been asked for at intake; the request is answered so and
 * whoever asked asks again, which `netra` does by itself. Keys rest in locked memory, until
 * CASE_KEY_REST_MS after they were first wanted or told, and are wiped then.
 */
#define CASE_KEY_REST_MS 5000
enum status turn_case_key(struct turn *turn, const uint8_t case_handle[CASE_HANDLE_SIZE],
                          uint8_t case_key[CASE_KEY_SIZE]) MUST_USE;

/* The stream id and seq the next append will get: for a case handle that begins with its own seq.
 */
void turn_next_point(const struct turn *turn, uint8_t stream_id[STREAM_ID_SIZE],
                     uint64_t *ret_seq);

/* Opens an event's payload into the turn's arena and unpacks it: seal_open, then wire_unpack. */
enum status turn_open_event(struct turn *turn, const struct event_in *event,
                            const ProtobufCMessageDescriptor *descriptor,
                            ProtobufCMessage **ret_message, struct diag *diag) MUST_USE;

typedef enum status (*event_handler)(void *app, struct turn *turn, const struct event_in *event,
                                     struct diag *diag);

/* The handler of KEY_AUTHORISED and KEY_REVOKED in every service: applies them to its register. */
enum status turn_apply_key_event(void *app, struct turn *turn, const struct event_in *event,
                                 struct diag *diag) MUST_USE;

#define SERVICE_EVENTS_MAX 6u

/* A stream the service takes. */
struct service_input {
    const char *producer;
    /* Sealed events come with their case's key: in the stream, told before, or asked for at
     * intake's door before the turn begins. */
    bool needs_case_keys;
    event_handler every; /* called for each event before the table is looked at; may be NULL */
    struct {
        uint16_t type; /* EventType; 0 ends the table */
        event_handler handle;
    } events[SERVICE_EVENTS_MAX]; /* other types have no effect here */
};

/* A stream the service gives. */
struct service_output {
    const char *destination;
    bool (*wants)(uint16_t type); /* others travel as gap markers; NULL: everything */
    bool carries_case_keys;       /* spec.case_key fills them in, in memory (protocol.md 24) */
    /* With such an event a gap marker that ends a batch tells the case's key, for what others will
     * make of it (protocol.md 24); NULL: with none. */
    bool (*tells_key_of)(uint16_t type);
};

/* ---- the door ---- */

/* To whom an answer goes, when it is given later than the request's own turn. */
struct door_ticket {
    struct door_route route;
    uint64_t request_id;
};

struct door_request {
    const struct principal *who; /* role ROLE_SERVICE for a peer: then only name and key are set */
    const ProtobufCMessage *message; /* the body, unpacked and scanned */
    struct view body;                /* the same as bytes */
    struct door_ticket ticket;
    /* What the handler answers: */
    struct view answer; /* the encoded answer, in the turn's arena */
    uint32_t retry_after_ms;
    bool is_deferred; /* set by the handler: service_answer comes later */
};

typedef enum status (*door_handler)(void *app, struct turn *turn, struct door_request *request,
                                    struct diag *diag);

#define ROLE_BIT(role) (1u << (unsigned)(role))

/* Who may ask what. */
struct door_entry {
    uint32_t kind;  /* RequestKind */
    uint32_t roles; /* ROLE_BITs */
    const ProtobufCMessageDescriptor *body;
    door_handler handle;
    bool takes_in; /* new work: refused while draining or past a backpressure mark */
};

/* Answers a deferred request. Call it between turns or in `committed`, never before its effects
 * are committed. */
void service_answer(struct service *service, const struct door_ticket *ticket, enum status status,
                    struct view body, const char *detail);

/* A person's act of a type that this service's app carries out. `act` is verified already: the
 * signature, the signer's register entry and the role. The handler does the effect and must append
 * the event with `draft->act = act`; ret_answer may be set to what the person is told. */
typedef enum status (*act_handler)(void *app, struct turn *turn, const struct act *act,
                                   const struct principal *who, struct view *ret_answer,
                                   struct diag *diag);

struct act_entry {
    uint16_t type;  /* EventType; 0 ends the table */
    uint32_t roles; /* ROLE_BITs of the role the person acts in */
    act_handler handle;
};

/* ---- the spec ---- */

struct service_spec {
    const char *name; /* "intake": its configuration's `service`, its events' service */
    uint32_t application_id;
    struct migrations migrations;
    const cyaml_schema_value_t *config_schema;
    size_t app_size; /* bytes of the app's state; zeroed before open */

    const struct service_input *inputs;
    unsigned input_count;
    const struct service_output *outputs; /* batches leave in this order: who works on, then who
                                           * keeps */
    unsigned output_count;
    const struct door_entry
        *door; /* beside the skeleton's own (status, acts, dead letters, register) */
    unsigned door_count;
    const struct act_entry *acts; /* beside the skeleton's own */

    /* The moments of a service's life; each may be NULL. */

    /* The store is open and migrated: prepare statements, read keys. Nothing was answered yet. */
    enum status (*open)(void *app, struct service *service, const struct config *config,
                        struct diag *diag);
    /* A check of the service's own past before it acts, beside rule 10's (audit-log: its published
     * checkpoint). STATUS_STREAM_FORKED stops the service. */
    enum status (*check)(void *app, struct service *service, struct diag *diag);
    /* First start of a new store, inside a transaction: what the first events say (intake: the
     * bootstrapped keys). */
    enum status (*first_start)(void *app, struct turn *turn, struct diag *diag);
    /* Nothing here is ever dead-lettered: an entry that is rejected makes its stream wait and
     * alarm (audit-log: protocol.md 14). */
    bool never_sets_aside;
    /* An own event was appended, inside the transaction (audit-log: it is a leaf too). */
    enum status (*appended)(void *app, struct turn *turn, const uint8_t header_bytes[HEADER_SIZE],
                            struct view payload);
    /* What was done so far in this transaction may be gone back to (protocol.md 13), and: it was.
     * Memory that is ahead of the store is written with the one and dropped with the other. */
    enum status (*saved)(void *app);
    void (*restored)(void *app);
    /* An entry was received and is complete (its key is here): called once for each, in order,
     * before is_ready. Work may begin; no store. */
    void (*offered)(void *app, struct service *service, const struct event_in *event);
    /* Whether the entry may be applied now. Entries behind it wait. NULL: always. */
    bool (*is_ready)(void *app, const struct event_in *event);
    /* An entry was dead-lettered, inside the transaction, its own effects rolled back
     * (classification: an undecided revision). */
    enum status (*dead_lettered)(void *app, struct turn *turn, const struct event_in *event,
                                 enum status why, struct diag *diag);
    /* The last thing inside the transaction (audit-log: tree and checkpoint, once for all its
     * entries). */
    enum status (*before_commit)(void *app, struct turn *turn, struct diag *diag);
    /* The transaction is on disk, or was abandoned: memory follows the store. */
    void (*committed)(void *app, struct service *service);
    void (*abandoned)(void *app, struct service *service);
    /* Timers: called at least when the returned time (boot ms) has come. INT64_MAX: none. */
    int64_t (*tick)(void *app, struct service *service, int64_t now_boot_ms);
    /* The case's key, for outputs that carry keys (intake alone). STATUS_NOT_FOUND: erased. */
    enum status (*case_key)(void *app, const uint8_t case_handle[CASE_HANDLE_SIZE],
                            uint8_t case_key[CASE_KEY_SIZE]);
    /* A destination starts elsewhere than it stood, or follows an adopted stream and is never
     * sent how this store began: what it needs of that is appended anew, inside the transaction
     * (intake: the register). */
    enum status (*say_anew)(void *app, struct turn *turn, struct diag *diag);
    /* Appends own metrics, Prometheus text; returns the length written. */
    size_t (*metrics)(void *app, char *text, size_t size);
    void (*close)(void *app, struct service *service);
};

/* A service's whole life: `-c FILE` (configuration), `-n` (check it and stop), `--version`.
 * Returns the exit status. */
int service_main(int argc, char **argv, const struct service_spec *spec);

/* ---- what an app may ask of its service ---- */

struct store *service_store(struct service *service);
const char *service_origin(const struct service *service);
const struct config *service_config(const struct service *service);
/* The register; handlers of key events and acts apply to it, everybody else reads. */
struct register_keys *service_register(struct service *service);
/* The service's own key pair, in locked memory. */
struct key_pair;
const struct key_pair *service_keys(const struct service *service);
const struct random_source *service_random(const struct service *service);
/* Where files outside the store are kept. */
const struct files *service_files(const struct service *service);
int64_t service_now_boot_ms(const struct service *service);
/* Whether everything stands still until an operator's recovery: then nothing is published either.
 */
bool service_is_forked(const struct service *service);

/*
 * Does own work in a transaction of its own, outside any turn: what a timer or a channel brought
 * about (notification: a notice was handed over). `work` may append. Must be called between turns
 * (from tick), while the service is ready. On a status other than OK everything is rolled back;
 * the caller tries again on a later tick. Besides work's own statuses: STATUS_TRY_AGAIN_LATER (not
 * ready now), and the store's.
 */
typedef enum status (*service_work)(void *app, struct turn *turn, void *context,
                                    struct diag *diag);
enum status service_run(struct service *service, service_work work, void *context,
                        struct diag *diag) MUST_USE;

/*
 * Counts a death of an entry durably, in a transaction of its own, outside any turn's transaction
 * (protocol.md 14, 21): before a suspect is applied or leased alone. *ret_deaths is the count with
 * this one; when the entry is applied alone afterwards, that is the same try. Must be called
 * between turns (from tick, offered or is_ready).
 */
enum status service_count_death(struct service *service, const uint8_t stream_id[STREAM_ID_SIZE],
                                uint64_t seq, unsigned *ret_deaths) MUST_USE;

/* How many deaths alone an entry may have before it is dead-lettered unprocessed (protocol.md 14).
 */
#define DEATHS_MAX 3u

/* Marks a queued entry to be dead-lettered with that status in the next turn instead of being
 * handled. */
void service_condemn(struct service *service, const uint8_t stream_id[STREAM_ID_SIZE],
                     uint64_t seq, enum status why);

#endif
