/* A rebuilt store in a file of its own. */
#include "tests/unit/netra/replay_fixture.h"

#include "tests/support/test.h"

#include "common/wire/unpack.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/intake_to_classification.pb-c.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int replay_fixture_set_up(void **state)
{
    static struct replay_fixture fixture;
    fixture = (struct replay_fixture){.header = {.stream_id = {7}}};
    (void)snprintf(fixture.path, sizeof(fixture.path), "/tmp/netra-replay-%d.db", (int)getpid());
    *state = &fixture;
    return arena_open(&fixture.arena, 1u << 20) != STATUS_OK ||
           replay_store_open(&fixture.store, fixture.path, &fixture.diag) != STATUS_OK;
}

int replay_fixture_tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    struct replay_fixture *fixture = *state;
    char path[96];
    replay_store_close(&fixture->store);
    arena_close(&fixture->arena);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", fixture->path, endings[i]);
        (void)unlink(path);
    }
    return 0;
}

char *replay_fixture_text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

void replay_fixture_handle_of(char letter, uint8_t case_handle[CASE_HANDLE_SIZE])
{
    memset(case_handle, letter, CASE_HANDLE_SIZE);
}

enum status replay_fixture_apply(struct replay_fixture *fixture, unsigned type, char letter,
                                 const ProtobufCMessage *message)
{
    struct view payload;
    fixture->header.type = (uint16_t)type;
    fixture->header.seq++;
    replay_fixture_handle_of(letter, fixture->header.case_handle);
    arena_reset(&fixture->arena);
    assert_int_equal(wire_pack(message, &fixture->arena, &payload), STATUS_OK);
    return replay_apply(&fixture->store, &fixture->header, payload, &fixture->arena,
                        &fixture->diag);
}

enum status replay_fixture_apply_case(struct replay_fixture *fixture, char letter,
                                      uint32_t revision, uint32_t date)
{
    Netra__V1__CaseAccepted accepted;
    Netra__V1__Facts facts;
    Netra__V1__Incident incident;
    char number[2] = {letter, '\0'};
    netra__v1__case_accepted__init(&accepted);
    netra__v1__facts__init(&facts);
    netra__v1__incident__init(&incident);
    incident.date = date;
    facts.incident = &incident;
    facts.received = 20241015;
    accepted.facts = &facts;
    accepted.case_number = number;
    accepted.submission_id = replay_fixture_text_of("id");
    accepted.region = replay_fixture_text_of("36.04");
    accepted.node = replay_fixture_text_of("bkd");
    accepted.accepted_at = 5;
    accepted.facts_revision = revision;
    return replay_fixture_apply(fixture,
                                revision == 1 ? TYPE(CASE_ACCEPTED) : TYPE(CASE_CORRECTED), letter,
                                &accepted.base);
}

enum status replay_fixture_apply_decision(struct replay_fixture *fixture, char letter,
                                          uint32_t revision)
{
    Netra__V1__DecisionMade made;
    netra__v1__decision_made__init(&made);
    made.revision = revision;
    return replay_fixture_apply(fixture, TYPE(DECISION_MADE), letter, &made.base);
}
