/*
 * Performs the effects that the worker's table yields: asks, decides, sends results, fetches
 * rulesets. Nothing here decides when; a request that can't be sent is brought again by the
 * table's time.
 */
#include "services/worker/worker_loop.h"

#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "common/service/door_wire.h"
#include "common/service/process.h"
#include "services/classification/classification_wire.h"

#include <string.h>

#define CLASSIFICATION 0u

/* What one frame asks for at most: results are told, and work or a ruleset's part asked for. */
#define ANSWERS_MAX 2u

/* One answer with a lease, decoded and unpacked, and what is sent for it. */
#define ARENA_BYTES 16777216u

/* ---- sending ---- */

/* What goes out in one frame: results, and what is asked for next. */
struct outgoing_frame {
    struct door_request_parts rows[ANSWERS_MAX];
    unsigned count;
};

static void add(struct outgoing_frame *frame, uint64_t request_id, uint32_t kind, struct view body)
{
    frame->rows[frame->count++] =
        (struct door_request_parts){.request_id = request_id, .kind = kind, .body = body};
}

static void add_work(struct worker_loop *loop, enum worker_request request, uint32_t cases_max,
                     struct outgoing_frame *frame)
{
    uint64_t request_id = worker_draw_request(&loop->worker, request);
    struct view body;
    if (worker_wire_request(loop->worker.start, cases_max, &loop->arena, &body) == STATUS_OK)
        add(frame, request_id, WORKER_KIND_WORK, body);
}

/* The results that nobody has answered yet. */
static void add_results(struct worker_loop *loop, struct outgoing_frame *frame)
{
    struct worker_results *results = &loop->worker.results;
    /* Without a connection they wait for the next one. */
    if (loop->worker.state == WORKER_STATE_DOWN || results->count == 0)
        return;
    struct view body;
    results->request_id = worker_draw_request(&loop->worker, WORKER_REQUEST_RESULT);
    if (worker_wire_results(results, &loop->arena, &body) == STATUS_OK)
        add(frame, results->request_id, WORKER_KIND_RESULT, body);
}

static void add_part(struct worker_loop *loop, struct outgoing_frame *frame)
{
    struct ruleset_fetch *fetch = &loop->rulesets.fetch;
    struct view body;
    fetch->request_id = worker_draw_request(&loop->worker, WORKER_REQUEST_RULESET);
    if (worker_wire_ruleset_request(fetch->digest, fetch->received, &loop->arena, &body) ==
        STATUS_OK)
        add(frame, fetch->request_id, WORKER_KIND_RULESET, body);
}

/* What can't be sent now, the state machine's time or the next connection brings again. */
static void send_frame(struct worker_loop *loop, const struct outgoing_frame *frame)
{
    struct view bytes;
    if (frame->count == 0)
        return;
    enum status status = door_requests_encode(frame->rows, frame->count, &loop->arena, &bytes);
    if (status == STATUS_OK)
        status = loop->transport.ask(loop->transport.self, CLASSIFICATION, bytes);
    if (status != STATUS_OK)
        log_line(LOG_LEVEL_WARN, "request_not_sent", LOG_NUMBER("kind", frame->rows[0].kind),
                 LOG_TEXT("status", status_name(status)));
}

/* ---- deciding ---- */

static void find_verdict(struct worker_loop *loop, const struct ruleset *ruleset,
                         struct view facts, struct verdict *ret_verdict)
{
    struct diag diag = {0};
    enum status status =
        classification_wire_decide(ruleset, facts, &loop->scratch, ret_verdict, &diag);
    arena_reset(&loop->scratch);
    if (status == STATUS_OK)
        return;
    /* No answer would make it look like a killer. */
    log_line(LOG_LEVEL_WARN, "case_not_read", LOG_TEXT("status", status_name(status)),
             LOG_TEXT("detail", diag.text));
    verdict_undecided(status_name(status), ret_verdict);
}

/* The results go out together: if a case kills us, the lease's others are decided anew, each
 * alone. */
static void decide(struct worker_loop *loop, const struct worker_lease *lease)
{
    const struct ruleset *ruleset = worker_rulesets_find(&loop->rulesets, lease->pin.digest);
    worker_lease_begin(&loop->worker, lease->lease_id, &lease->pin);
    for (size_t i = 0; i < lease->count && ruleset != NULL; i++) {
        const struct worker_case *leased = &lease->cases[i];
        struct worker_result *result = worker_result_add(&loop->worker);
        if (result == NULL)
            return;
        FAULT_POINT_KEYED(worker_deciding, leased->seq);
        find_verdict(loop, ruleset, leased->facts, &result->verdict);
        FAULT_POINT_KEYED(worker_decided, leased->seq);
        result->seq = leased->seq;
        memcpy(result->stream_id, leased->stream_id, STREAM_ID_SIZE);
    }
}

/* What goes with every other event. */
static const struct worker_lease no_lease = {.count = 0};

/* `lease` is for the effects of LEASED, LEASED_AHEAD and LOADED. */
static void step(struct worker_loop *loop, enum worker_event event, int64_t rest_ms,
                 const struct worker_lease *lease)
{
    struct outgoing_frame frame = {.count = 0};
    enum worker_effect effect =
        worker_step(&loop->worker, event, rest_ms, clock_boot_ms(&loop->clock));
    switch (effect) {
    case WORKER_EFFECT_NONE:
        break;
    case WORKER_EFFECT_DECIDE_AND_ASK:
        decide(loop, lease);
        add_results(loop, &frame);
        add_work(loop, WORKER_REQUEST_WORK, loop->cases_max, &frame);
        break;
    case WORKER_EFFECT_DECIDE:
        decide(loop, lease);
        add_results(loop, &frame);
        break;
    case WORKER_EFFECT_ANSWER_AND_ASK:
        add_results(loop, &frame);
        add_work(loop, WORKER_REQUEST_WORK, loop->cases_max, &frame);
        break;
    case WORKER_EFFECT_ASK:
        add_work(loop, WORKER_REQUEST_WORK, loop->cases_max, &frame);
        break;
    case WORKER_EFFECT_ANSWER_AND_FETCH:
        add_results(loop, &frame);
        add_part(loop, &frame);
        break;
    case WORKER_EFFECT_HOLD_AND_FETCH:
        worker_rulesets_hold(&loop->rulesets, lease, &loop->arena);
        add_part(loop, &frame);
        break;
    case WORKER_EFFECT_FETCH:
        add_part(loop, &frame);
        break;
    case WORKER_EFFECT_WITHDRAW:
        add_work(loop, WORKER_REQUEST_WITHDRAWAL, 0, &frame);
        break;
    }
    send_frame(loop, &frame);
}

/* ---- receiving ---- */

static void leave(struct worker_loop *loop, enum status why, const char *detail)
{
    log_line(LOG_LEVEL_ERROR, "refused", LOG_TEXT("status", status_name(why)),
             LOG_TEXT("detail", detail));
    loop->worker.state = WORKER_STATE_LEFT;
    loop->exit_status = status_exit(why);
}

/* An answer to a request for work. */
static void take_work(struct worker_loop *loop, const struct door_answer_parts *answer)
{
    if (status_class_of(answer->status) == STATUS_CLASS_RETRY) {
        step(loop, WORKER_EVENT_LATER, answer->retry_after_ms, &no_lease);
        return;
    }
    if (answer->status != STATUS_OK) {
        leave(loop, answer->status, answer->detail);
        return;
    }
    struct diag diag = {0};
    struct worker_lease lease;
    enum status status = worker_wire_read_lease(answer->body, &loop->arena, &lease, &diag);
    if (status == STATUS_OK && lease.pin.engine != CLASSIFICATION_ENGINE) {
        diag_set(&diag, "engine: %u; this program has %u", lease.pin.engine,
                 CLASSIFICATION_ENGINE);
        status = STATUS_OUT_OF_RANGE;
    }
    if (status == STATUS_OK) {
        bool is_here = worker_rulesets_find(&loop->rulesets, lease.pin.digest) != NULL;
        step(loop, is_here ? WORKER_EVENT_LEASED : WORKER_EVENT_LEASED_AHEAD, 0, &lease);
        return;
    }
    /* Leaving would only bring us back at once, to the same lease and harm to its cases. */
    log_line(LOG_LEVEL_ERROR, "lease_not_understood", LOG_TEXT("status", status_name(status)),
             LOG_TEXT("detail", diag.text));
    step(loop, WORKER_EVENT_LATER, WORKER_ASK_AGAIN_MS, &no_lease);
}

static void take_result_answer(struct worker_loop *loop, const struct door_answer_parts *answer)
{
    worker_results_answered(&loop->worker, answer->request_id);
    if (answer->status != STATUS_OK)
        log_line(LOG_LEVEL_WARN, "result_not_taken",
                 LOG_TEXT("status", status_name(answer->status)),
                 LOG_TEXT("detail", answer->detail));
}

/* An answer to a request for a part of a ruleset. */
static void take_ruleset(struct worker_loop *loop, const struct door_answer_parts *answer)
{
    int64_t rest_ms = 0;
    enum worker_event event = WORKER_EVENT_PART;
    if (!worker_rulesets_take(&loop->rulesets, answer, &loop->arena, &event, &rest_ms))
        return;
    step(loop, event, rest_ms, &loop->rulesets.held);
    if (event != WORKER_EVENT_PART)
        worker_rulesets_give_up_held(&loop->rulesets);
}

static void take_answer(struct worker_loop *loop, const struct door_answer_parts *answer)
{
    if (answer->status == STATUS_NOT_AUTHORISED || answer->status == STATUS_REVOKED) {
        leave(loop, answer->status, answer->detail);
        return;
    }
    switch (worker_request_of(answer->request_id)) {
    case WORKER_REQUEST_WORK:
        take_work(loop, answer);
        return;
    case WORKER_REQUEST_RESULT:
        take_result_answer(loop, answer);
        return;
    case WORKER_REQUEST_WITHDRAWAL:
        step(loop, WORKER_EVENT_WITHDRAWN, 0, &no_lease);
        return;
    case WORKER_REQUEST_RULESET:
        take_ruleset(loop, answer);
        return;
    }
}

/* What was asked for in one frame may be answered in one. */
static void take_answers(struct worker_loop *loop, struct view bytes)
{
    struct door_answer_parts *answers = NULL;
    unsigned count = 0;
    struct diag diag = {0};
    enum status status = door_answers_decode(bytes, &loop->arena, &answers, &count, &diag);
    if (status == STATUS_OK && count > ANSWERS_MAX) {
        diag_set(&diag, "answers: %u; at most %u were asked for together", count, ANSWERS_MAX);
        status = STATUS_OUT_OF_RANGE;
    }
    if (status != STATUS_OK) {
        log_line(LOG_LEVEL_WARN, "answer_not_understood", LOG_TEXT("status", status_name(status)),
                 LOG_TEXT("detail", diag.text));
        return;
    }
    /* Copied: a lease that is held takes the arena with it. */
    struct door_answer_parts rows[ANSWERS_MAX];
    memcpy(rows, answers, count * sizeof *answers);
    for (unsigned i = 0; i < count && loop->worker.state != WORKER_STATE_LEFT; i++)
        take_answer(loop, &rows[i]);
}

/* Classification's operator may let the key in later: it is tried again, and told once. */
static void tell_refusal(struct worker_loop *loop, enum refusal refusal)
{
    if (!loop->is_refusal_told)
        log_line(LOG_LEVEL_WARN, "refused", LOG_TEXT("refusal", refusal_name(refusal)));
    loop->is_refusal_told = true;
}

static void take(struct worker_loop *loop, const struct received *received)
{
    switch (received->kind) {
    case RECEIVED_ANSWER:
        take_answers(loop, received->bytes);
        return;
    case RECEIVED_CLIENT_UP:
        loop->is_refusal_told = false;
        step(loop, WORKER_EVENT_UP, 0, &no_lease);
        return;
    case RECEIVED_CLIENT_DOWN:
        step(loop, WORKER_EVENT_LOST, 0, &no_lease);
        return;
    case RECEIVED_REFUSED:
        tell_refusal(loop, received->refusal);
        return;
    case RECEIVED_NOTHING:
    case RECEIVED_FRAME:
    case RECEIVED_REQUEST:
    case RECEIVED_CONNECTED:
    case RECEIVED_DISCONNECTED:
        return; /* of sockets that a worker has not */
    }
}

static void receive_all(struct worker_loop *loop)
{
    struct received received = {.kind = RECEIVED_NOTHING};
    do {
        loop->transport.receive(loop->transport.self, clock_boot_ms(&loop->clock), &received);
        take(loop, &received);
        arena_reset(&loop->arena);
    } while (received.kind != RECEIVED_NOTHING && loop->worker.state != WORKER_STATE_LEFT);
}

/* ---- the loop ---- */

static void look_at_time(struct worker_loop *loop)
{
    if (clock_boot_ms(&loop->clock) >= loop->worker.due_ms)
        step(loop, WORKER_EVENT_DUE, 0, &no_lease);
    arena_reset(&loop->arena);
}

/* How long nothing needs to be done; -1: until something comes. */
static int64_t idle_ms(const struct worker_loop *loop)
{
    int64_t watchdog_ms = process_watchdog_ms();
    int64_t timeout_ms = watchdog_ms > 0 ? watchdog_ms : -1;
    if (loop->worker.due_ms == INT64_MAX)
        return timeout_ms;
    int64_t due_ms = loop->worker.due_ms - clock_boot_ms(&loop->clock);
    if (due_ms < 0)
        due_ms = 0;
    return timeout_ms >= 0 && timeout_ms < due_ms ? timeout_ms : due_ms;
}

bool worker_loop_round(struct worker_loop *loop, int64_t *ret_wait_ms)
{
    receive_all(loop);
    look_at_time(loop);
    *ret_wait_ms = idle_ms(loop);
    return loop->worker.state != WORKER_STATE_LEFT;
}

void worker_loop_stop(struct worker_loop *loop)
{
    step(loop, WORKER_EVENT_STOP, 0, &no_lease);
    arena_reset(&loop->arena);
}

int worker_loop_run(struct worker_loop *loop)
{
    int64_t wait_ms = -1;
    process_notify("READY=1");
    while (worker_loop_round(loop, &wait_ms)) {
        process_notify("WATCHDOG=1");
        if (loop->transport.wait(loop->transport.self, wait_ms) != STATUS_OK) {
            leave(loop, STATUS_SYSTEM_FAILED, "waiting for sockets");
            break;
        }
        if (process_signals_read(loop->signals) == PROCESS_SIGNAL_DRAIN) {
            process_notify("STOPPING=1");
            worker_loop_stop(loop);
        }
    }
    return loop->exit_status;
}

enum status worker_loop_open(struct worker_loop *loop, const uint8_t start[WORKER_START_SIZE])
{
    TRY(arena_open(&loop->arena, ARENA_BYTES));
    TRY(worker_rulesets_open(&loop->rulesets, ARENA_BYTES));
    TRY(arena_open(&loop->scratch, CLASSIFICATION_SCRATCH_BYTES));
    worker_begin(&loop->worker, start);
    return STATUS_OK;
}

void worker_loop_close(struct worker_loop *loop)
{
    worker_rulesets_close(&loop->rulesets);
    arena_close(&loop->arena);
    arena_close(&loop->scratch);
}
