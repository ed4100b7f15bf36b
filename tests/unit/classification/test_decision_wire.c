/*
 * Decisions over the wire: events there and back, and what the door shows.
 */
#include "tests/support/test.h"

#include "common/wire/unpack.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/classification/classification_wire.h"
#include "verdict_fixture.h"

#include <string.h>

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    if (arena.base == NULL)
        assert_int_equal(arena_open(&arena, 64u << 20), STATUS_OK);
    arena_reset(&arena);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct decision_made full_made(const struct code_basis *basis, unsigned basis_count)
{
    struct decision_made made = {
        .revision = 4,
        .verdict = verdict_fixture_full(),
        .facts_stream = {3},
        .facts_seq = 77,
        .facts_revision = 2,
        .case_number = "AAA-BBBB-CCC",
        .region = "36.04",
        .incident_date = 20241012,
        .received = 20241015,
        .pin = {.digest = {1, 2}, .engine = 2},
        .decided_at = 1730000000,
        .basis = basis,
        .basis_count = basis_count,
        .is_of_person = true,
        .reviewer_key_id = {6, 7, 8, 9},
    };
    return made;
}

static const struct code_basis basis_rows[] = {
    {"ETIK-01", "Alat peraga", "A1", "Pasal 11 huruf c PP 42/2004", "S11", "moral"},
    {"ETIK-02", "Media sosial", "", "Pasal 5", "S12", "sedang"},
};

/* ---- events ---- */

static void assert_basis(const struct code_basis *row, const struct code_basis *want)
{
    assert_string_equal(row->code, want->code);
    assert_string_equal(row->label, want->label);
    assert_string_equal(row->skb, want->skb);
    assert_string_equal(row->article, want->article);
    assert_string_equal(row->source, want->source);
    assert_string_equal(row->sanction, want->sanction);
}

static void test_made__of_a_person__comes_back(void **state)
{
    (void)state;
    struct decision_made sent = full_made(basis_rows, 2);
    struct decision_made read;
    struct view bytes;
    assert_int_equal(classification_wire_made(&sent, &arena, &bytes), STATUS_OK);
    assert_int_equal(classification_wire_read_made(bytes, &arena, &read, NULL), STATUS_OK);
    assert_int_equal(read.revision, 4);
    assert_memory_equal(&read.verdict, &sent.verdict, sizeof(sent.verdict));
    assert_memory_equal(read.facts_stream, sent.facts_stream, STREAM_ID_SIZE);
    assert_int_equal(read.facts_seq, 77);
    assert_int_equal(read.facts_revision, 2);
    assert_string_equal(read.case_number, sent.case_number);
    assert_string_equal(read.region, sent.region);
    assert_int_equal(read.incident_date, 20241012);
    assert_int_equal(read.received, 20241015);
    assert_true(ruleset_pin_equals(&read.pin, &sent.pin));
    assert_int_equal(read.decided_at, 1730000000);
    assert_true(read.is_of_person);
    assert_memory_equal(read.reviewer_key_id, sent.reviewer_key_id, KEY_ID_SIZE);
    assert_int_equal(read.basis_count, 2);
    assert_basis(&read.basis[0], &basis_rows[0]);
    assert_basis(&read.basis[1], &basis_rows[1]);
}

static void test_made__of_the_machine__no_reviewer(void **state)
{
    (void)state;
    struct decision_made sent = full_made(NULL, 0);
    struct decision_made read;
    struct view bytes;
    sent.is_of_person = false;
    assert_int_equal(classification_wire_made(&sent, &arena, &bytes), STATUS_OK);
    assert_int_equal(classification_wire_read_made(bytes, &arena, &read, NULL), STATUS_OK);
    assert_false(read.is_of_person);
    assert_true(view_is_zero(view_of(read.reviewer_key_id, KEY_ID_SIZE)));
    assert_int_equal(read.basis_count, 0);
}

static void test_read_made__cut_bytes__malformed(void **state)
{
    (void)state;
    struct decision_made made = full_made(NULL, 0);
    struct view bytes;
    assert_int_equal(classification_wire_made(&made, &arena, &bytes), STATUS_OK);
    bytes.size -= 3;
    assert_int_equal(classification_wire_read_made(bytes, &arena, &made, NULL), STATUS_MALFORMED);
}

/* ---- the door ---- */

static struct decision row_of(uint32_t revision, struct view made)
{
    struct decision row = {
        .id = 10 + revision,
        .case_handle = {1},
        .revision = revision,
        .outcome = OUTCOME_VIOLATION,
        .disposition = DISPOSITION_REVIEW,
        .region = "36.04",
        .stream_id = {2},
        .seq = 20 + revision,
        .made = made,
    };
    return row;
}

static struct view pack_made(void)
{
    struct decision_made made = full_made(basis_rows, 2);
    struct view bytes;
    assert_int_equal(classification_wire_made(&made, &arena, &bytes), STATUS_OK);
    return bytes;
}

static void test_rows__one__every_field(void **state)
{
    (void)state;
    struct decision row = row_of(4, pack_made());
    struct view bytes;
    ProtobufCMessage *unpacked = NULL;
    assert_int_equal(classification_wire_decision_rows(&row, 1, &arena, &bytes), STATUS_OK);
    assert_int_equal(
        wire_unpack(&netra__v1__decision_rows__descriptor, bytes, &arena, &unpacked, NULL),
        STATUS_OK);
    const Netra__V1__DecisionRows *rows = (const Netra__V1__DecisionRows *)unpacked;
    assert_int_equal(rows->n_decisions, 1);
    const Netra__V1__DecisionRow *message = rows->decisions[0];
    assert_int_equal(message->id, 14);
    assert_int_equal(message->case_handle.data[0], 1);
    assert_int_equal(message->revision, 4);
    assert_int_equal(message->outcome, OUTCOME_VIOLATION);
    assert_int_equal(message->disposition, DISPOSITION_REVIEW);
    assert_int_equal(message->seq, 24);
    assert_string_equal(message->case_number, "AAA-BBBB-CCC");
    assert_string_equal(message->region, "36.04");
    assert_int_equal(message->n_codes, VERDICT_CODES_MAX);
    assert_int_equal(message->stage, STAGE_CALON);
    assert_int_equal(message->actor, ACTOR_ORGANISER);
    assert_int_equal(message->n_flags, VERDICT_FLAGS_MAX);
    assert_int_equal(message->n_missing, VERDICT_MISSING_MAX);
    assert_int_equal(message->confidence_permille, 1000);
    assert_int_equal(message->decided_at, 1730000000);
    assert_int_equal(strlen(message->review_reason), CODE_BYTES);
    uint8_t digest[SHA256_SIZE];
    sha256_of(row.made, digest);
    assert_int_equal(message->made_digest.len, SHA256_SIZE);
    assert_memory_equal(message->made_digest.data, digest, SHA256_SIZE);
}

static void test_rows__more_than_a_frame_holds__the_first_ones(void **state)
{
    (void)state;
    static struct decision rows[LIMIT_LIST_ROWS];
    struct view made = pack_made();
    for (uint32_t i = 0; i < LIMIT_LIST_ROWS; i++)
        rows[i] = row_of(i + 1, made);
    struct view bytes;
    ProtobufCMessage *unpacked = NULL;
    assert_int_equal(classification_wire_decision_rows(rows, LIMIT_LIST_ROWS, &arena, &bytes),
                     STATUS_OK);
    assert_in_range(bytes.size, 1, CLASSIFICATION_ANSWER_BYTES);
    assert_int_equal(
        wire_unpack(&netra__v1__decision_rows__descriptor, bytes, &arena, &unpacked, NULL),
        STATUS_OK);
    const Netra__V1__DecisionRows *message = (const Netra__V1__DecisionRows *)unpacked;
    assert_in_range(message->n_decisions, 64, LIMIT_LIST_ROWS - 1);
    assert_int_equal(message->decisions[0]->revision, 1);
}

static const Netra__V1__CaseDecisions *case_decisions(const struct decision *rows, size_t count)
{
    struct view bytes;
    ProtobufCMessage *unpacked = NULL;
    assert_int_equal(classification_wire_case_decisions(rows, count, &arena, &bytes), STATUS_OK);
    assert_in_range(bytes.size, 1, LIMIT_FRAME_BYTES - 4096);
    assert_int_equal(
        wire_unpack(&netra__v1__case_decisions__descriptor, bytes, &arena, &unpacked, NULL),
        STATUS_OK);
    return (const Netra__V1__CaseDecisions *)unpacked;
}

static void test_case_decisions__two__whole_and_in_order(void **state)
{
    (void)state;
    struct decision rows[] = {row_of(1, pack_made()), row_of(2, pack_made())};
    rows[0].seq = 0; /* the key was gone: there is no event */
    const Netra__V1__CaseDecisions *message = case_decisions(rows, 2);
    assert_int_equal(message->n_decisions, 2);
    assert_int_equal(message->decisions[0]->stream_id.len, 0);
    assert_int_equal(message->decisions[0]->seq, 0);
    assert_int_equal(message->decisions[1]->stream_id.len, STREAM_ID_SIZE);
    assert_int_equal(message->decisions[1]->seq, 22);
    assert_int_equal(message->decisions[1]->made->n_basis, 2);
    assert_int_equal(message->decisions[1]->made->verdict->n_reasons, VERDICT_REASONS_MAX);
}

static void test_case_decisions__none__an_empty_list(void **state)
{
    (void)state;
    struct view bytes;
    assert_int_equal(classification_wire_case_decisions(NULL, 0, &arena, &bytes), STATUS_OK);
    assert_int_equal(bytes.size, 0);
}

static void test_case_decisions__more_than_a_frame_holds__the_newest(void **state)
{
    (void)state;
    static struct decision rows[100];
    struct view made = pack_made();
    for (uint32_t i = 0; i < 100; i++)
        rows[i] = row_of(i + 1, made);
    const Netra__V1__CaseDecisions *message = case_decisions(rows, 100);
    assert_in_range(message->n_decisions, 2, 99);
    assert_int_equal(message->decisions[message->n_decisions - 1]->seq, 120);
}

#define SINGLE(function) cmocka_unit_test_setup(function, set_up)

int main(void)
{
    const struct CMUnitTest singles[] = {
        SINGLE(test_made__of_a_person__comes_back),
        SINGLE(test_made__of_the_machine__no_reviewer),
        SINGLE(test_read_made__cut_bytes__malformed),
        SINGLE(test_rows__one__every_field),
        SINGLE(test_rows__more_than_a_frame_holds__the_first_ones),
        SINGLE(test_case_decisions__two__whole_and_in_order),
        SINGLE(test_case_decisions__none__an_empty_list),
        SINGLE(test_case_decisions__more_than_a_frame_holds__the_newest),
    };
    return cmocka_run_group_tests_name("decision_wire", singles, NULL, close_arena);
}
