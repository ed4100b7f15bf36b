/* Does the rebuilt store say what the events say? */
#include "tests/support/test.h"

#include "common/wire/unpack.h"
#include "netra/v1/any_to_audit_log.pb-c.h"
#include "netra/v1/intake_to_any.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "tests/unit/netra/replay_fixture.h"

#include <string.h>

static enum status apply_notice(struct replay_fixture *fixture, unsigned type, char letter)
{
    Netra__V1__NoticeQueued queued;
    netra__v1__notice_queued__init(&queued);
    queued.recipient = replay_fixture_text_of("bkd");
    queued.kind = NETRA__V1__NOTICE_KIND__NOTICE_KIND_DECISION;
    queued.revision = 1;
    queued.role = replay_fixture_text_of("PPK");
    queued.channel = replay_fixture_text_of("maildir");
    return replay_fixture_apply(fixture, type, letter, &queued.base);
}

static enum status apply_settling(struct replay_fixture *fixture, unsigned type, uint64_t seq)
{
    static uint8_t stream_id[STREAM_ID_SIZE] = {7};
    Netra__V1__NoticeSettled settled;
    netra__v1__notice_settled__init(&settled);
    settled.stream_id = wire_bytes(view_of(stream_id, STREAM_ID_SIZE));
    settled.seq = seq;
    return replay_fixture_apply(fixture, type, 0, &settled.base);
}

static void assert_state(struct replay_fixture *fixture, char letter, const char *want)
{
    struct replay_notice_key key = {.revision = 1, .kind = 1, .recipient = "bkd"};
    struct replay_notice notice;
    replay_fixture_handle_of(letter, key.case_handle);
    assert_int_equal(replay_store_take_notice(&fixture->store, 1, &key, 1, &notice), STATUS_OK);
    assert_string_equal(notice.state, want);
    assert_string_equal(notice.role, "PPK");
    assert_string_equal(notice.channel, "maildir");
}

/* ---- applying ---- */

static void test_case__accepted_and_corrected__has_both_revisions(void **state)
{
    struct replay_fixture *fixture = *state;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    struct replay_case found;
    struct replay_facts facts;
    uint64_t fact_count = 0;
    uint64_t links = 0;
    replay_fixture_handle_of('k', case_handle);
    assert_int_equal(replay_fixture_apply_case(fixture, 'k', 1, 20241012), STATUS_OK);
    assert_int_equal(replay_fixture_apply_case(fixture, 'k', 2, 20241013), STATUS_OK);
    assert_int_equal(replay_store_take_case(&fixture->store, 1, case_handle, &found), STATUS_OK);
    assert_string_equal(found.case_number, "k");
    assert_string_equal(found.region, "36.04");
    assert_string_equal(found.node, "bkd");
    assert_false(found.is_erased);
    assert_int_equal(replay_store_count_of_case(&fixture->store, case_handle, &fact_count, &links),
                     STATUS_OK);
    assert_int_equal(fact_count, 2);
    assert_int_equal(replay_store_get_facts(&fixture->store, case_handle, 1, &facts), STATUS_OK);
    assert_int_equal(facts.incident_date, 20241012);
    assert_int_equal(facts.seq, 1);
    assert_int_equal(replay_store_get_facts(&fixture->store, case_handle, 2, &facts), STATUS_OK);
    assert_int_equal(facts.incident_date, 20241013);
    assert_int_equal(facts.received, 20241015);
    assert_int_equal(facts.accepted_at, 5);
    assert_string_equal(facts.submission_id, "id");
    assert_int_equal(replay_store_get_facts(&fixture->store, case_handle, 3, &facts),
                     STATUS_NOT_FOUND);
}

static void test_decision__is_kept_byte_for_byte(void **state)
{
    struct replay_fixture *fixture = *state;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    struct view made;
    uint64_t seq = 0;
    replay_fixture_handle_of('k', case_handle);
    assert_int_equal(replay_fixture_apply_decision(fixture, 'k', 3), STATUS_OK);
    assert_int_equal(replay_store_take_decision(&fixture->store, 1, case_handle, 3,
                                                &fixture->arena, &seq, &made),
                     STATUS_OK);
    assert_int_equal(seq, 1);
    assert_int_equal(made.size, 2);
    assert_memory_equal(made.bytes, "\x08\x03", 2);
    assert_int_equal(replay_store_take_decision(&fixture->store, 1, case_handle, 1,
                                                &fixture->arena, &seq, &made),
                     STATUS_NOT_FOUND);
}

struct notice_case {
    const char *name;
    unsigned queued_type;
    unsigned settled_type; /* 0: nothing became of it */
    const char *want;
};

static struct notice_case notice_cases[] = {
    {"a queued notice waits", TYPE(NOTICE_QUEUED), 0, "queued"},
    {"a blocked notice stays blocked", TYPE(NOTICE_BLOCKED), 0, "blocked"},
    {"a notice that was handed over", TYPE(NOTICE_QUEUED), TYPE(NOTICE_HANDED_OVER),
     "handed_over"},
    {"a notice that was given up", TYPE(NOTICE_QUEUED), TYPE(NOTICE_FAILED), "failed"},
};

static void test_notice(void **state)
{
    const struct notice_case *row = *state;
    void *made = NULL;
    assert_int_equal(replay_fixture_set_up(&made), 0);
    assert_int_equal(apply_notice(made, row->queued_type, 'k'), STATUS_OK);
    if (row->settled_type != 0)
        assert_int_equal(apply_settling(made, row->settled_type, 1), STATUS_OK);
    assert_state(made, 'k', row->want);
    assert_int_equal(replay_fixture_tear_down(&made), 0);
}

static void assert_resent(struct replay_fixture *fixture, uint64_t id, bool want)
{
    struct replay_notice_key key = {.revision = 1, .kind = 1, .recipient = "bkd"};
    struct replay_notice notice;
    replay_fixture_handle_of('k', key.case_handle);
    assert_int_equal(replay_store_take_notice(&fixture->store, 1, &key, id, &notice), STATUS_OK);
    assert_int_equal(notice.is_resent, want);
}

static void test_notice__resent__waits_until_it_is_settled_again(void **state)
{
    struct replay_fixture *fixture = *state;
    Netra__V1__ResendNotice resend;
    netra__v1__resend_notice__init(&resend);
    resend.id = 12;
    assert_int_equal(apply_notice(fixture, TYPE(NOTICE_QUEUED), 'k'), STATUS_OK);
    assert_int_equal(apply_settling(fixture, TYPE(NOTICE_FAILED), 1), STATUS_OK);
    assert_resent(fixture, 12, false);
    assert_int_equal(replay_fixture_apply(fixture, TYPE(NOTICE_RESENT), 0, &resend.base),
                     STATUS_OK);
    assert_resent(fixture, 12, true);
    assert_resent(fixture, 13, false);
    assert_int_equal(apply_settling(fixture, TYPE(NOTICE_HANDED_OVER), 1), STATUS_OK);
    assert_resent(fixture, 12, false);
    assert_state(fixture, 'k', "handed_over");
}

static void test_notice__of_a_case_decided_again__is_overtaken(void **state)
{
    struct replay_fixture *fixture = *state;
    struct replay_notice_key key = {.revision = 1, .kind = 1, .recipient = "bkd"};
    struct replay_notice notice;
    replay_fixture_handle_of('k', key.case_handle);
    assert_int_equal(replay_fixture_apply_decision(fixture, 'k', 1), STATUS_OK);
    assert_int_equal(apply_notice(fixture, TYPE(NOTICE_QUEUED), 'k'), STATUS_OK);
    assert_int_equal(replay_store_take_notice(&fixture->store, 1, &key, 1, &notice), STATUS_OK);
    assert_false(notice.is_overtaken);
    assert_int_equal(replay_fixture_apply_decision(fixture, 'k', 2), STATUS_OK);
    assert_int_equal(replay_store_take_notice(&fixture->store, 1, &key, 1, &notice), STATUS_OK);
    assert_true(notice.is_overtaken);
    bool is_overtaken = false;
    assert_int_equal(replay_store_is_overtaken(&fixture->store, key.case_handle, 1, &is_overtaken),
                     STATUS_OK);
    assert_true(is_overtaken);
    assert_int_equal(replay_store_is_overtaken(&fixture->store, key.case_handle, 2, &is_overtaken),
                     STATUS_OK);
    assert_false(is_overtaken);
}

static void test_settling__of_what_nobody_queued__is_told(void **state)
{
    assert_int_equal(apply_settling(*state, TYPE(NOTICE_HANDED_OVER), 77), STATUS_NOT_FOUND);
}

static void test_register__authorised_and_revoked__is_followed(void **state)
{
    struct replay_fixture *fixture = *state;
    const uint8_t curve_public[32] = {3};
    Netra__V1__KeyAuthorised authorised;
    Netra__V1__KeyRevoked revoked;
    uint32_t role = 0;
    bool is_revoked = true;
    netra__v1__key_authorised__init(&authorised);
    netra__v1__key_revoked__init(&revoked);
    authorised.name = replay_fixture_text_of("auditor-1");
    authorised.role = NETRA__V1__ROLE__ROLE_AUDITOR;
    authorised.curve_public = wire_bytes(view_of(curve_public, 32));
    revoked.curve_public = wire_bytes(view_of(curve_public, 32));
    assert_int_equal(replay_fixture_apply(fixture, TYPE(KEY_AUTHORISED), 0, &authorised.base),
                     STATUS_OK);
    assert_int_equal(replay_store_take_key(&fixture->store, 1, curve_public, &role, &is_revoked),
                     STATUS_OK);
    assert_int_equal(role, NETRA__V1__ROLE__ROLE_AUDITOR);
    assert_false(is_revoked);
    assert_int_equal(replay_fixture_apply(fixture, TYPE(KEY_REVOKED), 0, &revoked.base),
                     STATUS_OK);
    assert_int_equal(replay_store_take_key(&fixture->store, 1, curve_public, &role, &is_revoked),
                     STATUS_OK);
    assert_true(is_revoked);
    authorised.curve_public.len = 31;
    assert_int_equal(replay_fixture_apply(fixture, TYPE(KEY_AUTHORISED), 0, &authorised.base),
                     STATUS_OUT_OF_RANGE);
}

static void test_link__is_found_from_both_cases(void **state)
{
    struct replay_fixture *fixture = *state;
    uint8_t one[CASE_HANDLE_SIZE];
    uint8_t other[CASE_HANDLE_SIZE];
    uint64_t facts = 0;
    uint64_t links = 0;
    Netra__V1__LinkCases link;
    replay_fixture_handle_of('k', one);
    replay_fixture_handle_of('l', other);
    netra__v1__link_cases__init(&link);
    link.kind = NETRA__V1__LINK_KIND__LINK_KIND_DUPLICATE;
    link.other_case_handle = wire_bytes(view_of(other, CASE_HANDLE_SIZE));
    assert_int_equal(replay_fixture_apply(fixture, TYPE(CASES_LINKED), 'k', &link.base),
                     STATUS_OK);
    assert_int_equal(replay_store_get_link(&fixture->store, one, other, 1), STATUS_OK);
    assert_int_equal(replay_store_get_link(&fixture->store, other, one, 1), STATUS_NOT_FOUND);
    assert_int_equal(replay_store_get_link(&fixture->store, one, other, 2), STATUS_NOT_FOUND);
    assert_int_equal(replay_store_count_of_case(&fixture->store, other, &facts, &links),
                     STATUS_OK);
    assert_int_equal(links, 1);
}

static void test_event__without_effect__needs_no_opening(void **state)
{
    struct replay_fixture *fixture = *state;
    fixture->header.type = TYPE(CASE_READ);
    assert_false(replay_takes(TYPE(CASE_READ)));
    assert_false(replay_takes(0));
    assert_true(replay_takes(TYPE(DECISION_MADE)));
    assert_int_equal(replay_apply(&fixture->store, &fixture->header, view_of_text("?"),
                                  &fixture->arena, &fixture->diag),
                     STATUS_OK);
}

static void test_payload__that_is_another_message__is_refused(void **state)
{
    struct replay_fixture *fixture = *state;
    fixture->header.type = TYPE(DECISION_MADE);
    assert_int_equal(replay_apply(&fixture->store, &fixture->header, view_of_text("\x0a\x7f"),
                                  &fixture->arena, &fixture->diag),
                     STATUS_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPLAY_TEST(test_case__accepted_and_corrected__has_both_revisions),
        REPLAY_TEST(test_decision__is_kept_byte_for_byte),
        REPLAY_TEST(test_notice__resent__waits_until_it_is_settled_again),
        REPLAY_TEST(test_notice__of_a_case_decided_again__is_overtaken),
        REPLAY_TEST(test_settling__of_what_nobody_queued__is_told),
        REPLAY_TEST(test_register__authorised_and_revoked__is_followed),
        REPLAY_TEST(test_link__is_found_from_both_cases),
        REPLAY_TEST(test_event__without_effect__needs_no_opening),
        REPLAY_TEST(test_payload__that_is_another_message__is_refused),
    };
    TEST_TABLE(notices, notice_cases, test_notice);
    int failed = cmocka_run_group_tests_name("netra/replay", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("netra/replay/notices", notices, NULL, NULL);
    return failed;
}
