/* Does everybody see the notices of his regions and no others, and does notification carry out an
 * operator's acts by their rules? */
#include "tests/support/test.h"

#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/notification/notification_wire.h"
#include "tests/unit/notification/app_fixture.h"

#include <stdio.h>
#include <string.h>

static struct fixture files;
static struct app_fixture fixture;
static struct arena arena; /* the requests' turn */

static int set_up(void **state)
{
    (void)state;
    bool is_open = fixture_open(&files) && app_fixture_open(&fixture, &files);
    return is_open && arena_open(&arena, 4194304) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    app_fixture_close(&fixture);
    fixture_close(&files);
    return 0;
}

static struct principal somebody(uint16_t role, const char *regions)
{
    struct principal who = {.role = role};
    (void)snprintf(who.regions, sizeof who.regions, "%s", regions);
    return who;
}

static uint64_t put(uint8_t case_byte, const char *region, enum notice_state state)
{
    struct notice_row row = {
        .revision = 1,
        .kind = NOTICE_DECISION,
        .state = state,
        .channel = NOTICE_CHANNEL_MAILDIR,
        .recipient = "bkn",
        .role = "PENGAWAS-ASN",
        .case_number = "NTR-7Q2K-4",
        .received = 20241012,
        .at = APP_NOW,
        .since = APP_NOW,
    };
    uint64_t id = 0;
    memset(row.case_handle, case_byte, sizeof row.case_handle);
    (void)snprintf(row.region, sizeof row.region, "%s", region);
    assert_int_equal(notification_store_put(&fixture.app.store, &row, &id), STATUS_OK);
    return id;
}

static struct notice_row get(uint64_t id)
{
    struct notice_row row;
    assert_int_equal(notification_store_get(&fixture.app.store, id, &row), STATUS_OK);
    return row;
}

static enum status ask(door_handler handle, const struct principal *who, ProtobufCMessage *message,
                       struct view *ret_answer)
{
    struct turn turn = {.service = &fixture.service,
                        .arena = &arena,
                        .store = &fixture.service.store,
                        .now_utc_s = APP_NOW};
    struct door_request request = {.who = who, .message = message};
    struct diag diag = {.text = ""};
    enum status status = handle(&fixture.app, &turn, &request, &diag);
    *ret_answer = request.answer;
    return status;
}

/* ---- who sees what ---- */

struct region_case {
    const char *name;
    uint16_t role;
    const char *regions;
    unsigned want_list; /* of the notices in 36.04, 36.04.01, 36 and 36.71 */
    bool sees_case;     /* the one in 36.04.01 */
};

static struct region_case region_cases[] = {
    {"an operator without regions sees all", NOTIFICATION_ROLE_OPERATOR, "", 4, true},
    {"an officer of the province sees what lies below", NOTIFICATION_ROLE_OFFICER, "36", 4, true},
    {"an officer of a kabupaten sees its own and below", NOTIFICATION_ROLE_OFFICER, "36.04", 2,
     true},
    {"two regions are seen together", NOTIFICATION_ROLE_REVIEWER, "36.71 36.04", 3, true},
    {"a node sees its own region exactly", NOTIFICATION_ROLE_NODE, "36.04", 1, false},
    {"the province's node doesn't see what lies below", NOTIFICATION_ROLE_NODE, "36", 1, false},
    {"regions that have no notice see an empty list", NOTIFICATION_ROLE_AUDITOR, "32 33.01", 0,
     false},
    {"a code that only begins alike is another region", NOTIFICATION_ROLE_OFFICER, "36.0", 0,
     false},
};

static size_t count_rows(struct view answer)
{
    Netra__V1__NoticeRows *rows = netra__v1__notice_rows__unpack(NULL, answer.size, answer.bytes);
    assert_non_null(rows);
    size_t count = rows->n_notices;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rows->notices[i]->next_at,
                         strcmp(rows->notices[i]->state, "queued") == 0 ? APP_NOW : 0);
    netra__v1__notice_rows__free_unpacked(rows, NULL);
    return count;
}

static size_t list_all(const struct principal *who)
{
    Netra__V1__ListRequest list;
    struct view answer;
    netra__v1__list_request__init(&list);
    list.rows_max = 8;
    assert_int_equal(ask(notification_on_notices, who, &list.base, &answer), STATUS_OK);
    return count_rows(answer);
}

static void check_region(void **state)
{
    static const char *const regions[] = {"36.04", "36.04.01", "36", "36.71"};
    const struct region_case *row = *state;
    const struct principal who = somebody(row->role, row->regions);
    uint8_t handle[CASE_HANDLE_SIZE];
    Netra__V1__CaseRequest of_case;
    Netra__V1__NoticeRequest of_notice;
    struct view answer;
    assert_int_equal(set_up(NULL), 0);
    for (uint8_t i = 0; i < 4; i++)
        put(i, regions[i], NOTICE_QUEUED);
    assert_int_equal(list_all(&who), row->want_list);

    memset(handle, 1, sizeof handle);
    netra__v1__case_request__init(&of_case);
    of_case.case_handle = (ProtobufCBinaryData){.data = handle, .len = sizeof handle};
    assert_int_equal(ask(notification_on_case_notices, &who, &of_case.base, &answer), STATUS_OK);
    assert_int_equal(count_rows(answer), row->sees_case ? 1 : 0);

    netra__v1__notice_request__init(&of_notice);
    of_notice.id = 2;
    assert_int_equal(ask(notification_on_preview, &who, &of_notice.base, &answer),
                     row->sees_case ? STATUS_OK : STATUS_NOT_FOUND);
    assert_int_equal(tear_down(NULL), 0);
}

/* An empty page ends a list: whoever's rows lie far behind must not see one before. */
static void test_list__begins_at_the_first_row_that_may_be_seen(void **state)
{
    const struct principal who = somebody(NOTIFICATION_ROLE_OFFICER, "36.71");
    Netra__V1__ListRequest list;
    struct view answer;
    (void)state;
    for (uint8_t i = 0; i < 20; i++)
        put(i, "36.04", NOTICE_QUEUED);
    put(20, "36.71", NOTICE_QUEUED);
    netra__v1__list_request__init(&list);
    list.rows_max = 2;
    assert_int_equal(ask(notification_on_notices, &who, &list.base, &answer), STATUS_OK);
    assert_int_equal(count_rows(answer), 1);
    list.rows_max = 0;
    assert_int_equal(ask(notification_on_notices, &who, &list.base, &answer), STATUS_OUT_OF_RANGE);
}

static void test_route__is_for_who_sees_the_case(void **state)
{
    const struct app_decision decision = {1, DECISION_OUTCOME_NOT_A_VIOLATION,
                                          DECISION_DISPOSITION_AUTO, "NON-ASN-KADES", NULL};
    const struct principal own = somebody(NOTIFICATION_ROLE_OFFICER, "36.04");
    const struct principal other = somebody(NOTIFICATION_ROLE_OFFICER, "36.71");
    Netra__V1__CaseRequest request;
    struct view answer;
    (void)state;
    assert_int_equal(app_fixture_decide(&fixture, &decision), STATUS_OK);
    netra__v1__case_request__init(&request);
    request.case_handle.data = (uint8_t *)(uintptr_t)app_case;
    request.case_handle.len = CASE_HANDLE_SIZE;
    assert_int_equal(ask(notification_on_route, &other, &request.base, &answer), STATUS_NOT_FOUND);
    assert_int_equal(ask(notification_on_route, &own, &request.base, &answer), STATUS_OK);
    Netra__V1__Route *route = netra__v1__route__unpack(NULL, answer.size, answer.bytes);
    assert_non_null(route);
    assert_int_equal(route->n_steps, 3);
    assert_string_equal(route->steps[0]->rule, "NON-ASN-KADES");
    netra__v1__route__free_unpacked(route, NULL);
}

/* ---- acts ---- */

/* An act, in a transaction of its own. */
struct acting {
    act_handler handle;
    struct act act;
    const struct principal *who;
    enum status verdict; /* of what else is in the transaction */
};

static enum status carry_out(void *app, struct turn *turn, void *context, struct diag *diag)
{
    struct acting *acting = context;
    struct view answer = {.size = 0};
    TRY(acting->handle(app, turn, &acting->act, acting->who, &answer, diag));
    return acting->verdict;
}

static enum status act(struct acting *acting, const ProtobufCMessage *message, struct diag *diag)
{
    arena_reset(&arena);
    assert_int_equal(wire_pack(message, &arena, &acting->act.payload), STATUS_OK);
    return service_run(&fixture.service, carry_out, acting, diag);
}

struct resend_case {
    const char *name;
    enum notice_state state;
    uint64_t id; /* 0: the notice's */
    uint16_t schema;
    uint8_t case_byte; /* in the act's case handle */
    const char *regions;
    enum status want;
};

static struct resend_case resend_cases[] = {
    {"what was handed over is handed over again", NOTICE_HANDED_OVER, 0, 1, 0, "", STATUS_OK},
    {"what has failed is tried again", NOTICE_FAILED, 0, 1, 0, "36", STATUS_OK},
    {"what is queued leaves by itself", NOTICE_QUEUED, 0, 1, 0, "", STATUS_NOT_FOUND},
    {"whom the wall keeps out is never told", NOTICE_BLOCKED, 0, 1, 0, "", STATUS_NOT_FOUND},
    {"what was superseded is never told", NOTICE_SUPERSEDED, 0, 1, 0, "", STATUS_NOT_FOUND},
    {"a notice that isn't there", NOTICE_FAILED, 99, 1, 0, "", STATUS_NOT_FOUND},
    {"a notice of another's region isn't there", NOTICE_FAILED, 0, 1, 0, "36.71",
     STATUS_NOT_FOUND},
    {"an id that no row can have", NOTICE_FAILED, UINT64_MAX, 1, 0, "", STATUS_OUT_OF_RANGE},
    {"an act of another schema", NOTICE_FAILED, 0, 2, 0, "", STATUS_OUT_OF_RANGE},
    {"an act of a case", NOTICE_FAILED, 0, 1, 9, "", STATUS_OUT_OF_RANGE},
};

static void check_resend(void **state)
{
    const struct resend_case *row = *state;
    struct diag diag = {.text = ""};
    const struct principal who = somebody(NOTIFICATION_ROLE_OPERATOR, row->regions);
    struct acting acting = {
        .handle = notification_on_resend,
        .act = {.type = NOTIFICATION_EVENT_NOTICE_RESENT, .schema = row->schema},
        .who = &who,
    };
    Netra__V1__ResendNotice resend;
    assert_int_equal(set_up(NULL), 0);
    uint64_t id = put(1, "36.04", row->state);
    uint64_t seq = event_log_end(&fixture.service.log).seq;
    acting.act.case_handle[0] = row->case_byte;
    netra__v1__resend_notice__init(&resend);
    resend.id = row->id == 0 ? id : row->id;
    assert_int_equal(act(&acting, &resend.base, &diag), row->want);
    bool is_done = row->want == STATUS_OK;
    assert_int_equal(get(id).state, is_done ? NOTICE_QUEUED : row->state);
    assert_int_equal(event_log_end(&fixture.service.log).seq, seq + (is_done ? 1 : 0));
    assert_int_equal(tear_down(NULL), 0);
}

struct tables_case {
    const char *name;
    const char *service;
    uint8_t other_digest; /* is added to the digest's first byte */
    bool is_broken;       /* the service's own files */
    enum status verdict;  /* of the rest of the transaction */
    enum status want;
    bool is_loaded;
};

static struct tables_case tables_cases[] = {
    {"the tables that were checked come into force", "notification", 0, false, STATUS_OK,
     STATUS_OK, true},
    {"other tables than were checked are refused", "notification", 1, false, STATUS_OK,
     STATUS_TABLES_INVALID, false},
    {"tables with a mistake are refused", "notification", 0, true, STATUS_OK,
     STATUS_TABLES_INVALID, false},
    {"an act for another service is refused", "classification", 0, false, STATUS_OK,
     STATUS_NOT_AUTHORISED, false},
    {"tables whose transaction fails go with it", "notification", 0, false, STATUS_STORE_FULL,
     STATUS_STORE_FULL, false},
};

static void check_tables(void **state)
{
    const struct tables_case *row = *state;
    struct diag diag = {.text = ""};
    char service[32];
    uint8_t digest[SHA256_SIZE];
    uint8_t recorded[SHA256_SIZE];
    const struct principal who = somebody(NOTIFICATION_ROLE_OPERATOR, "");
    struct acting acting = {
        .handle = notification_on_tables,
        .act = {.type = NOTIFICATION_EVENT_TABLES_LOADED, .schema = NOTIFICATION_SCHEMA},
        .who = &who,
        .verdict = row->verdict,
    };
    Netra__V1__TablesLoaded loaded;
    assert_int_equal(set_up(NULL), 0);
    const struct notification_tables *old = notification_tables_of(&fixture.app);
    memcpy(digest, old->digest, sizeof digest);
    digest[0] = (uint8_t)(digest[0] + row->other_digest);
    if (row->is_broken)
        fixture.config.routing_file = fixture.config.templates_file;
    (void)snprintf(service, sizeof service, "%s", row->service);
    netra__v1__tables_loaded__init(&loaded);
    loaded.service = service;
    loaded.digest = (ProtobufCBinaryData){.data = digest, .len = sizeof digest};
    assert_int_equal(act(&acting, &loaded.base, &diag), row->want);

    const struct notification_tables *now = notification_tables_of(&fixture.app);
    assert_int_equal(now != old, row->is_loaded);
    assert_ptr_equal(fixture.app.desk.tables, now);
    assert_string_equal(now->routing.name, "netra-banten");
    assert_false(fixture.app.has_next_tables);
    /* The ones that aren't in force hold nothing. */
    assert_null(fixture.app.tables[1 - fixture.app.tables_in_force].routing_object);
    assert_int_equal(notification_store_get_tables(&fixture.app.store, recorded),
                     row->is_loaded ? STATUS_OK : STATUS_NOT_FOUND);
    assert_int_equal(event_log_end(&fixture.service.log).seq, row->is_loaded ? 1 : 0);
    assert_int_equal(tear_down(NULL), 0);
}

static void test_tables__of_a_start__are_recorded(void **state)
{
    struct diag diag = {.text = ""};
    uint8_t recorded[SHA256_SIZE];
    (void)state;
    assert_int_equal(service_run(&fixture.service, notification_record_tables, NULL, &diag),
                     STATUS_OK);
    assert_int_equal(notification_store_get_tables(&fixture.app.store, recorded), STATUS_OK);
    assert_memory_equal(recorded, notification_tables_of(&fixture.app)->digest, sizeof recorded);
}

/* Who was told of its withdrawal would be accused again. */
static void test_resend__of_a_decision_that_was_followed_by_another__is_refused(void **state)
{
    (void)state;
    struct diag diag = {.text = ""};
    const struct principal who = somebody(NOTIFICATION_ROLE_OPERATOR, "");
    const struct app_decision older = {1, DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_AUTO,
                                       "DISIPLIN-04", NULL};
    const struct app_decision newer = {2, DECISION_OUTCOME_NOT_A_VIOLATION,
                                       DECISION_DISPOSITION_OVERRIDDEN, "NON-SAH", NULL};
    struct acting acting = {
        .handle = notification_on_resend,
        .act = {.type = NOTIFICATION_EVENT_NOTICE_RESENT, .schema = 1},
        .who = &who,
    };
    Netra__V1__ResendNotice resend;
    netra__v1__resend_notice__init(&resend);
    resend.id = 1;
    assert_int_equal(app_fixture_decide(&fixture, &older), STATUS_OK);
    app_fixture_tick(&fixture);
    assert_int_equal(app_fixture_decide(&fixture, &newer), STATUS_OK);
    assert_int_equal(act(&acting, &resend.base, &diag), STATUS_REVISION_MOVED);
    assert_int_equal(get(resend.id).state, NOTICE_HANDED_OVER);
}

#define APP_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    TEST_TABLE(regions, region_cases, check_region)
    TEST_TABLE(resends, resend_cases, check_resend)
    TEST_TABLE(loads, tables_cases, check_tables)
    const struct CMUnitTest others[] = {
        APP_TEST(test_list__begins_at_the_first_row_that_may_be_seen),
        APP_TEST(test_route__is_for_who_sees_the_case),
        APP_TEST(test_resend__of_a_decision_that_was_followed_by_another__is_refused),
        APP_TEST(test_tables__of_a_start__are_recorded),
    };

    int failed = cmocka_run_group_tests_name("notification/regions", regions, NULL, NULL);
    failed += cmocka_run_group_tests_name("notification/resend", resends, NULL, NULL);
    failed += cmocka_run_group_tests_name("notification/tables", loads, NULL, NULL);
    return failed + cmocka_run_group_tests_name("notification/door", others, NULL, NULL);
}
