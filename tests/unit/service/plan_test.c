/*
 * What a turn may apply: causes, keys, readiness, suspects, and the turn's bound. A service is
 * faked by the fields that a plan reads; the closed streams lie in a real store.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "tests/unit/delivery/log_fixture.h"

#define PEERS 2u
#define QUEUED_MAX 4u
#define TYPE_READY 9u
#define TYPE_NOT_READY 10u
#define CLOSED 'z' /* a stream that was left for a following one */

static const uint8_t streams[PEERS] = {'i', 'c'};
static const char *const names[PEERS] = {"intake", "classification"};

struct queued {
    bool is_there;
    bool is_gap;
    bool is_not_ready;
    enum status condemned;
    enum entry_key_state key;
    uint8_t cause; /* whose stream; 0: no cause */
    uint64_t cause_seq;
};

#define PLAIN            \
    {                    \
        .is_there = true \
    }
#define NOT_READY                              \
    {                                          \
        .is_there = true, .is_not_ready = true \
    }
#define CAUSED(by, at)                                     \
    {                                                      \
        .is_there = true, .cause = (by), .cause_seq = (at) \
    }
#define KEY(state)                                 \
    {                                              \
        .is_there = true, .key = ENTRY_KEY_##state \
    }

struct plan_case {
    const char *name;
    struct queued queues[PEERS][QUEUED_MAX];
    uint64_t applied[PEERS];
    unsigned suspects[PEERS];
    bool is_forked[PEERS];
    bool is_no_input[PEERS];
    bool is_in_phase; /* below; else READY */
    enum service_phase phase;
    enum disk_level disk;
    unsigned entries_max; /* 0: more than there are */
    unsigned want[PEERS];
    bool want_alone;
};

static struct plan_case plan_cases[] = {
    {.name = "of empty queues nothing is planned"},
    {.name = "on a full disk entries wait", .queues = {{PLAIN}, {PLAIN}}, .disk = DISK_REFUSE},
    {.name = "a suspect waits there too",
     .queues = {{PLAIN}},
     .suspects = {1},
     .disk = DISK_REFUSE},
    {.name = "on a disk that is nearly full they don't",
     .queues = {{PLAIN}},
     .disk = DISK_NO_EVIDENCE,
     .want = {1}},
    {.name = "all that is ready goes, of every peer",
     .queues = {{PLAIN, PLAIN}, {PLAIN}},
     .want = {2, 1}},
    {.name = "an entry waits for a cause that isn't here, and what is behind it with it",
     .queues = {{PLAIN}, {PLAIN, CAUSED('i', 2), PLAIN}},
     .want = {1, 1}},
    {.name = "a cause that was applied in an earlier turn is here",
     .queues = {{{0}}, {CAUSED('i', 5), CAUSED('i', 6)}},
     .applied = {5, 0},
     .want = {0, 1}},
    {.name = "a cause that is planned before it in this turn is here",
     .queues = {{PLAIN, PLAIN}, {CAUSED('i', 2)}},
     .want = {2, 1}},
    {.name = "a cause that is planned after it is not here yet",
     .queues = {{CAUSED('c', 1)}, {PLAIN}},
     .want = {0, 1}},
    {.name = "a cause in a stream that was closed is here",
     .queues = {{CAUSED(CLOSED, 90)}},
     .want = {1, 0}},
    {.name = "a cause in a stream that nobody knows waits",
     .queues = {{CAUSED('q', 1)}},
     .want = {0, 0}},
    {.name = "an entry waits for its key to be asked for",
     .queues = {{PLAIN, KEY(MISSING), PLAIN}},
     .want = {1, 0}},
    {.name = "an entry waits for a key that was asked for",
     .queues = {{KEY(ASKED), PLAIN}},
     .want = {0, 0}},
    {.name = "an entry with its key goes", .queues = {{KEY(HERE)}}, .want = {1, 0}},
    {.name = "an entry whose key was destroyed goes", .queues = {{KEY(ERASED)}}, .want = {1, 0}},
    {.name = "a gap waits for nothing",
     .queues =
         {{{.is_there = true, .is_gap = true, .key = ENTRY_KEY_MISSING, .is_not_ready = true}}},
     .want = {1, 0}},
    {.name = "a condemned entry waits for nothing",
     .queues = {{{.is_there = true,
                  .condemned = STATUS_DIED_ALONE,
                  .key = ENTRY_KEY_MISSING,
                  .cause = 'q',
                  .cause_seq = 1,
                  .is_not_ready = true}}},
     .want = {1, 0}},
    {.name = "an entry the service isn't ready for holds up its own stream alone",
     .queues = {{PLAIN, NOT_READY, PLAIN}, {PLAIN, PLAIN}},
     .want = {1, 2}},
    {.name = "a turn takes as many as it may, the first peer's first",
     .queues = {{PLAIN, PLAIN, PLAIN}, {PLAIN, PLAIN}},
     .entries_max = 4,
     .want = {3, 1}},
    {.name = "after a full arena one entry goes",
     .queues = {{PLAIN, PLAIN}, {PLAIN}},
     .entries_max = 1,
     .want = {1, 0}},
    {.name = "a suspect goes alone",
     .queues = {{PLAIN, PLAIN}, {PLAIN}},
     .suspects = {2, 0},
     .want = {1, 0},
     .want_alone = true},
    {.name = "another peer's suspect goes while the first one waits",
     .queues = {{KEY(MISSING)}, {PLAIN, PLAIN}},
     .suspects = {1, 1},
     .want = {0, 1},
     .want_alone = true},
    {.name = "while a suspect waits the other peers go on, what is behind it does not",
     .queues = {{KEY(MISSING), PLAIN}, {PLAIN, PLAIN}},
     .suspects = {1, 0},
     .want = {0, 2}},
    {.name = "a suspect that hasn't come again yet holds up nobody else",
     .queues = {{{0}}, {PLAIN}},
     .suspects = {1, 0},
     .want = {0, 1}},
    {.name = "of a forked stream nothing goes, of the others all",
     .queues = {{PLAIN}, {PLAIN}},
     .is_forked = {true, false},
     .want = {0, 1}},
    {.name = "of a peer that is no input nothing goes",
     .queues = {{PLAIN}, {PLAIN}},
     .is_no_input = {true, false},
     .want = {0, 1}},
    {.name = "before the audit log has answered nothing goes",
     .queues = {{PLAIN}},
     .is_in_phase = true,
     .phase = SERVICE_ASKING,
     .want = {0, 0}},
    {.name = "a service that drains begins nothing new",
     .queues = {{PLAIN}},
     .is_in_phase = true,
     .phase = SERVICE_DRAINING,
     .want = {0, 0}},
    {.name = "a forked service applies nothing, suspects neither",
     .queues = {{PLAIN}},
     .suspects = {1, 0},
     .is_in_phase = true,
     .phase = SERVICE_FORKED,
     .want = {0, 0}},
};

static bool is_ready(void *app, const struct event_in *event)
{
    (void)app;
    return event->header.type == TYPE_READY;
}

static const struct service_spec spec = {.name = "test", .is_ready = is_ready};
static const struct service_input input = {.producer = "a peer"};
static struct service service;

static void put_queued(struct inbox *inbox, uint8_t stream, const struct queued *queued)
{
    uint64_t seq = inbox->applied.seq + inbox->queue.count + 1;
    struct queued_entry entry =
        fixture_entry(stream, seq, queued->is_not_ready ? TYPE_NOT_READY : TYPE_READY);
    entry.is_gap = queued->is_gap;
    entry.condemned = queued->condemned;
    entry.key_state = queued->key;
    memset(entry.header.cause_stream_id, queued->cause, STREAM_ID_SIZE);
    entry.header.cause_seq = queued->cause_seq;
    assert_non_null(entry_queue_push(&inbox->queue, &entry));
}

static void make_peer(const struct plan_case *row, unsigned index)
{
    struct peer *peer = &service.peers[index];
    peer->name = names[index];
    peer->input = row->is_no_input[index] ? NULL : &input;
    peer->suspects_left = row->suspects[index];
    assert_int_equal(inbox_open(&peer->inbox), STATUS_OK);
    peer->inbox.state = row->is_forked[index] ? INBOX_FORKED : INBOX_FOLLOWING;
    memset(peer->inbox.applied.stream_id, streams[index], STREAM_ID_SIZE);
    peer->inbox.applied.seq = row->applied[index];
    for (unsigned i = 0; i < QUEUED_MAX && row->queues[index][i].is_there; i++)
        put_queued(&peer->inbox, streams[index], &row->queues[index][i]);
}

static void check_plan(void **state)
{
    const struct plan_case *row = *state;
    struct plan plan;
    service.phase = row->is_in_phase ? row->phase : SERVICE_READY;
    service.disk.level = row->disk;
    service.entries_max = row->entries_max == 0 ? TURN_ENTRIES_MAX : row->entries_max;
    for (unsigned i = 0; i < PEERS; i++)
        make_peer(row, i);
    plan_turn(&service, &plan);
    for (unsigned i = 0; i < PEERS; i++) {
        assert_int_equal(plan.entries[i], row->want[i]);
        if (!row->want_alone)
            assert_int_equal(plan.through[i].seq, row->applied[i] + row->want[i]);
        inbox_close(&service.peers[i].inbox);
    }
    assert_int_equal(plan.count, row->want[0] + row->want[1]);
    assert_int_equal(plan.is_alone, row->want_alone);
}

static struct log_fixture *fixture; /* not cmocka's state, which would take the rows' place */

static int set_up(void **state)
{
    (void)state;
    uint8_t closed[STREAM_ID_SIZE];
    void *opened = NULL;
    if (log_fixture_open(&opened) != 0)
        return -1;
    fixture = opened;
    memset(closed, CLOSED, sizeof closed);
    service = (struct service){
        .spec = &spec,
        .peer_count = PEERS,
        .delivery = fixture->delivery, /* the fixture closes it */
    };
    return delivery_closed_put(&service.delivery, closed) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    void *opened = fixture;
    return log_fixture_close(&opened);
}

int main(void)
{
    TEST_TABLE(plans, plan_cases, check_plan);
    return cmocka_run_group_tests_name("plan", plans, set_up, tear_down);
}
