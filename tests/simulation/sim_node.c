/*
 * A node: submits what the plan says, asks again until it has its receipt, and sometimes once
 * more. One question is under way per submission.
 */
#include "common/base/invariant.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/door_client.h"
#include "services/netra/receipt_parts.h"
#include "services/netra/uuid7.h"
#include "tests/simulation/sim_client.h"
#include "tests/simulation/sim_home.h"
#include "tests/simulation/sim_world_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MS 3000 /* then the question is asked again */
#define RETRY_MS_MIN 200
#define RETRY_MS_MAX 5000
#define AGAIN_MS_MAX 20000 /* when a receipted one is said once more */

/* What is asked: the submission itself, the same once more, or the same id with other content. */
enum saying { SAYING_FIRST, SAYING_AGAIN, SAYING_OTHERWISE, SAYING_COUNT };

struct task {
    unsigned planned; /* index in the plan; the row of the ledger is the same */
    bool is_started;  /* it has its row in the ledger */
    enum saying saying;
    bool is_done;
    int64_t due_ms; /* world time of the next asking */
    int64_t retry_ms;
    uint64_t request_id; /* 0: none under way */
};

struct node {
    struct door_client client;
    struct arena arena;
};

/* What outlives the node's process: its own journal, as the command writes one. */
static struct task tasks[SIM_NODES_MAX][SIM_PLANNED_MAX];
static unsigned task_counts[SIM_NODES_MAX];

static unsigned index_of(const struct sim_process *process)
{
    return process->number - SIM_NODE_FIRST;
}

void sim_nodes_begin(const struct sim_plan *plan)
{
    memset(tasks, 0, sizeof tasks);
    memset(task_counts, 0, sizeof task_counts);
    for (unsigned i = 0; i < plan->submission_count; i++) {
        const struct sim_planned_submission *row = &plan->submissions[i];
        tasks[row->node][task_counts[row->node]++] =
            (struct task){.planned = i, .due_ms = row->at_ms, .retry_ms = RETRY_MS_MIN};
    }
}

bool sim_node_is_done(const struct sim_process *process)
{
    unsigned node = index_of(process);
    for (unsigned i = 0; i < task_counts[node]; i++)
        if (!tasks[node][i].is_done)
            return false;
    return true;
}

static bool open_node(struct sim_process *process)
{
    struct node *node = calloc(1, sizeof *node);
    struct transport_peer peers[DOOR_COUNT] = {{.name = NULL}};
    struct transport_spec spec = {.peers = peers, .peer_count = DOOR_COUNT};
    struct transport transport;
    char door[64];
    INVARIANT(node != NULL);
    process->body = node;
    for (unsigned i = 0; i < DOOR_COUNT; i++)
        peers[i].name = door_name((enum door)i);
    (void)snprintf(door, sizeof door, "tcp://127.0.0.1:%u", sim_network_port(SIM_INTAKE, true));
    peers[DOOR_INTAKE].door = door;
    memcpy(peers[DOOR_INTAKE].public_key, sim_home_key(SIM_INTAKE)->curve_public, CURVE_KEY_SIZE);
    memcpy(spec.public_key, sim_home_key(process->number)->curve_public, CURVE_KEY_SIZE);
    unsigned own = index_of(process);
    for (unsigned i = 0; i < task_counts[own]; i++)
        tasks[own][i].request_id = 0;
    if (arena_open(&node->arena, 1u << 20) != STATUS_OK)
        return false;
    if (sim_network_open(process->world, process->number, &spec, &transport) != STATUS_OK)
        return false;
    uint64_t first_id = sim_random_draw(&process->random);
    return door_client_open_over(&node->client, transport, sim_process_clock(process), first_id) ==
           STATUS_OK;
}

/* ---- asking ---- */

/* The case that a correction is of must be receipted by then. */
static const char *corrected_case(struct sim_world *world, const struct task *task)
{
    const struct sim_planned_submission *planned = &world->plan.submissions[task->planned];
    const struct sim_submission *row = &world->ledger.submissions[planned->corrects];
    return planned->is_correction && row->is_receipted ? row->case_number : NULL;
}

static void begin_row(struct sim_process *process, struct task *task)
{
    struct sim_world *world = process->world;
    const struct sim_planned_submission *planned = &world->plan.submissions[task->planned];
    struct sim_submission *row = &world->ledger.submissions[task->planned];
    uint8_t random[UUID7_RANDOM_BYTES];
    struct clock clock = sim_process_clock(process);
    if (task->is_started)
        return;
    task->is_started = true;
    sim_random_fill(&process->random, random, sizeof random);
    uuid7_make((uint64_t)clock_utc_s(&clock) * 1000, random, row->id);
    row->node = index_of(process);
    /* A correction that changes nothing is refused: another narrative than the corrected one's. */
    row->narrative = (unsigned)sim_random_below(&process->random, SIM_NARRATIVES - 1);
    if (planned->is_correction)
        row->narrative =
            (world->ledger.submissions[planned->corrects].narrative + 1 + row->narrative) %
            SIM_NARRATIVES;
    row->is_correction = planned->is_correction;
    row->corrects = planned->corrects;
    row->sent_ms = world->now_ms;
}

/* A correction stays in the region of its case. */
static const char *region_of(const struct sim_planned_submission *planned, unsigned index)
{
    static const char *const regions[] = {"36.01", "36.02", "36.04", "36.71"};
    return regions[(planned->is_correction ? planned->corrects : index) % 4];
}

static void ask(struct sim_process *process, struct task *task)
{
    struct sim_world *world = process->world;
    struct node *node = process->body;
    const struct sim_planned_submission *planned = &world->plan.submissions[task->planned];
    struct clock clock = sim_process_clock(process);
    struct view body;
    const char *corrects = corrected_case(world, task);
    task->due_ms = world->now_ms + ANSWER_MS;
    if (planned->is_correction && corrects == NULL)
        return;
    begin_row(process, task);
    struct sim_submission *row = &world->ledger.submissions[task->planned];
    if (!row->is_receipted)
        row->asked_ms = world->now_ms;
    struct sim_request request = {
        .region = region_of(planned, task->planned),
        .narrative = row->narrative + (task->saying == SAYING_OTHERWISE ? 1 : 0),
        .corrects = corrects,
        .sent_at_s = clock_utc_s(&clock),
    };
    memcpy(request.id, row->id, sizeof request.id);
    arena_reset(&node->arena);
    enum status status = sim_client_pack(&request, &node->arena, &body);
    INVARIANT(status == STATUS_OK);
    uint64_t request_id = door_client_draw_id(&node->client);
    uint32_t kind = planned->is_correction ? NETRA__V1__REQUEST_KIND__REQUEST_KIND_CORRECT_CASE
                                           : NETRA__V1__REQUEST_KIND__REQUEST_KIND_SUBMIT_CASE;
    status = door_client_send(&node->client, DOOR_INTAKE, request_id, kind, body);
    task->request_id = status == STATUS_OK ? request_id : 0;
    if (status == STATUS_OK)
        sim_trace(process->number, "asks for submission %u%s", task->planned,
                  task->saying == SAYING_OTHERWISE ? " with other content"
                  : task->saying == SAYING_AGAIN   ? " again"
                                                   : "");
}

/* ---- answers ---- */

/* The next thing to say of a submission that has its answer. */
static void go_on(struct sim_process *process, struct task *task)
{
    const struct sim_planned_submission *planned =
        &process->world->plan.submissions[task->planned];
    do
        task->saying++;
    while ((task->saying == SAYING_AGAIN && !planned->is_said_again) ||
           (task->saying == SAYING_OTHERWISE && !planned->is_said_otherwise));
    task->is_done = task->saying == SAYING_COUNT;
    task->retry_ms = RETRY_MS_MIN;
    task->due_ms = process->world->now_ms + sim_random_between(&process->random, 0, AGAIN_MS_MAX);
}

static void take_first_receipt(struct sim_process *process, struct sim_submission *row,
                               struct view body, const struct receipt *receipt)
{
    row->is_receipted = true;
    row->receipted_ms = process->world->now_ms;
    row->receipt_size = (unsigned)body.size;
    INVARIANT(body.size <= sizeof row->receipt);
    memcpy(row->receipt, body.bytes, body.size);
    (void)snprintf(row->case_number, sizeof row->case_number, "%s", receipt->case_number);
    memcpy(row->case_handle, receipt->case_handle, sizeof row->case_handle);
    memcpy(row->stream_id, receipt->stream_id, sizeof row->stream_id);
    row->seq = receipt->seq;
    row->facts_revision = receipt->facts_revision;
    process->world->outcome->receipted++;
}

static void take_receipt(struct sim_process *process, struct task *task, struct view body)
{
    struct node *node = process->body;
    struct sim_submission *row = &process->world->ledger.submissions[task->planned];
    struct receipt receipt;
    struct view said;
    char id[UUID_TEXT_SIZE];
    struct diag diag = {.text = ""};
    uuid_to_text(row->id, id);
    if (receipt_unpack(body, &node->arena, &receipt, &diag) != STATUS_OK ||
        receipt_tree_verify(&receipt.given, sim_home_key(SIM_INTAKE)->sign_public, &said) !=
            STATUS_OK ||
        strcmp(receipt.submission_id, id) != 0) {
        sim_fail(process->world, "submission %u got an answer that is no receipt of it: %s",
                 task->planned, diag.text);
        return;
    }
    sim_trace(process->number, "has the receipt of submission %u: %s, seq %" PRIu64, task->planned,
              receipt.case_number, receipt.seq);
    memcpy(row->newest_stream_id, receipt.stream_id, STREAM_ID_SIZE);
    row->newest_seq = receipt.seq;
    if (!row->is_receipted)
        take_first_receipt(process, row, body, &receipt);
    else if (process->world->witness.restored[SIM_INTAKE] > 0)
        sim_trace(process->number, "intake's store is an old one: another receipt may be right");
    else if (task->saying == SAYING_OTHERWISE)
        sim_fail(process->world, "submission %u was accepted again with other content",
                 task->planned);
    else if (row->receipt_size != body.size || memcmp(row->receipt, body.bytes, body.size) != 0)
        sim_fail(process->world, "submission %u got another receipt the second time",
                 task->planned);
    else
        row->receipts_again++;
    go_on(process, task);
}

static void take_refusal(struct sim_process *process, struct task *task,
                         const struct door_answer_parts *answer)
{
    struct sim_submission *row = &process->world->ledger.submissions[task->planned];
    sim_trace(process->number, "submission %u: %s %s", task->planned, status_name(answer->status),
              answer->detail);
    if (status_class_of(answer->status) == STATUS_CLASS_RETRY) {
        task->due_ms = process->world->now_ms + task->retry_ms;
        task->retry_ms = task->retry_ms * 2 > RETRY_MS_MAX ? RETRY_MS_MAX : task->retry_ms * 2;
        return;
    }
    if (task->saying == SAYING_OTHERWISE && status_exit(answer->status) == 7) {
        row->conflicts++;
        go_on(process, task);
        return;
    }
    row->is_refused = !row->is_receipted;
    row->refused = answer->status;
    task->is_done = true;
}

static void take_answer(struct sim_process *process, const struct door_answer_parts *answer)
{
    unsigned own = index_of(process);
    for (unsigned i = 0; i < task_counts[own]; i++) {
        struct task *task = &tasks[own][i];
        if (task->request_id != answer->request_id || task->is_done)
            continue;
        task->request_id = 0;
        if (answer->status == STATUS_OK)
            take_receipt(process, task, answer->body);
        else
            take_refusal(process, task, answer);
        return;
    }
}

static void receive_all(struct sim_process *process)
{
    struct node *node = process->body;
    unsigned own = index_of(process);
    struct door_event event;
    for (door_client_receive(&node->client, &event); event.kind != DOOR_EVENT_NOTHING;
         door_client_receive(&node->client, &event)) {
        arena_reset(&node->arena);
        if (event.kind == DOOR_EVENT_ANSWER)
            take_answer(process, &event.answer);
        if (event.kind != DOOR_EVENT_DOWN)
            continue;
        for (unsigned i = 0; i < task_counts[own]; i++) {
            struct task *task = &tasks[own][i];
            if (task->request_id != 0)
                task->due_ms = process->world->now_ms;
            task->request_id = 0;
        }
    }
}

/* A revoked key is told so once, and not answered any more: its officer hears of it. */
static void give_up(struct sim_process *process)
{
    unsigned own = index_of(process);
    for (unsigned i = 0; i < task_counts[own]; i++) {
        struct task *task = &tasks[own][i];
        struct sim_submission *row = &process->world->ledger.submissions[task->planned];
        if (process->world->now_ms < process->revoked_ms + ANSWER_MS || task->is_done)
            continue;
        task->is_done = true;
        row->is_refused = !row->is_receipted;
        row->refused = STATUS_REVOKED;
    }
}

static bool round_of_node(struct sim_process *process, int64_t *ret_wait_ms)
{
    struct node *node = process->body;
    unsigned own = index_of(process);
    int64_t due_ms = INT64_MAX;
    receive_all(process);
    if (process->is_revoked)
        give_up(process);
    for (unsigned i = 0; i < task_counts[own]; i++) {
        struct task *task = &tasks[own][i];
        if (!task->is_done && node->client.is_up[DOOR_INTAKE] &&
            task->due_ms <= process->world->now_ms)
            ask(process, task);
        if (!task->is_done && task->due_ms > process->world->now_ms && task->due_ms < due_ms)
            due_ms = task->due_ms;
        if (!task->is_done && process->is_revoked)
            due_ms = process->world->now_ms + ANSWER_MS;
    }
    *ret_wait_ms = due_ms == INT64_MAX ? -1 : due_ms - process->world->now_ms;
    return true;
}

static void close_node(struct sim_process *process)
{
    struct node *node = process->body;
    door_client_close(&node->client);
    arena_close(&node->arena);
    free(node);
    process->body = NULL;
}

const struct sim_kind sim_node_kind = {
    .open = open_node, .round = round_of_node, .close = close_node};
