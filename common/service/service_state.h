/*
 * The skeleton's own state, shared by its files and by nobody else.
 *
 * Files: service_main.c (a life), service_open.c (its beginning and end), plan.c (what a turn may
 * apply), apply.c (one transaction), turn.c (the turn), append.c (one more event), link.c (what
 * frames mean), asking.c (a start that isn't answered yet), pump.c (what is sent), door.c (who may
 * ask what), door_lists.c (the skeleton's own requests), acts.c (persons' acts), case_keys.c
 * (asking for keys), setting_aside.c (suspects and dead letters), redrive.c (dead letters again),
 * service_run.c (own work between turns), housekeeping.c (timers), disk_watch.c (the disk and the
 * reserve), loop.c (one round of the loop, and its end).
 */
#ifndef NETRA_SERVICE_SERVICE_STATE_H
#define NETRA_SERVICE_SERVICE_STATE_H

#include "common/delivery/delivery_store.h"
#include "common/delivery/event_log.h"
#include "common/delivery/inbox.h"
#include "common/delivery/link_wire.h"
#include "common/delivery/window.h"
#include "common/service/disk.h"
#include "common/service/door_wire.h"
#include "common/service/http.h"
#include "common/service/key_file.h"
#include "common/service/process.h"
#include "common/service/service.h"
#include "common/store/reserve.h"
#include "common/transport/transport.h"

#define TURN_ARENA_BYTES (64u * 1024u * 1024u)
#define TURN_RECEIVE_BYTES \
    (16u * 1024u * 1024u)     /* of the arena, before the turn must be worked off */
#define TURN_ENTRIES_MAX 256u /* what one transaction takes: longer ones only add latency */
#define TURN_REQUESTS_MAX 256u
/* The last frame that a turn takes may bring a whole group. */
#define TURN_REQUEST_ROWS (TURN_REQUESTS_MAX + DOOR_GROUP_MAX)
#define TURN_FRAMES_MAX 512u
#define TURN_WRITES_BYTES (32u * 1024u * 1024u) /* what one transaction writes, at the most */
#define HELLO_AFTER_MS 2000                     /* without traffic (protocol.md 6) */
#define RETRY_AFTER_MS 200                      /* after an abandoned turn */
#define CURSOR_AFTER_MS 200      /* cursors that moved are written at the latest … */
#define CURSOR_AFTER_EVENTS 256u /* … or with the next work, when one has moved this far */
/* Gap markers by themselves change nothing but a position: they wait for work, this long and this
 * many at most, rather than cost a sync for each batch of them. */
#define GAPS_WAIT_MS 50
#define GAPS_WAIT_MAX 256u
#define DISK_LOOK_MS 20       /* how long ample room is believed to be there */
#define DISK_FULL_MS 2000     /* how long a disk that said so is believed to be full */
#define RESERVE_AGAIN_MS 1000 /* after the reserve could not be taken */
#define TRIM_EVENTS_MAX 1024u
#define TOLD_KEYS_MAX 64u

enum service_phase {
    SERVICE_ASKING, /* a destination hasn't answered this start: nothing leaves (protocol.md 10) */
    SERVICE_READY,
    SERVICE_DRAINING,
    SERVICE_FORKED /* everything stopped until an operator's recovery (protocol.md 9) */
};

/* A configured peer service, in both directions. */
struct peer {
    const char *name;
    unsigned index; /* at the transport */
    uint8_t public_key[CURVE_KEY_SIZE];
    bool is_connected; /* our outlet to it */
    bool is_client_up; /* our client at its door */
    bool has_echo;     /* a number of its was received */
    uint8_t echo[LINK_NUMBER_SIZE];
    bool is_echoed; /* it has repeated a number of this start, on this connection */
    int64_t spoke_at_ms;
    bool is_hello_due;
    bool is_ack_due;
    uint64_t refused; /* a bit per status whose refusal was logged: each once */

    const struct service_output *output; /* NULL: we send it nothing */
    struct window window;
    struct cursor cursor; /* as stored, the store id as heard */
    bool is_cursor_dirty; /* the window moved since it was stored */
    bool has_answered;    /* this start's Hello, with nothing that isn't in our log */

    const struct service_input *input; /* NULL: we take nothing from it */
    struct inbox inbox;
    unsigned offered;         /* how many queued entries the app was told of */
    unsigned suspects_left;   /* entries still to be applied alone after an unclean stop */
    int64_t stalled_until_ms; /* its next entry can't be applied before */
    bool is_reset_due;        /* an act has set its cursor: loaded after the commit */
    bool is_cursor_written;   /* in the open transaction, as: */
    uint64_t cursor_written;
    int64_t leapt_at_ms; /* when we last said Hello for a missing batch */
};

struct pending_request {
    bool is_grouped; /* it came with others in one frame: their answers may share one */
    struct principal who;
    const struct door_entry *entry;
    struct door_request request;
    enum status status;
    struct diag diag;
};

/* A request for case keys that is under way at intake's door; one at a time. */
struct key_request {
    uint64_t request_id; /* 0: none */
    int64_t deadline_ms;
};

/* A dead letter that is being tried again. */
struct redrive {
    uint64_t id; /* 0: none */
    enum entry_key_state key_state;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint8_t case_key[CASE_KEY_SIZE];
    bool is_due;     /* look for one */
    bool is_counted; /* a process dies of it only once */
};

/* A case key that a request at the door needs (turn_case_key), or that came with a gap marker. */
#define WANTED_KEYS_MAX 32u
#define GAP_KEYS_MAX 32u
struct resting_key {
    bool is_used;
    enum entry_key_state state;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint8_t case_key[CASE_KEY_SIZE];
    int64_t until_ms; /* then it is wiped */
};

struct service_counters {
    uint64_t turns;
    uint64_t turns_abandoned;
    uint64_t entries_applied;
    uint64_t entries_sent;
    uint64_t requests;
    uint64_t requests_refused;
    uint64_t frames_refused;
    uint64_t refusals[REFUSAL_COUNT];
    uint64_t dead_lettered;
};

/* The disk under the store, as disk_look found it. */
struct disk_watch {
    enum disk_level level;
    uint64_t free_bytes;
    int64_t look_again_ms;    /* not looked at before */
    int64_t full_until_ms;    /* a disk that said so is believed to be full until then */
    int64_t reserve_again_ms; /* the reserve isn't tried before */
};

struct service {
    const struct service_spec *spec;
    void *app;
    struct config *config;
    struct service_edges edges;
    struct key_pair *keys; /* in locked memory */
    struct store store;
    struct event_log log;
    struct delivery_store delivery;
    struct register_keys register_keys;
    struct principal operator; /* as configured; role 0: none */
    struct reserve reserve;
    struct transport transport;
    struct http http;
    struct arena arena; /* the turn's */
    struct arena life;  /* what lives as long as the service */
    int signals;        /* descriptor */

    enum service_phase phase;
    char detail[256]; /* why it isn't ready */
    uint8_t start[PROCESS_START_SIZE];
    uint64_t number; /* the newest number drawn by this start */
    int64_t now_ms;
    int64_t retry_at_ms;  /* no transaction before this time */
    unsigned entries_max; /* entries and requests per turn now: few after arena or disk was full */
    bool is_pressed;      /* past a backpressure mark: nothing is taken in */
    struct disk_watch disk;
    int64_t app_due_ms; /* when the app wants its tick */
    bool is_drain_asked;
    bool has_deaths;     /* some entry's deaths are on record */
    enum status fatal;   /* met between turns; ends the loop */
    bool is_restart_due; /* recovered: the process begins anew on its new stream */
    int64_t cursors_written_ms;
    int64_t gaps_since_ms; /* since when nothing but gap markers waits; 0: nothing, or more */
    int64_t checkpoint_again_ms;
    bool is_careful;     /* this try of the turn's transaction has a savepoint per entry */
    bool is_care_needed; /* one without them met something that has to be taken back alone */
    bool is_term_seen;   /* told to stop: no restart either */
    bool has_more;       /* the turn's bound was reached: don't wait */

    struct peer peers[TRANSPORT_PEERS_MAX];
    unsigned peer_count;
    struct pending_request *requests; /* TURN_REQUEST_ROWS */
    unsigned request_count;
    unsigned requests_done;                      /* of them, in this turn: the first ones */
    uint8_t told[TOLD_KEYS_MAX][CURVE_KEY_SIZE]; /* revoked keys that were told */
    unsigned told_count;
    unsigned gap_key_next; /* of gap_keys, the place that is taken next */
    uint64_t door_refused; /* a bit per status whose refusal at the door was logged */
    enum status abandoned; /* why the last turn was abandoned; logged when it changes */
    struct key_request key_request;
    struct redrive redrive;
    struct resting_key wanted_keys[WANTED_KEYS_MAX]; /* in locked memory */
    struct resting_key gap_keys[GAP_KEYS_MAX];       /* in locked memory; a ring */
    uint8_t acted_stream[STREAM_ID_SIZE];            /* where the newest act was appended … */
    uint64_t acted_seq;                              /* … and its seq there */
    struct service_counters counters;
    char metrics_text[16384];
};

/* service_open.c */
enum status service_open(struct service *service, struct diag *diag) MUST_USE;
void service_close(struct service *service);

/* service_ask.c */
/* Who may recover a service whose register knows no operator, if the key is the configured
 * operator's; else NULL. */
const struct principal *service_lone_operator(const struct service *service,
                                              const uint8_t key[CURVE_KEY_SIZE]);

/* append.c */
struct turn service_turn_of(struct service *service);
void event_in_of(const struct peer *peer, const struct queued_entry *entry,
                 struct event_in *ret_event);
/* Begins a stream that follows the newest one. */
enum status append_begin_stream(struct turn *turn) MUST_USE;

/* plan.c */
/* What this turn will apply: for each peer, how many entries from the head of its queue. */
struct plan {
    unsigned entries[TRANSPORT_PEERS_MAX];
    struct position through[TRANSPORT_PEERS_MAX];
    unsigned count;
    unsigned events; /* of them, that are no gap markers */
    bool is_alone;   /* one suspect, by itself */
};

void plan_turn(struct service *service, struct plan *plan);

/* apply.c */
enum status apply_plan(struct service *service, const struct plan *plan) MUST_USE;
bool apply_is_trouble(enum status status);
/* A point in the open transaction to come back to, and back to it: store, log and the app's
 * memory. */
enum status service_save(struct service *service) MUST_USE;
enum status service_restore(struct service *service) MUST_USE;
enum status turn_handle(struct service *service, struct turn *turn,
                        const struct service_input *input, const struct event_in *event,
                        struct diag *diag) MUST_USE;

/* loop.c */
/* One round: a turn, and what is due beside it. *ret_wait_ms: how long the loop may wait then.
 * A status other than OK ends the life. */
enum status service_round(struct service *service, int64_t *ret_wait_ms) MUST_USE;
/* The orderly end of a life, before service_close: nothing more is taken in, what can go out goes,
 * and the store knows that the stop was clean. */
enum status service_stop(struct service *service) MUST_USE;

/* turn.c */
/* Rolls the open transaction back, and memory follows the store. */
void service_follow_rollback(struct service *service);
enum status service_turn(struct service *service) MUST_USE;

/* link.c */
struct peer *link_peer_of_key(struct service *service, const uint8_t key[CURVE_KEY_SIZE]);
struct peer *link_peer_named(struct service *service, const char *name);
void link_receive(struct service *service, const struct received *received);
void link_connected(struct service *service, struct peer *peer);
void link_disconnected(struct service *service, struct peer *peer);
enum status link_load(struct service *service, struct diag *diag) MUST_USE;
enum status link_reset(struct service *service, struct peer *peer) MUST_USE;
enum status link_draw_start(struct service *service) MUST_USE;
__attribute__((format(printf, 2, 3))) void service_fork(struct service *service,
                                                        const char *format, ...);

/* asking.c */
/* Whether every destination has answered this start: then what is appended can't be another branch
 * of what they hold. */
bool asking_is_answered(const struct service *service);
/* A start that asks is ready now, or `detail` says why not. */
void asking_settle(struct service *service);

/* pump.c */
void pump_all(struct service *service);

/* door.c */
void door_receive(struct service *service, const struct received *received);
void door_answer_done(struct service *service, enum status turn_status);
enum status door_admit_again(struct service *service, struct pending_request *pending);

/* door_lists.c */
extern const struct door_entry door_own_entries[];
extern const unsigned door_own_count;

/* acts.c */
enum status act_carry_out(void *app, struct turn *turn, struct door_request *request,
                          struct diag *diag);

/* case_keys.c */
void case_keys_ask(struct service *service);
void case_keys_of_gap(struct service *service, const struct peer *peer,
                      const struct queued_entry *gap);
void case_keys_answered(struct service *service, const struct received *received);
void case_keys_not_answered(struct service *service, const struct peer *peer);
void case_keys_wipe(struct service *service);

/* service_run.c */
/* What a transaction's status means for those that follow: none for a while, or none any more. */
void service_meets_trouble(struct service *service, enum status status);
/* Ends a transaction of its own, outside any turn: commits or rolls back by `status`, and memory
 * follows the store. Returns the status, or the commit's. */
enum status alone_end(struct service *service, enum status status) MUST_USE;

/* setting_aside.c */
enum status suspects_load(struct service *service) MUST_USE;
enum status suspect_count(struct service *service, struct queued_entry *entry) MUST_USE;
enum status count_death(struct service *service, const uint8_t *stream_id, uint64_t seq,
                        unsigned *ret_deaths) MUST_USE;
enum status set_aside(struct service *service, struct turn *turn, const struct event_in *event,
                      enum status why, struct diag *diag) MUST_USE;

/* redrive.c */
void redrive_work(struct service *service);

/* disk_watch.c */
/* Reads the disk's level anew, and takes the reserve when there is room for it. */
void disk_look(struct service *service);
/* STATUS_STORE_FULL was met: gives the reserve up, and REFUSE holds for DISK_FULL_MS at least. */
void disk_meets_full(struct service *service);

/* housekeeping.c */
int64_t housekeeping(struct service *service);
/* Writes cursors that moved, and trims: all that did when it is time or the life's last, else
 * those that moved far. */
enum status housekeeping_cursors(struct service *service, bool is_last) MUST_USE;
void housekeeping_cursors_written(struct service *service, bool is_committed);
enum status housekeeping_last(struct service *service) MUST_USE;
bool housekeeping_cursors_are_due(const struct service *service);
void housekeeping_look(struct service *service);
size_t service_metrics(void *self, char *text, size_t size);

#endif
