/*
 * Notification with a store, a log and the delivered tables, in a folder of its own; no doors and
 * no peers. Everything goes by Maildir. Tests run in the repository's root.
 */
#ifndef NETRA_TESTS_UNIT_NOTIFICATION_APP_FIXTURE_H
#define NETRA_TESTS_UNIT_NOTIFICATION_APP_FIXTURE_H

#include "common/service/service_state.h"
#include "services/notification/notification_app.h"
#include "tests/unit/store/store_fixture.h"

#define APP_NOW 1728700000 /* 2024-10-12 */

struct app_fixture {
    struct service service;
    struct notification app;
    struct notification_config config;
    char mail_folder[128];
    int64_t clock_jump_s; /* the clock on the wall is set: APP_NOW and this */
};

/* What a decision of the case says; the rest is a sure violation's. */
struct app_decision {
    uint32_t revision;
    enum decision_outcome outcome;
    enum decision_disposition disposition;
    const char *primary;
    const char *conflict; /* NULL: none */
};

/* Opens the service in the folder, which may have one already. False: it can't be. */
bool app_fixture_open(struct app_fixture *fixture, const struct fixture *files);
void app_fixture_close(struct app_fixture *fixture);

/* The case's decision comes in: an ASN of 36.04. */
enum status app_fixture_decide(struct app_fixture *fixture, const struct app_decision *decision);

/* The desk hands over what is due, a suspect each time. */
void app_fixture_tick(struct app_fixture *fixture);

/* The handle of the case that app_fixture_decide decides. */
extern const uint8_t app_case[CASE_HANDLE_SIZE];

#endif
