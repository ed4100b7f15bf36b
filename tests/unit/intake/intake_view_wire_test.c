/* Is what is shown of cases what the contract says, and are requests and acts checked? */
#include "tests/support/test.h"

#include "common/wire/unpack.h"
#include "netra/v1/any_to_audit_log.pb-c.h"
#include "netra/v1/intake_to_classification.pb-c.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/intake/intake_wire.h"

#include <string.h>

#define ARENA_BYTES 262144u

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    return arena_open(&arena, ARENA_BYTES) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static ProtobufCMessage *unpacked(const ProtobufCMessageDescriptor *descriptor, struct view bytes)
{
    ProtobufCMessage *message = NULL;
    assert_int_equal(wire_unpack(descriptor, bytes, &arena, &message, NULL), STATUS_OK);
    return message;
}

static struct view packed(const ProtobufCMessage *message)
{
    struct view bytes;
    assert_int_equal(wire_pack(message, &arena, &bytes), STATUS_OK);
    return bytes;
}

static char *text_of(const char *text)
{
    return (char *)arena_copy(&arena, view_of(text, strlen(text) + 1));
}

/* ---- requests ---- */

struct asked_case {
    const char *name;
    const char *number;
    size_t handle_size;
    enum status want;
};

static struct asked_case asked_cases[] = {
    {"a number", "1002-24G0-0T", 0, STATUS_OK},
    {"a handle", "", CASE_HANDLE_SIZE, STATUS_OK},
    {"neither", "", 0, STATUS_FIELD_MISSING},
    {"both", "1002-24G0-0T", CASE_HANDLE_SIZE, STATUS_FIELD_MISSING},
    {"a handle too short", "", CASE_HANDLE_SIZE - 1, STATUS_OUT_OF_RANGE},
};

static void test_asked(void **state)
{
    const struct asked_case *row = *state;
    static const uint8_t handle[CASE_HANDLE_SIZE] = {7};
    Netra__V1__CaseRequest message;
    netra__v1__case_request__init(&message);
    message.case_number = text_of(row->number);
    message.case_handle = wire_bytes(view_of(handle, row->handle_size));
    struct case_asked asked;
    assert_int_equal(intake_wire_read_case(&message.base, &asked, NULL), row->want);
    if (row->want != STATUS_OK)
        return;
    if (row->handle_size == 0)
        assert_string_equal(asked.case_number, row->number);
    else
        assert_null(asked.case_number);
    if (row->handle_size != 0)
        assert_memory_equal(asked.case_handle, handle, CASE_HANDLE_SIZE);
}

static void test_text_request__a_handle_of_another_size__is_out_of_range(void **state)
{
    (void)state;
    static const uint8_t handle[CASE_HANDLE_SIZE] = {7};
    uint8_t read[CASE_HANDLE_SIZE];
    uint32_t revision = 0;
    Netra__V1__CaseTextRequest message;
    netra__v1__case_text_request__init(&message);
    message.facts_revision = 3;
    message.case_handle = wire_bytes(view_of(handle, CASE_HANDLE_SIZE - 1));
    assert_int_equal(intake_wire_read_text_request(&message.base, read, &revision, NULL),
                     STATUS_OUT_OF_RANGE);
    message.case_handle = wire_bytes(view_of(handle, CASE_HANDLE_SIZE));
    assert_int_equal(intake_wire_read_text_request(&message.base, read, &revision, NULL),
                     STATUS_OK);
    assert_int_equal(revision, 3);
    assert_memory_equal(read, handle, CASE_HANDLE_SIZE);
}

/* ---- submissions ---- */

static struct facts some_facts(void)
{
    struct facts facts;
    facts_clear(&facts);
    facts.region = "36.04";
    facts.received = 20241016;
    facts.incident.description = "Memasang baliho.";
    return facts;
}

static Netra__V1__Facts *facts_message(void)
{
    struct facts facts = some_facts();
    struct view bytes;
    assert_int_equal(intake_wire_facts(&facts, &arena, &bytes), STATUS_OK);
    return (Netra__V1__Facts *)unpacked(&netra__v1__facts__descriptor, bytes);
}

static void test_submission__with_facts__is_read_whole(void **state)
{
    (void)state;
    Netra__V1__SubmitCase message;
    struct submission submission;
    netra__v1__submit_case__init(&message);
    message.submission_id = text_of("an id");
    message.sent_at = 99;
    message.sealed_reporter = wire_bytes(view_of_text("sealed"));
    assert_int_equal(intake_wire_read_submission(&message.base, &submission, NULL),
                     STATUS_FIELD_MISSING);
    message.facts = facts_message();
    assert_int_equal(intake_wire_read_submission(&message.base, &submission, NULL), STATUS_OK);
    assert_string_equal(submission.id, "an id");
    assert_int_equal(submission.sent_at, 99);
    assert_true(view_equals(submission.sealed_reporter, view_of_text("sealed")));
    assert_string_equal(submission.facts.region, "36.04");
}

static void test_correction__with_facts__is_read_whole(void **state)
{
    (void)state;
    Netra__V1__CorrectCase message;
    struct correction correction;
    netra__v1__correct_case__init(&message);
    message.submission_id = text_of("an id");
    message.case_number = text_of("1002-24G0-0T");
    message.sent_at = 99;
    message.expected_revision = 4;
    assert_int_equal(intake_wire_read_correction(&message.base, &correction, NULL),
                     STATUS_FIELD_MISSING);
    message.facts = facts_message();
    assert_int_equal(intake_wire_read_correction(&message.base, &correction, NULL), STATUS_OK);
    assert_string_equal(correction.submission.id, "an id");
    assert_string_equal(correction.case_number, "1002-24G0-0T");
    assert_int_equal(correction.submission.sent_at, 99);
    assert_int_equal(correction.submission.sealed_reporter.size, 0);
    assert_int_equal(correction.expected_revision, 4);
    assert_int_equal(correction.submission.facts.received, 20241016);
}

/* ---- answers ---- */

static const struct case_row some_row = {
    .id = 5,
    .case_number = "1002-24G0-0T",
    .submission_id = "an id",
    .region = "36.04",
    .node = "serang",
    .accepted_at = 1728700000,
    .facts_revision = 2,
    .incident_date = 20241014,
    .received = 20241016,
};

static void assert_row(const Netra__V1__CaseRow *row)
{
    assert_int_equal(row->id, 5);
    assert_string_equal(row->case_number, "1002-24G0-0T");
    assert_string_equal(row->submission_id, "an id");
    assert_string_equal(row->region, "36.04");
    assert_string_equal(row->node, "serang");
    assert_int_equal(row->case_handle.len, CASE_HANDLE_SIZE);
    assert_int_equal(row->accepted_at, 1728700000);
    assert_int_equal(row->facts_revision, 2);
    assert_int_equal(row->incident_date, 20241014);
    assert_int_equal(row->received, 20241016);
}

static void test_rows__of_a_case__say_the_newest_days(void **state)
{
    (void)state;
    struct view bytes;
    assert_int_equal(intake_wire_case_rows(&some_row, 1, &arena, &bytes), STATUS_OK);
    const Netra__V1__CaseRows *rows =
        (const Netra__V1__CaseRows *)unpacked(&netra__v1__case_rows__descriptor, bytes);
    assert_int_equal(rows->n_cases, 1);
    assert_row(rows->cases[0]);
}

static void test_view__of_a_case__has_revisions_and_links(void **state)
{
    (void)state;
    const struct revision_row revision = {
        .revision = 2,
        .submission_id = "another id",
        .accepted_at = 1728700001,
        .incident_date = 20241014,
        .received = 20241016,
        .stream_id = {9},
        .seq = 77,
    };
    const struct link_row link = {
        .other_case_number = "0108-80G0-JF",
        .other_case_handle = {8},
        .kind = 2,
        .is_other_way = true,
        .at = 1728700009,
    };
    const struct case_view view = {
        .row = some_row,
        .revisions = &revision,
        .revision_count = 1,
        .links = &link,
        .link_count = 1,
        .has_reporter = true,
        .is_clock_off = true,
    };
    struct view bytes;
    assert_int_equal(intake_wire_case_view(&view, &arena, &bytes), STATUS_OK);
    const Netra__V1__CaseView *message =
        (const Netra__V1__CaseView *)unpacked(&netra__v1__case_view__descriptor, bytes);
    assert_row(message->row);
    assert_int_equal(message->n_revisions, 1);
    assert_int_equal(message->revisions[0]->revision, 2);
    assert_string_equal(message->revisions[0]->submission_id, "another id");
    assert_int_equal(message->revisions[0]->accepted_at, 1728700001);
    assert_int_equal(message->revisions[0]->incident_date, 20241014);
    assert_int_equal(message->revisions[0]->received, 20241016);
    assert_int_equal(message->revisions[0]->stream_id.data[0], 9);
    assert_int_equal(message->revisions[0]->seq, 77);
    assert_int_equal(message->n_links, 1);
    assert_string_equal(message->links[0]->other_case_number, "0108-80G0-JF");
    assert_int_equal(message->links[0]->other_case_handle.data[0], 8);
    assert_int_equal(message->links[0]->kind, NETRA__V1__LINK_KIND__LINK_KIND_SAME_EVENT);
    assert_true(message->links[0]->is_other_way);
    assert_int_equal(message->links[0]->at, 1728700009);
    assert_true(message->has_reporter);
    assert_true(message->is_clock_off);
}

static void test_text__of_an_accepted_event__is_its_facts_and_revision(void **state)
{
    (void)state;
    struct facts facts = some_facts();
    const struct accepted_facts accepted = {
        .case_number = "1002-24G0-0T",
        .submission_id = "an id",
        .node = "serang",
        .region = "36.04",
        .accepted_at = 1728700000,
        .facts_revision = 3,
        .facts = &facts,
        .sent_at = 1728699999,
    };
    struct view event;
    struct view bytes;
    assert_int_equal(intake_wire_accepted(&accepted, &arena, &event), STATUS_OK);
    const Netra__V1__CaseAccepted *said =
        (const Netra__V1__CaseAccepted *)unpacked(&netra__v1__case_accepted__descriptor, event);
    assert_int_equal(said->sent_at, 1728699999);
    assert_string_equal(said->node, "serang");
    assert_int_equal(intake_wire_case_text(event, &arena, &bytes, NULL), STATUS_OK);
    const Netra__V1__CaseText *text =
        (const Netra__V1__CaseText *)unpacked(&netra__v1__case_text__descriptor, bytes);
    assert_int_equal(text->facts_revision, 3);
    assert_string_equal(text->facts->incident->description, "Memasang baliho.");
    assert_int_equal(text->facts->received, 20241016);
    assert_int_equal(intake_wire_case_text(view_of_text("no event"), &arena, &bytes, NULL),
                     STATUS_MALFORMED);
}

static void test_reader__of_a_case_and_of_keys__is_named(void **state)
{
    (void)state;
    const struct event_reader reader = {.name = "auditor", .key_id = {1, 2, 3, 4}};
    struct view bytes;
    assert_int_equal(intake_wire_case_read(&reader, 2, &arena, &bytes), STATUS_OK);
    const Netra__V1__CaseRead *read =
        (const Netra__V1__CaseRead *)unpacked(&netra__v1__case_read__descriptor, bytes);
    assert_string_equal(read->reader, "auditor");
    assert_memory_equal(read->key_id.data, reader.key_id, KEY_ID_SIZE);
    assert_int_equal(read->facts_revision, 2);
    assert_int_equal(intake_wire_keys_given(&reader, 256, &arena, &bytes), STATUS_OK);
    const Netra__V1__CaseKeysGiven *given =
        (const Netra__V1__CaseKeysGiven *)unpacked(&netra__v1__case_keys_given__descriptor, bytes);
    assert_string_equal(given->reader, "auditor");
    assert_memory_equal(given->key_id.data, reader.key_id, KEY_ID_SIZE);
    assert_int_equal(given->count, 256);
}

/* ---- acts ---- */

struct link_case {
    const char *name;
    size_t handle_size;
    int kind;
    enum status want;
};

static struct link_case link_cases[] = {
    {"a duplicate", CASE_HANDLE_SIZE, 1, STATUS_OK},
    {"a response", CASE_HANDLE_SIZE, 3, STATUS_OK},
    {"no kind", CASE_HANDLE_SIZE, 0, STATUS_OUT_OF_RANGE},
    {"a kind to come", CASE_HANDLE_SIZE, 4, STATUS_CONTRACT_NEWER},
    {"a handle too long", CASE_HANDLE_SIZE + 1, 1, STATUS_OUT_OF_RANGE},
};

static void test_link(void **state)
{
    const struct link_case *row = *state;
    static const uint8_t handle[CASE_HANDLE_SIZE + 1] = {7};
    Netra__V1__LinkCases message;
    netra__v1__link_cases__init(&message);
    message.other_case_handle = wire_bytes(view_of(handle, row->handle_size));
    message.kind = (Netra__V1__LinkKind)row->kind;
    struct case_link link = {.kind = 0};
    assert_int_equal(intake_wire_read_link(packed(&message.base), &arena, &link, NULL), row->want);
    assert_int_equal(link.kind, row->want == STATUS_OK ? row->kind : 0);
}

static void test_open_reporter__a_key_id_of_another_size__is_out_of_range(void **state)
{
    (void)state;
    static const uint8_t key_id[KEY_ID_SIZE + 1] = {1, 2, 3, 4, 5};
    uint8_t read[KEY_ID_SIZE];
    Netra__V1__OpenReporter message;
    netra__v1__open_reporter__init(&message);
    message.second_key_id = wire_bytes(view_of(key_id, KEY_ID_SIZE + 1));
    assert_int_equal(intake_wire_read_open_reporter(packed(&message.base), &arena, read, NULL),
                     STATUS_OUT_OF_RANGE);
    message.second_key_id = wire_bytes(view_of(key_id, KEY_ID_SIZE));
    assert_int_equal(intake_wire_read_open_reporter(packed(&message.base), &arena, read, NULL),
                     STATUS_OK);
    assert_memory_equal(read, key_id, KEY_ID_SIZE);
}

int main(void)
{
    TEST_TABLE(asked, asked_cases, test_asked)
    TEST_TABLE(links, link_cases, test_link)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_text_request__a_handle_of_another_size__is_out_of_range),
        cmocka_unit_test(test_submission__with_facts__is_read_whole),
        cmocka_unit_test(test_correction__with_facts__is_read_whole),
        cmocka_unit_test(test_rows__of_a_case__say_the_newest_days),
        cmocka_unit_test(test_view__of_a_case__has_revisions_and_links),
        cmocka_unit_test(test_text__of_an_accepted_event__is_its_facts_and_revision),
        cmocka_unit_test(test_reader__of_a_case_and_of_keys__is_named),
        cmocka_unit_test(test_open_reporter__a_key_id_of_another_size__is_out_of_range),
    };

    int failed = cmocka_run_group_tests_name("intake/view_wire_asked", asked, set_up, tear_down);
    failed += cmocka_run_group_tests_name("intake/view_wire_links", links, set_up, tear_down);
    return failed + cmocka_run_group_tests_name("intake/view_wire", single, set_up, tear_down);
}
