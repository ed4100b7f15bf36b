/*
 * A rebuilt store in a file of its own, and events to apply to it.
 */
#ifndef NETRA_TESTS_UNIT_NETRA_REPLAY_FIXTURE_H
#define NETRA_TESTS_UNIT_NETRA_REPLAY_FIXTURE_H

#include "netra/v1/event.pb-c.h"
#include "services/netra/replay.h"

#include <protobuf-c/protobuf-c.h>

#define TYPE(name) NETRA__V1__EVENT_TYPE__EVENT_TYPE_##name

struct replay_fixture {
    char path[64];
    struct replay_store store;
    struct arena arena;
    struct diag diag;
    struct event_header header; /* of the event applied last; seq counts on */
};

/* cmocka's setup and teardown: *state becomes a store without rows. */
int replay_fixture_set_up(void **state);
int replay_fixture_tear_down(void **state);

/* The text as protobuf-c's structs take it; nothing writes through it. */
char *replay_fixture_text_of(const char *text);

/* The handle of the case with that letter; 0: of none. */
void replay_fixture_handle_of(char letter, uint8_t case_handle[CASE_HANDLE_SIZE]);

/* Applies an event of case `letter`, 0: of none. */
enum status replay_fixture_apply(struct replay_fixture *fixture, unsigned type, char letter,
                                 const ProtobufCMessage *message) MUST_USE;

/* Applies a revision of the case's facts, and a decision on it. */
enum status replay_fixture_apply_case(struct replay_fixture *fixture, char letter,
                                      uint32_t revision, uint32_t date) MUST_USE;
enum status replay_fixture_apply_decision(struct replay_fixture *fixture, char letter,
                                          uint32_t revision) MUST_USE;

#define REPLAY_TEST(function) \
    cmocka_unit_test_setup_teardown(function, replay_fixture_set_up, replay_fixture_tear_down)

#endif
