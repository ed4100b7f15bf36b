/* Scores against labels, counted by hand. */
#include "tests/support/test.h"

#include "services/netra/rules_score.h"

#include <string.h>

#define COUNT_OF(...) (sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *))
#define CODES(...)                                             \
    {                                                          \
        .codes = {__VA_ARGS__}, .count = COUNT_OF(__VA_ARGS__) \
    }

static const struct score_label violation = {
    .expected = {.outcome = "violation",
                 .primary = "DISIPLIN-04",
                 .stage = "calon",
                 .election = "PILKADA_2024",
                 .authority = "BKN",
                 .actor = "asn",
                 .codes = CODES("DISIPLIN-04", "DISIPLIN-13B")},
    .acceptable = CODES("DISIPLIN-04", "DISIPLIN-13A"),
};
static const struct score_label appeal = {
    .expected = {.outcome = "not_violation",
                 .primary = "NON-IMBAUAN",
                 .stage = "none",
                 .election = "PILKADA_2024",
                 .authority = "NONE",
                 .actor = "unknown"},
    .acceptable = CODES("NON-IMBAUAN"),
};

static struct score_words as_expected(const struct score_label *label)
{
    return label->expected;
}

/* ---- one report ---- */

struct compare_case {
    const char *name;
    const struct score_label *label;
    const char *outcome; /* NULL: as expected; the same below */
    const char *primary;
    const char *stage;
    const char *election;
    const char *authority;
    const char *actor;
    struct score_codes codes; /* count 0: as expected */
    unsigned want;            /* SCORE_BITs */
};

static struct compare_case compare_cases[] = {
    {.name = "what the label says differs in nothing", .label = &violation, .want = 0},
    {.name = "another acceptable primary is right",
     .label = &violation,
     .primary = "DISIPLIN-13A",
     .want = 0},
    {.name = "a primary that is not acceptable differs",
     .label = &violation,
     .primary = "DISIPLIN-08",
     .want = SCORE_BIT(SCORE_PRIMARY)},
    {.name = "the order of codes says nothing",
     .label = &violation,
     .codes = CODES("DISIPLIN-13B", "DISIPLIN-04"),
     .want = 0},
    {.name = "a code too few differs",
     .label = &violation,
     .codes = CODES("DISIPLIN-04"),
     .want = SCORE_BIT(SCORE_CODES)},
    {.name = "a code in another's place differs",
     .label = &violation,
     .codes = CODES("DISIPLIN-04", "DISIPLIN-13C"),
     .want = SCORE_BIT(SCORE_CODES)},
    {.name = "stage, election and authority of a violation are compared",
     .label = &violation,
     .stage = "bakal_calon",
     .election = "none",
     .authority = "KASN",
     .want = SCORE_BIT(SCORE_STAGE) | SCORE_BIT(SCORE_ELECTION) | SCORE_BIT(SCORE_AUTHORITY)},
    {.name = "those of a report that is none are not",
     .label = &appeal,
     .stage = "calon",
     .election = "none",
     .authority = "BKN",
     .want = 0},
    {.name = "the actor is compared with any outcome",
     .label = &appeal,
     .actor = "asn",
     .want = SCORE_BIT(SCORE_ACTOR)},
    {.name = "a violation where none is expected has codes too many",
     .label = &appeal,
     .outcome = "violation",
     .primary = "DISIPLIN-04",
     .codes = CODES("DISIPLIN-04"),
     .want = SCORE_BIT(SCORE_OUTCOME) | SCORE_BIT(SCORE_PRIMARY) | SCORE_BIT(SCORE_CODES)},
    {.name = "candidates of a report that needs information are no codes",
     .label = &appeal,
     .outcome = "needs_info",
     .primary = "PERLU-INFO",
     .codes = CODES("DISIPLIN-04"),
     .want = SCORE_BIT(SCORE_OUTCOME) | SCORE_BIT(SCORE_PRIMARY)},
};

static struct score_words decided_of(const struct compare_case *row)
{
    struct score_words words = as_expected(row->label);

    words.outcome = row->outcome != NULL ? row->outcome : words.outcome;
    words.primary = row->primary != NULL ? row->primary : words.primary;
    words.stage = row->stage != NULL ? row->stage : words.stage;
    words.election = row->election != NULL ? row->election : words.election;
    words.authority = row->authority != NULL ? row->authority : words.authority;
    words.actor = row->actor != NULL ? row->actor : words.actor;
    if (row->codes.count > 0)
        words.codes = row->codes;
    return words;
}

static void test_compare(void **state)
{
    const struct compare_case *row = *state;
    const struct score_words decided = decided_of(row);

    assert_int_equal(row->want, score_compare(row->label, &decided));
}

/* ---- sums ---- */

static void assert_ratio(unsigned right, unsigned of, struct score_ratio ratio)
{
    assert_int_equal(right, ratio.right);
    assert_int_equal(of, ratio.of);
}

static void test_score_add__right_and_wrong__counted_apart(void **state)
{
    struct score score = {.count = 0};
    struct score_words right = as_expected(&violation);
    struct score_words wrong = as_expected(&violation);
    struct score_words silent = as_expected(&appeal);

    (void)state;
    wrong.primary = "DISIPLIN-08";
    wrong.codes = (struct score_codes)CODES("DISIPLIN-08", "DISIPLIN-04");
    wrong.authority = "KASN";
    score_add(&score, &violation, &right, true);
    score_add(&score, &violation, &wrong, true);
    score_add(&score, &appeal, &silent, false);
    assert_int_equal(3, score.count);
    assert_ratio(3, 3, score.parts[SCORE_OUTCOME]);
    assert_ratio(2, 3, score.parts[SCORE_PRIMARY]);
    assert_ratio(2, 2, score.parts[SCORE_STAGE]);
    assert_ratio(1, 2, score.parts[SCORE_AUTHORITY]);
    assert_ratio(3, 3, score.parts[SCORE_ACTOR]);
    assert_int_equal(3, score.codes_both);
    assert_int_equal(4, score.codes_expected);
    assert_int_equal(4, score.codes_decided);
    assert_int_equal(2, score.auto_count);
    assert_int_equal(1, score.auto_right);
}

static void test_score_codes_f1__both_and_apart__harmonic(void **state)
{
    const struct score score = {.codes_both = 3, .codes_expected = 4, .codes_decided = 8};
    const struct score empty = {.count = 1};
    double f1 = 0;

    (void)state;
    assert_true(score_codes_f1(&score, &f1));
    assert_true(f1 > 0.4999 && f1 < 0.5001);
    assert_false(score_codes_f1(&empty, &f1));
}

static void test_score_share__nothing_asked__no_share(void **state)
{
    double share = 0;

    (void)state;
    assert_false(score_share((struct score_ratio){.right = 0, .of = 0}, &share));
    assert_true(score_share((struct score_ratio){.right = 3, .of = 4}, &share));
    assert_true(share > 0.7499 && share < 0.7501);
}

static void test_score_part_word__each_part__a_word_of_its_own(void **state)
{
    (void)state;
    for (unsigned part = 0; part < SCORE_PARTS; part++) {
        const char *word = score_part_word((enum score_part)part);

        assert_string_not_equal("", word);
        for (unsigned other = 0; other < part; other++)
            assert_string_not_equal(word, score_part_word((enum score_part)other));
    }
    assert_string_equal("", score_part_word(SCORE_PARTS));
}

int main(void)
{
    TEST_TABLE(compare_tests, compare_cases, test_compare);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score_add__right_and_wrong__counted_apart),
        cmocka_unit_test(test_score_codes_f1__both_and_apart__harmonic),
        cmocka_unit_test(test_score_share__nothing_asked__no_share),
        cmocka_unit_test(test_score_part_word__each_part__a_word_of_its_own),
    };

    return cmocka_run_group_tests_name("score_compare", compare_tests, NULL, NULL) +
           cmocka_run_group_tests_name("rules_score", tests, NULL, NULL);
}
