/*
 * Facts through the contract and back, and what the contract can say that facts can't.
 */
#include "tests/support/test.h"

#include "common/case/facts_wire.h"
#include "common/wire/unpack.h"
#include "netra/v1/case.pb-c.h"

#include <string.h>

#define ARENA_BYTES 1048576u

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

static struct facts all_facts(void)
{
    struct facts facts;
    facts_clear(&facts);
    facts.region = "36.04";
    facts.received = 20241016;
    facts.incident = (struct facts_incident){
        .date = 20241014,
        .date_known = 20241015,
        .place = "Serang",
        .region = "36.04.01",
        .description = "Memasang baliho.\nDi depan kantor.",
        .election = "PILKADA_2024",
        .office = "BUPATI",
    };
    facts.subject = (struct facts_subject){
        .name = "Sdr. G",
        .nip = "198609262015051001",
        .position = "Camat",
        .unit = "Kecamatan",
        .employment = EMPLOYMENT_LAIN,
        .is_spouse_of_candidate = ANSWER_YES,
        .cltn = {.status = ANSWER_UNKNOWN, .from = 20241001, .to = 20241130, .letter = "12/2024"},
    };
    facts.reported_conduct[0] = "ETIK-01";
    facts.reported_conduct[1] = "DISIPLIN-13A";
    facts.reported_conduct_count = 2;
    facts.evidence[0].size = 4096;
    memset(facts.evidence[0].digest, 0xA5, FACTS_DIGEST_SIZE);
    facts.evidence_count = 1;
    return facts;
}

static struct view packed(const struct facts *facts)
{
    Netra__V1__Facts *message = NULL;
    assert_int_equal(facts_wire_make(facts, &arena, &message), STATUS_OK);
    struct view bytes;
    assert_int_equal(wire_pack(&message->base, &arena, &bytes), STATUS_OK);
    return bytes;
}

static Netra__V1__Facts *unpacked(struct view bytes)
{
    ProtobufCMessage *message = NULL;
    struct diag diag = {.text = ""};
    assert_int_equal(wire_unpack(&netra__v1__facts__descriptor, bytes, &arena, &message, &diag),
                     STATUS_OK);
    return (Netra__V1__Facts *)message;
}

static void test_facts_wire__everything_said__comes_back_the_same(void **state)
{
    (void)state;
    struct facts facts = all_facts();
    struct view bytes = packed(&facts);
    struct facts read;
    struct diag diag = {.text = ""};
    assert_int_equal(facts_wire_read(unpacked(bytes), &read, &diag), STATUS_OK);
    assert_string_equal(read.region, "36.04");
    assert_int_equal(read.received, 20241016);
    assert_int_equal(read.incident.date, 20241014);
    assert_int_equal(read.incident.date_known, 20241015);
    assert_string_equal(read.incident.place, "Serang");
    assert_string_equal(read.incident.region, "36.04.01");
    assert_string_equal(read.incident.description, "Memasang baliho.\nDi depan kantor.");
    assert_string_equal(read.incident.election, "PILKADA_2024");
    assert_string_equal(read.incident.office, "BUPATI");
    assert_string_equal(read.subject.name, "Sdr. G");
    assert_string_equal(read.subject.nip, "198609262015051001");
    assert_string_equal(read.subject.position, "Camat");
    assert_string_equal(read.subject.unit, "Kecamatan");
    assert_int_equal(read.subject.employment, EMPLOYMENT_LAIN);
    assert_int_equal(read.subject.is_spouse_of_candidate, ANSWER_YES);
    assert_int_equal(read.subject.cltn.status, ANSWER_UNKNOWN);
    assert_int_equal(read.subject.cltn.from, 20241001);
    assert_int_equal(read.subject.cltn.to, 20241130);
    assert_string_equal(read.subject.cltn.letter, "12/2024");
    assert_int_equal(read.reported_conduct_count, 2);
    assert_string_equal(read.reported_conduct[1], "DISIPLIN-13A");
    assert_int_equal(read.evidence_count, 1);
    assert_int_equal(read.evidence[0].size, 4096);
    assert_memory_equal(read.evidence[0].digest, facts.evidence[0].digest, FACTS_DIGEST_SIZE);
    assert_true(view_equals(packed(&read), bytes));
}

static void test_facts_wire__nothing_said__has_no_subject_and_comes_back_clear(void **state)
{
    (void)state;
    struct facts facts;
    facts_clear(&facts);
    Netra__V1__Facts *message = NULL;
    assert_int_equal(facts_wire_make(&facts, &arena, &message), STATUS_OK);
    assert_null(message->subject);
    struct facts read;
    assert_int_equal(facts_wire_read(message, &read, NULL), STATUS_OK);
    assert_string_equal(read.subject.cltn.letter, "");
    assert_true(view_equals(packed(&read), packed(&facts)));
}

static void test_facts_wire_read__a_bare_message__leaves_every_text_empty(void **state)
{
    (void)state;
    Netra__V1__Facts message;
    netra__v1__facts__init(&message);
    struct facts read;
    assert_int_equal(facts_wire_read(&message, &read, NULL), STATUS_OK);
    assert_string_equal(read.region, "");
    assert_string_equal(read.incident.description, "");
    assert_string_equal(read.subject.nip, "");
    assert_string_equal(read.subject.cltn.letter, "");
}

static void test_facts_wire_read__no_message__field_missing(void **state)
{
    (void)state;
    struct facts read;
    struct diag diag = {.text = ""};
    assert_int_equal(facts_wire_read(NULL, &read, &diag), STATUS_FIELD_MISSING);
    assert_string_equal(diag.text, "facts: required");
}

struct refused_case {
    const char *name;
    int employment;
    int spouse;
    int cltn;
    size_t conduct_count;
    size_t evidence_count;
    size_t digest_size;
    enum status want;
    const char *want_field;
};

static struct refused_case refused_cases[] = {
    {"the last values there are", 16, 3, 3, 16, 64, 32, STATUS_OK, ""},
    {"an employment to come", 17, 0, 0, 0, 0, 32, STATUS_CONTRACT_NEWER, "subject.employment"},
    {"an employment below the first", -1, 0, 0, 0, 0, 32, STATUS_CONTRACT_NEWER,
     "subject.employment"},
    {"an answer to come", 0, 4, 0, 0, 0, 32, STATUS_CONTRACT_NEWER,
     "subject.is_spouse_of_candidate"},
    {"an answer of the leave to come", 0, 0, 4, 0, 0, 32, STATUS_CONTRACT_NEWER,
     "subject.cltn.status"},
    {"17 codes", 0, 0, 0, 17, 0, 32, STATUS_OUT_OF_RANGE, "reported_conduct"},
    {"65 files", 0, 0, 0, 0, 65, 32, STATUS_OUT_OF_RANGE, "evidence"},
    {"a digest of 31 bytes", 0, 0, 0, 0, 1, 31, STATUS_OUT_OF_RANGE, "evidence.digest"},
};

static void test_refused(void **state)
{
    const struct refused_case *row = *state;
    uint8_t digest[FACTS_DIGEST_SIZE] = {1};
    char code[] = "ETIK-01";
    char *codes[FACTS_CONDUCT_MAX + 1];
    Netra__V1__Evidence file;
    Netra__V1__Evidence *files[FACTS_EVIDENCE_MAX + 1];
    netra__v1__evidence__init(&file);
    file.digest = wire_bytes(view_of(digest, row->digest_size));
    for (size_t index = 0; index < row->conduct_count; index++)
        codes[index] = code;
    for (size_t index = 0; index < row->evidence_count; index++)
        files[index] = &file;
    Netra__V1__Cltn cltn;
    netra__v1__cltn__init(&cltn);
    cltn.status = (Netra__V1__Answer)row->cltn;
    Netra__V1__Subject subject;
    netra__v1__subject__init(&subject);
    subject.employment = (Netra__V1__Employment)row->employment;
    subject.is_spouse_of_candidate = (Netra__V1__Answer)row->spouse;
    subject.cltn = &cltn;
    Netra__V1__Facts message;
    netra__v1__facts__init(&message);
    message.subject = &subject;
    message.reported_conduct = codes;
    message.n_reported_conduct = row->conduct_count;
    message.evidence = files;
    message.n_evidence = row->evidence_count;
    struct facts read;
    struct diag diag = {.text = ""};
    assert_int_equal(facts_wire_read(&message, &read, &diag), row->want);
    assert_memory_equal(diag.text, row->want_field, strlen(row->want_field));
}

static void test_facts_wire_make__no_room__no_memory(void **state)
{
    (void)state;
    struct facts facts = all_facts();
    struct arena small;
    assert_int_equal(arena_open(&small, 4096), STATUS_OK);
    for (size_t taken = 0; taken < 4096 - 64; taken += 64) {
        arena_reset(&small);
        assert_non_null(arena_take(&small, 4096 - taken));
        Netra__V1__Facts *message = NULL;
        enum status status = facts_wire_make(&facts, &small, &message);
        assert_true(status == STATUS_OK || (status == STATUS_NO_MEMORY && message == NULL));
        if (taken == 0)
            assert_int_equal(status, STATUS_NO_MEMORY);
    }
    arena_close(&small);
}

int main(void)
{
    TEST_TABLE(refused, refused_cases, test_refused)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_facts_wire__everything_said__comes_back_the_same),
        cmocka_unit_test(test_facts_wire__nothing_said__has_no_subject_and_comes_back_clear),
        cmocka_unit_test(test_facts_wire_read__a_bare_message__leaves_every_text_empty),
        cmocka_unit_test(test_facts_wire_read__no_message__field_missing),
        cmocka_unit_test(test_facts_wire_make__no_room__no_memory),
    };
    int failed = cmocka_run_group_tests(refused, set_up, tear_down);
    return failed + cmocka_run_group_tests(single, set_up, tear_down);
}
