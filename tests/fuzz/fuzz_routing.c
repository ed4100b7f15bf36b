/* The table of routes: what is accepted tells somebody of every decision, and never the walled. */
#include "services/notification/notification_tables.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const struct decision decisions[] = {
    {.revision = 1,
     .outcome = DECISION_OUTCOME_VIOLATION,
     .disposition = DECISION_DISPOSITION_AUTO,
     .actor = DECISION_ACTOR_ASN,
     .incident_date = 20241012,
     .received = 20241015,
     .case_number = "ABCD-EFGH-JK",
     .region = "36.04",
     .primary = "DISIPLIN-05"},
    {.revision = 2,
     .outcome = DECISION_OUTCOME_VIOLATION,
     .disposition = DECISION_DISPOSITION_CONFIRMED,
     .actor = DECISION_ACTOR_ASN,
     .received = 20241015,
     .case_number = "ABCD-EFGH-JK",
     .region = "36.04",
     .primary = "ETIK-04",
     .conflicts = {"BKPSDM", "PPK", "INSPEKTORAT"},
     .conflict_count = 3},
    {.revision = 1,
     .outcome = DECISION_OUTCOME_UNDECIDED,
     .disposition = DECISION_DISPOSITION_REVIEW,
     .actor = DECISION_ACTOR_UNKNOWN,
     .received = 20190101,
     .case_number = "ABCD-EFGH-JK",
     .region = "36.71"},
    {.revision = 1,
     .outcome = DECISION_OUTCOME_NEEDS_INFORMATION,
     .disposition = DECISION_DISPOSITION_AUTO,
     .actor = DECISION_ACTOR_KADES,
     .received = 20301231,
     .case_number = "ABCD-EFGH-JK",
     .region = "36"},
};

static void use(const struct routing *routing)
{
    static struct route route;
    for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++) {
        const struct decision *decision = &decisions[i];
        routing_evaluate(routing, decision, &route);
        FUZZ_CHECK(route.count <= ROUTE_STEPS_MAX);
        for (unsigned k = 0; k < route.count; k++) {
            const struct route_step *step = &route.steps[k];
            FUZZ_CHECK(step->blocked_why != NULL ||
                       routing_wall(routing, step->office, decision) == NULL);
            FUZZ_CHECK(step->blocked_why != NULL || !decision_waits_for_review(decision) ||
                       strcmp(step->office->kind, ROUTING_REVIEWER) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct notification_tables tables = {.routing_object = NULL};
    const struct table_source source = {.name = "routing.yaml", .text = view_of(bytes, size)};
    struct diag diag = {0};
    FUZZ_CHECK(arena_open(&tables.arena, 4u * TABLE_BYTES_MAX) == STATUS_OK);
    enum status status = notification_routing_read(&source, &tables, &diag);
    if (status == STATUS_OK) {
        use(&tables.routing);
    } else {
        FUZZ_CHECK(status == STATUS_CONFIG_INVALID);
        fuzz_check_table_refused(status, &diag);
    }
    notification_tables_close(&tables);
    return 0;
}
