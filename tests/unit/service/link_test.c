/*
 * What an operator reads of a start that audit-log has not answered: why it waits.
 */
#include "tests/support/test.h"

#include "common/base/bytes.h"
#include "common/service/service_state.h"

#include <string.h>

#define ARENA_BYTES 65536u
#define WAITS "audit-log has not answered this start yet"

struct alarm_case {
    const char *name;
    enum service_phase phase;
    const char *peer;        /* that answers with a store never seen of it */
    const char *want_detail; /* begins so */
};

static struct alarm_case alarms[] = {
    {"a start that audit-log has forgotten says that audit-log has to be recovered",
     SERVICE_ASKING, "audit-log", "STREAM_FORKED: audit-log has forgotten"},
    {"a start that another peer has forgotten still says that it waits for audit-log",
     SERVICE_ASKING, "other", WAITS},
    {"a service that is ready has nothing to say of a peer that has forgotten", SERVICE_READY,
     "other", ""},
};

/* A fresh answer of another store than the one that acknowledged before. */
static struct link_ack answer_of_another_store(const struct service *service)
{
    struct link_ack ack = {.credit_entries = 1, .credit_bytes = 1, .has_echo = true};
    memcpy(ack.echo, service->start, sizeof service->start);
    bytes_put_u64(ack.echo + sizeof service->start, service->number);
    memset(ack.store_id, 'n', sizeof ack.store_id);
    return ack;
}

static void check_detail(void **state)
{
    static const struct service_output output;
    static struct service service;
    const struct alarm_case *row = *state;
    struct received received = {.kind = RECEIVED_FRAME};
    service = (struct service){
        .phase = row->phase,
        .start = {1},
        .number = 1,
        .peer_count = 1,
        .peers = {{.name = row->peer,
                   .output = &output,
                   .window = {.state = WINDOW_GREETING},
                   .cursor = {.store_id = {'k'}}}},
    };
    if (row->phase == SERVICE_ASKING)
        memcpy(service.detail, WAITS, sizeof WAITS);
    assert_int_equal(arena_open(&service.arena, ARENA_BYTES), STATUS_OK);
    const struct link_ack ack = answer_of_another_store(&service);
    assert_int_equal(link_ack_encode(&ack, &service.arena, &received.bytes), STATUS_OK);
    link_receive(&service, &received);
    arena_close(&service.arena);
    assert_int_equal(service.peers[0].window.state, WINDOW_STOPPED);
    assert_true(service.peers[0].has_answered);
    assert_int_equal(service.phase, row->phase);
    assert_memory_equal(service.detail, row->want_detail, strlen(row->want_detail));
    assert_int_equal(service.detail[0] == '\0', row->want_detail[0] == '\0');
}

int main(void)
{
    TEST_TABLE(tests, alarms, check_detail);
    return cmocka_run_group_tests_name("what an unanswered start says", tests, NULL, NULL);
}
