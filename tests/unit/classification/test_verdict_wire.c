/*
 * Verdicts over the wire: the bytes that protobuf-c makes, there and back, and what is refused.
 */
#include "tests/support/test.h"

#include "common/wire/unpack.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "services/classification/classification_wire.h"
#include "verdict_fixture.h"

#include <stdlib.h>
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

static uint8_t bytes[VERDICT_WIRE_BYTES_MAX];

/* What is written is what protobuf-c would write, and is read back as it was. */
static void check_there_and_back(const struct verdict *sent)
{
    struct verdict read;
    struct view again;
    ProtobufCMessage *message = NULL;
    memset(&read, 0x55, sizeof(read));
    size_t size = classification_wire_verdict(sent, bytes);
    assert_int_equal(classification_wire_read_verdict(view_of(bytes, size), &read, NULL),
                     STATUS_OK);
    assert_memory_equal(&read, sent, sizeof(*sent));
    assert_int_equal(
        wire_unpack(&netra__v1__verdict__descriptor, view_of(bytes, size), &arena, &message, NULL),
        STATUS_OK);
    assert_int_equal(wire_pack(message, &arena, &again), STATUS_OK);
    assert_int_equal(again.size, size);
    assert_memory_equal(again.bytes, bytes, size);
}

static void test_verdict__every_list_full__comes_back_byte_for_byte(void **state)
{
    (void)state;
    struct verdict sent = verdict_fixture_full();
    check_there_and_back(&sent);
}

static void test_verdict__undecided__comes_back_byte_for_byte(void **state)
{
    (void)state;
    struct verdict sent;
    verdict_undecided("DIED_ALONE", &sent);
    check_there_and_back(&sent);
}

/* Codes of all lengths, and reasons shorter and longer than a length of one byte. */
static void test_verdict__fields_of_every_length__come_back_byte_for_byte(void **state)
{
    (void)state;
    struct verdict sent = verdict_fixture_full();
    for (uint32_t i = 0; i < VERDICT_REASONS_MAX; i++) {
        struct reason *reason = &sent.reasons[i];
        memset(reason->rule.text + 1 + i, 0, sizeof(reason->rule.text) - 1 - i);
        reason->date = i == 0 ? 0 : 1u << i;
        reason->span_count = i % (VERDICT_SPANS_MAX + 1);
        memset(reason->spans + reason->span_count, 0,
               (VERDICT_SPANS_MAX - reason->span_count) * sizeof(struct span));
        for (uint32_t k = 0; k < reason->span_count; k++)
            reason->spans[k].end = UINT32_MAX >> i;
    }
    check_there_and_back(&sent);
}

/* One more than there are, all of them the first. */
static void *repeat_first(void *first, size_t count)
{
    void **list = arena_take(&arena, count * sizeof(void *));
    assert_non_null(list);
    for (size_t i = 0; i < count; i++)
        list[i] = first;
    return list;
}

/* What somebody else's verdict may be wrong in. */
static void no_outcome(Netra__V1__Verdict *message)
{
    message->outcome = NETRA__V1__OUTCOME__OUTCOME_UNSPECIFIED;
}

static void no_disposition(Netra__V1__Verdict *message)
{
    message->disposition = NETRA__V1__DISPOSITION__DISPOSITION_UNSPECIFIED;
}

static void no_stage(Netra__V1__Verdict *message)
{
    message->stage = NETRA__V1__STAGE__STAGE_UNSPECIFIED;
}

static void no_actor(Netra__V1__Verdict *message)
{
    message->actor = NETRA__V1__ACTOR__ACTOR_UNSPECIFIED;
}

static void name_as_primary(Netra__V1__Verdict *message)
{
    static char name[] = "Budi";
    message->primary = name;
}

static void empty_flag(Netra__V1__Verdict *message)
{
    static char empty[] = "";
    message->flags[0] = empty;
}

static void longer_code(Netra__V1__Verdict *message)
{
    static char code[CODE_BYTES + 2];
    memset(code, 'A', CODE_BYTES + 1);
    message->codes[1] = code;
}

static void more_codes(Netra__V1__Verdict *message)
{
    message->n_codes = VERDICT_CODES_MAX + 1;
    message->codes = repeat_first(message->codes[0], message->n_codes);
}

static void more_flags(Netra__V1__Verdict *message)
{
    message->n_flags = VERDICT_FLAGS_MAX + 1;
    message->flags = repeat_first(message->flags[0], message->n_flags);
}

static void more_missing(Netra__V1__Verdict *message)
{
    message->n_missing = VERDICT_MISSING_MAX + 1;
    message->missing = repeat_first(message->missing[0], message->n_missing);
}

static void more_conflicts(Netra__V1__Verdict *message)
{
    message->n_conflicts = VERDICT_CONFLICTS_MAX + 1;
    message->conflicts = repeat_first(message->conflicts[0], message->n_conflicts);
}

static void more_reasons(Netra__V1__Verdict *message)
{
    message->n_reasons = VERDICT_REASONS_MAX + 1;
    message->reasons = repeat_first(message->reasons[0], message->n_reasons);
}

static void more_spans(Netra__V1__Verdict *message)
{
    Netra__V1__Reason *reason = message->reasons[2];
    reason->n_spans = VERDICT_SPANS_MAX + 1;
    reason->spans = repeat_first(reason->spans[0], reason->n_spans);
}

static void span_backwards(Netra__V1__Verdict *message)
{
    message->reasons[1]->spans[0]->begin = 70000;
}

static void span_nowhere(Netra__V1__Verdict *message)
{
    message->reasons[1]->spans[0]->field = NETRA__V1__TEXT_FIELD__TEXT_FIELD_UNSPECIFIED;
}

static void surer_than_sure(Netra__V1__Verdict *message)
{
    message->confidence_permille = 1001;
}

struct wrong_case {
    const char *name;
    void (*spoil)(Netra__V1__Verdict *message);
    const char *want_field;
};

static struct wrong_case wrong_cases[] = {
    {"no outcome is refused", no_outcome, "outcome"},
    {"no disposition is refused", no_disposition, "disposition"},
    {"no stage is refused", no_stage, "stage"},
    {"no actor is refused", no_actor, "actor"},
    {"a name is no code", name_as_primary, "primary"},
    {"an empty flag is none", empty_flag, "flags"},
    {"a code of 40 characters is too long", longer_code, "codes"},
    {"a ninth code is too many", more_codes, "codes"},
    {"a 17th flag is too many", more_flags, "flags"},
    {"a ninth missing thing is too many", more_missing, "missing"},
    {"a ninth conflict is too many", more_conflicts, "conflicts"},
    {"a 17th reason is too many", more_reasons, "reasons"},
    {"a seventh span is too many", more_spans, "spans"},
    {"a span that ends before it begins is refused", span_backwards, "spans"},
    {"a span in no text is refused", span_nowhere, "spans"},
    {"a confidence above 1000 is refused", surer_than_sure, "confidence"},
};

/* The full verdict as protobuf-c holds it, to be spoilt. */
static Netra__V1__Verdict *full_message(void)
{
    struct verdict verdict = verdict_fixture_full();
    ProtobufCMessage *message = NULL;
    size_t size = classification_wire_verdict(&verdict, bytes);
    assert_int_equal(
        wire_unpack(&netra__v1__verdict__descriptor, view_of(bytes, size), &arena, &message, NULL),
        STATUS_OK);
    return (Netra__V1__Verdict *)message;
}

static void test_wrong_verdict(void **state)
{
    const struct wrong_case *row = *state;
    struct verdict read;
    struct view wrong;
    struct diag diag = {0};
    (void)set_up(NULL);
    Netra__V1__Verdict *message = full_message();
    row->spoil(message);
    assert_int_equal(wire_pack(&message->base, &arena, &wrong), STATUS_OK);
    assert_int_equal(classification_wire_read_verdict(wrong, &read, &diag), STATUS_OUT_OF_RANGE);
    assert_non_null(strstr(diag.text, row->want_field));
    assert_null(strstr(diag.text, "Budi"));
}

static void test_verdict__cut_short__malformed_or_refused(void **state)
{
    (void)state;
    struct verdict verdict = verdict_fixture_full();
    size_t size = classification_wire_verdict(&verdict, bytes);
    unsigned malformed = 0;
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *part = malloc(cut + 1); /* of its own: a byte read behind it is found */
        assert_non_null(part);
        memcpy(part, bytes, cut);
        struct diag diag = {0};
        struct verdict read;
        enum status status = classification_wire_read_verdict(view_of(part, cut), &read, &diag);
        assert_true(status == STATUS_OK || diag.text[0] != '\0');
        malformed += status == STATUS_MALFORMED;
        free(part);
    }
    assert_true(malformed > size / 2);
}

struct odd_case {
    const char *name;
    const char *bytes;
    size_t size;
    enum status want;
};

#define ODD(text) text, sizeof(text) - 1

/* Behind an undecided verdict. */
static struct odd_case odd_cases[] = {
    {"an unknown number is passed over", ODD("\xf8\x01\x07"), STATUS_OK},
    {"unknown bytes are passed over", ODD("\xfa\x01\x03xyz"), STATUS_OK},
    {"of a number given twice the last counts", ODD("\x60\x07\x60\x08"), STATUS_OK},
    {"field 0 is none", ODD("\x00\x01"), STATUS_MALFORMED},
    {"a fixed number is no field of a verdict", ODD("\x65\x01\x02\x03\x04"), STATUS_MALFORMED},
    {"a group is no field of a verdict", ODD("\x63\x64"), STATUS_MALFORMED},
    {"a number beyond 32 bits is malformed", ODD("\x60\xff\xff\xff\xff\x1f"), STATUS_MALFORMED},
    {"a number without an end is malformed", ODD("\x60\xff"), STATUS_MALFORMED},
    {"a length beyond the end is malformed",
     ODD("\x22\x05"
         "AB"),
     STATUS_MALFORMED},
    {"a code with a NUL is none",
     ODD("\x22\x03"
         "A\0B"),
     STATUS_OUT_OF_RANGE},
    {"a reason without its end is malformed", ODD("\x7a\x02\x0a\x05"), STATUS_MALFORMED},
    {"a span without its end is malformed", ODD("\x7a\x04\x22\x02\x08\x80"), STATUS_MALFORMED},
    {"a reason without a rule is refused",
     ODD("\x7a\x03\x12\x01"
         "A"),
     STATUS_OUT_OF_RANGE},
};

static void test_odd_verdict(void **state)
{
    const struct odd_case *row = *state;
    struct verdict verdict;
    struct verdict read;
    struct diag diag = {0};
    verdict_undecided("DIED_ALONE", &verdict);
    size_t size = classification_wire_verdict(&verdict, bytes);
    memcpy(bytes + size, row->bytes, row->size);
    assert_int_equal(
        classification_wire_read_verdict(view_of(bytes, size + row->size), &read, &diag),
        row->want);
    assert_int_equal(diag.text[0] != '\0', row->want != STATUS_OK);
}

#define SINGLE(function) cmocka_unit_test_setup(function, set_up)

int main(void)
{
    TEST_TABLE(wrongs, wrong_cases, test_wrong_verdict)
    TEST_TABLE(odds, odd_cases, test_odd_verdict)
    const struct CMUnitTest singles[] = {
        SINGLE(test_verdict__every_list_full__comes_back_byte_for_byte),
        SINGLE(test_verdict__undecided__comes_back_byte_for_byte),
        SINGLE(test_verdict__fields_of_every_length__come_back_byte_for_byte),
        SINGLE(test_verdict__cut_short__malformed_or_refused),
    };
    int failed = cmocka_run_group_tests_name("wrong_verdicts", wrongs, NULL, NULL);
    failed += cmocka_run_group_tests_name("odd_verdicts", odds, NULL, NULL);
    return failed + cmocka_run_group_tests_name("verdict_wire", singles, NULL, close_arena);
}
