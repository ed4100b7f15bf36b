/* Do the tables keep a case once, and find it again? */
#include "tests/support/test.h"

#include "tests/unit/intake/intake_store_fixture.h"

#include <string.h>

static void test_intake_store__same_transaction__finds_the_submission(void **state)
{
    struct fixture *fixture = *state;
    const char *id = ID;
    struct known_submission known;
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "serang", id, &fixture->arena, &known),
        STATUS_NOT_FOUND);
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "serang", id, &fixture->arena, &known),
        STATUS_OK);
    assert_string_equal(known.case_number, "1002-24G0-0T");
    assert_true(view_equals(known.receipt, view_of_text("a receipt")));
    assert_int_equal(known.hash[31], 3);
    assert_int_equal(known.revision, 1);
    assert_int_equal(store_commit(&fixture->store), STATUS_OK);
}

static void test_intake_store__a_tree_put_later__is_found_with_its_receipts(void **state)
{
    struct fixture *fixture = *state;
    struct intake_store *tables = &fixture->tables;
    struct known_submission known;
    uint64_t tree = 0;
    uint8_t hashes[2 * SHA256_SIZE];
    uint8_t signature[SIGNATURE_SIZE];
    memset(hashes, 4, sizeof(hashes));
    memset(signature, 5, sizeof(signature));
    assert_int_equal(intake_store_next_tree(tables, &tree), STATUS_OK);
    assert_int_equal(tree, 1);
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    assert_int_equal(intake_store_find_submission(tables, "serang", ID, &fixture->arena, &known),
                     STATUS_OK);
    assert_int_equal(known.receipt_tree, 1);
    assert_int_equal(known.leaf_hashes.size, 0);
    assert_int_equal(intake_store_put_tree(tables, 1, view_of(hashes, sizeof(hashes)), signature),
                     STATUS_OK);
    assert_int_equal(intake_store_find_submission(tables, "serang", ID, &fixture->arena, &known),
                     STATUS_OK);
    assert_int_equal(known.receipt_index, 0);
    assert_true(view_equals(known.leaf_hashes, view_of(hashes, sizeof(hashes))));
    assert_memory_equal(known.signature, signature, sizeof(signature));
    assert_int_equal(intake_store_next_tree(tables, &tree), STATUS_OK);
    assert_int_equal(tree, 2);
}

static void test_intake_store__same_id_of_another_node__is_another_submission(void **state)
{
    struct fixture *fixture = *state;
    const char *id = ID;
    struct known_submission known;
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "cilegon", id, &fixture->arena, &known),
        STATUS_NOT_FOUND);
    put_case(fixture, 2, "0108-80G0-JF", "cilegon");
}

static void test_intake_store__the_same_id_again__is_refused_for_a_correction_too(void **state)
{
    struct fixture *fixture = *state;
    uint64_t id = put_case(fixture, 1, "1002-24G0-0T", "serang");
    struct revision_record record = revision_of(2, 2, "serang", ID);
    assert_int_not_equal(intake_store_put_revision(&fixture->tables, id, &record), STATUS_OK);
}

static void test_intake_store__correction__is_the_newest_and_both_are_kept(void **state)
{
    struct fixture *fixture = *state;
    (void)put_case(fixture, 6, "0108-80G0-JF", "serang");
    uint64_t id = put_case(fixture, 7, "1002-24G0-0T", "cilegon");
    struct revision_record record = revision_of(2, 9, "tangerang", ID_2);
    record.is_clock_off = true;
    assert_int_equal(intake_store_put_revision(&fixture->tables, id, &record), STATUS_OK);
    struct case_view view;
    uint8_t handle[CASE_HANDLE_SIZE];
    memset(handle, 7, sizeof(handle));
    assert_int_equal(intake_store_case_by_handle(&fixture->tables, handle, &fixture->arena, &view),
                     STATUS_OK);
    assert_int_equal(view.row.facts_revision, 2);
    assert_int_equal(view.row.incident_date, 20241002);
    assert_int_equal(view.row.received, 20241012);
    assert_string_equal(view.row.submission_id, ID);
    assert_true(view.is_clock_off);
    assert_int_equal(intake_store_complete_case(&fixture->tables, &fixture->arena, &view),
                     STATUS_OK);
    assert_int_equal(view.revision_count, 2);
    assert_int_equal(view.revisions[0].revision, 1);
    assert_int_equal(view.revisions[0].seq, 7);
    assert_string_equal(view.revisions[1].submission_id, ID_2);
    assert_int_equal(view.revisions[1].accepted_at, 1728700002);
    struct known_submission known;
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "tangerang", ID_2, &fixture->arena, &known),
        STATUS_OK);
    assert_int_equal(known.revision, 2);
    assert_string_equal(known.case_number, "1002-24G0-0T");
    assert_true(view_equals(known.receipt, view_of_text("another")));
}

static void test_intake_store__revision__its_sealed_event_is_found(void **state)
{
    struct fixture *fixture = *state;
    uint64_t id = put_case(fixture, 7, "1002-24G0-0T", "serang");
    struct kept_revision kept;
    struct intake_store *tables = &fixture->tables;
    assert_int_equal(intake_store_find_revision(tables, id, 1, &fixture->arena, &kept), STATUS_OK);
    assert_memory_equal(kept.header, fixture_header, HEADER_SIZE);
    assert_int_equal(kept.hash[0], 3);
    assert_true(view_equals(kept.sealed, view_of_text("sealed 1")));
    assert_int_equal(intake_store_find_revision(tables, id, 2, &fixture->arena, &kept),
                     STATUS_NOT_FOUND);
    assert_int_equal(intake_store_find_revision(tables, id, 0, &fixture->arena, &kept),
                     STATUS_NOT_FOUND);
    assert_int_equal(intake_store_find_revision(tables, 0, 65536 + 1, &fixture->arena, &kept),
                     STATUS_NOT_FOUND);
}

static void test_intake_store__reporter__is_found_where_there_is_one(void **state)
{
    struct fixture *fixture = *state;
    uint64_t anonymous = put_case(fixture, 6, "0108-80G0-JF", "serang");
    struct revision_record first = revision_of(1, 7, "cilegon", ID);
    struct case_record record = {
        .case_number = "1002-24G0-0T",
        .region = "36.04",
        .reporter = view_of_text("sealed twice"),
        .first = &first,
    };
    struct case_view view;
    struct view reporter;
    uint64_t id = 0;
    assert_int_equal(intake_store_put_case(&fixture->tables, &record, &id), STATUS_OK);
    assert_int_equal(
        intake_store_case_by_number(&fixture->tables, "1002-24G0-0T", &fixture->arena, &view),
        STATUS_OK);
    assert_true(view.has_reporter);
    assert_false(view.is_clock_off);
    assert_int_equal(
        intake_store_find_reporter(&fixture->tables, view.row.id, &fixture->arena, &reporter),
        STATUS_OK);
    assert_true(view_equals(reporter, view_of_text("sealed twice")));
    assert_int_equal(
        intake_store_find_reporter(&fixture->tables, anonymous, &fixture->arena, &reporter),
        STATUS_NOT_FOUND);
}

static void test_intake_store__unknown_case__is_not_found(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t handle[CASE_HANDLE_SIZE] = {9};
    struct case_view view;
    assert_int_equal(
        intake_store_case_by_number(&fixture->tables, "1002-24G0-0T", &fixture->arena, &view),
        STATUS_NOT_FOUND);
    assert_int_equal(intake_store_case_by_handle(&fixture->tables, handle, &fixture->arena, &view),
                     STATUS_NOT_FOUND);
}

static void test_intake_store__a_new_streams_same_seq__is_another_case(void **state)
{
    struct fixture *fixture = *state;
    struct revision_record first = revision_of(1, 1, "cilegon", ID);
    struct case_record record = {
        .case_number = "0108-80G0-JF", .region = "36.04", .first = &first};
    uint64_t id = 0;
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    memset(record.case_handle, 9, sizeof(record.case_handle));
    assert_int_equal(intake_store_put_case(&fixture->tables, &record, &id), STATUS_OK);
    assert_int_equal(intake_store_put_revision(&fixture->tables, id, &first), STATUS_OK);
}

static void test_intake_store__a_number_that_is_taken__is_never_taken_again(void **state)
{
    struct fixture *fixture = *state;
    struct revision_record first = revision_of(1, 2, "cilegon", ID);
    struct case_record record = {
        .case_number = "1002-24G0-0T", .region = "36.04", .first = &first};
    struct case_view view;
    uint64_t id = 1;
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    memset(record.case_handle, 9, sizeof(record.case_handle));
    assert_int_equal(intake_store_put_case(&fixture->tables, &record, &id), STATUS_OK);
    assert_int_equal(id, 0);
    assert_int_equal(
        intake_store_case_by_handle(&fixture->tables, record.case_handle, &fixture->arena, &view),
        STATUS_NOT_FOUND);
}

static void test_intake_store__a_handle_that_is_taken__is_an_error(void **state)
{
    struct fixture *fixture = *state;
    struct revision_record first = revision_of(1, 2, "cilegon", ID);
    struct case_record record = {
        .case_number = "0108-80G0-JF", .region = "36.04", .first = &first};
    uint64_t id = 0;
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    memset(record.case_handle, 1, sizeof(record.case_handle));
    assert_int_not_equal(intake_store_put_case(&fixture->tables, &record, &id), STATUS_OK);
}

static void test_intake_store__keys__are_found_by_handle_and_the_newest_alone(void **state)
{
    struct fixture *fixture = *state;
    uint8_t handle[CASE_HANDLE_SIZE] = {0};
    uint8_t wrapped[WRAPPED_KEY_SIZE];
    assert_int_equal(intake_store_find_newest_key(&fixture->tables, handle, wrapped),
                     STATUS_NOT_FOUND);
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    put_case(fixture, 2, "0108-80G0-JF", "cilegon");
    memset(handle, 1, sizeof(handle));
    assert_int_equal(intake_store_find_key(&fixture->tables, handle, wrapped), STATUS_OK);
    assert_int_equal(wrapped[0], 1);
    handle[7] = 4;
    assert_int_equal(intake_store_find_key(&fixture->tables, handle, wrapped), STATUS_NOT_FOUND);
    assert_int_equal(intake_store_find_newest_key(&fixture->tables, handle, wrapped), STATUS_OK);
    assert_int_equal(handle[7], 2);
    assert_int_equal(wrapped[75], 2);
    assert_int_equal(
        store_run(&fixture->store, "UPDATE case_record SET wrapped_key = NULL WHERE id = 2"),
        STATUS_OK);
    assert_int_equal(intake_store_find_key(&fixture->tables, handle, wrapped), STATUS_NOT_FOUND);
    assert_int_equal(intake_store_find_newest_key(&fixture->tables, handle, wrapped), STATUS_OK);
    assert_int_equal(wrapped[75], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_intake_store__same_transaction__finds_the_submission),
        STORE_TEST(test_intake_store__a_tree_put_later__is_found_with_its_receipts),
        STORE_TEST(test_intake_store__same_id_of_another_node__is_another_submission),
        STORE_TEST(test_intake_store__the_same_id_again__is_refused_for_a_correction_too),
        STORE_TEST(test_intake_store__correction__is_the_newest_and_both_are_kept),
        STORE_TEST(test_intake_store__revision__its_sealed_event_is_found),
        STORE_TEST(test_intake_store__reporter__is_found_where_there_is_one),
        STORE_TEST(test_intake_store__unknown_case__is_not_found),
        STORE_TEST(test_intake_store__a_new_streams_same_seq__is_another_case),
        STORE_TEST(test_intake_store__a_number_that_is_taken__is_never_taken_again),
        STORE_TEST(test_intake_store__a_handle_that_is_taken__is_an_error),
        STORE_TEST(test_intake_store__keys__are_found_by_handle_and_the_newest_alone),
    };

    return cmocka_run_group_tests_name("intake/store", tests, NULL, NULL);
}
