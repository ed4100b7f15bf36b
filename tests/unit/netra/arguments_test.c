/* The words of a command line along a table. */
#include "tests/support/test.h"

#include "services/netra/arguments.h"

#include <stdio.h>
#include <string.h>

static const struct verb verbs[] = {
    {.noun = "case",
     .verb = "submit",
     .usage = "FILE",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(region) | OPTION_BIT(attach)},
    {.noun = "case", .verb = "list", .usage = ""},
    {.noun = "dead-letter", .verb = "show", .usage = "SERVICE ID", .words_min = 2, .words_max = 2},
    {.noun = "doctor", .verb = "", .usage = ""},
};
/* In two tables, as the program has them. */
static const struct verb_table first_table = {verbs, 2};
static const struct verb_table second_table = {&verbs[2], sizeof verbs / sizeof verbs[0] - 2};
static const struct verb_table *const both_tables[] = {&first_table, &second_table};
static const struct verb_tables table = {both_tables, 2};

#define WORDS_MAX 12

struct line_case {
    const char *name;
    const char *words[WORDS_MAX];
    enum status want;
    const char *want_verb;
    const char *want_said; /* a part of the diag */
    bool want_help;
};

static struct line_case line_cases[] = {
    {"noun, verb and word are read",
     {"case", "submit", "a.json"},
     STATUS_OK,
     "submit",
     NULL,
     false},
    {"a noun that is a command takes no verb", {"doctor"}, STATUS_OK, "", NULL, false},
    {"options may stand before the noun",
     {"--home", "/h", "case", "list"},
     STATUS_OK,
     "list",
     NULL,
     false},
    {"an option's value may follow an equals sign",
     {"case", "list", "--home=/h"},
     STATUS_OK,
     "list",
     NULL,
     false},
    {"a single dash is a word", {"case", "submit", "-"}, STATUS_OK, "submit", NULL, false},
    {"after two dashes everything is a word",
     {"case", "submit", "--", "--home"},
     STATUS_OK,
     "submit",
     NULL,
     false},
    {"help needs no words", {"case", "submit", "--help"}, STATUS_OK, "submit", NULL, true},
    {"help may be asked of a noun", {"case", "-h"}, STATUS_OK, NULL, NULL, true},
    {"help may be the first word", {"help", "case", "submit"}, STATUS_OK, "submit", NULL, true},
    {"a region may be given often",
     {"case", "submit", "a", "--region", "36.01", "--region", "36.02"},
     STATUS_OK,
     "submit",
     NULL,
     false},
    {"no words at all are refused", {NULL}, STATUS_USAGE, NULL, "no command", false},
    {"a noun alone is refused", {"case"}, STATUS_USAGE, NULL, "no verb", false},
    {"an unknown noun is named", {"cases", "list"}, STATUS_USAGE, NULL, "`cases`", false},
    {"an unknown verb is named", {"case", "lst"}, STATUS_USAGE, NULL, "`case lst`", false},
    {"an unknown option is named",
     {"case", "list", "--hme", "x"},
     STATUS_USAGE,
     NULL,
     "--hme",
     false},
    {"an option of another verb is refused",
     {"case", "list", "--region", "x"},
     STATUS_USAGE,
     NULL,
     "takes no --region",
     false},
    {"a missing value is refused",
     {"case", "list", "--home"},
     STATUS_USAGE,
     NULL,
     "--home needs",
     false},
    {"a value for an option without one is refused",
     {"case", "list", "--json=1"},
     STATUS_USAGE,
     NULL,
     "takes no value",
     false},
    {"an option given twice is refused",
     {"case", "list", "--home", "a", "--home", "b"},
     STATUS_USAGE,
     NULL,
     "twice",
     false},
    {"too few words are refused",
     {"dead-letter", "show", "intake"},
     STATUS_USAGE,
     NULL,
     "SERVICE ID",
     false},
    {"too many words are refused",
     {"case", "submit", "a", "b"},
     STATUS_USAGE,
     NULL,
     "FILE",
     false},
    {"more words than any verb takes are refused",
     {"case", "submit", "a", "b", "c", "d", "e"},
     STATUS_USAGE,
     NULL,
     "too many",
     false},
};

static void test_line(void **state)
{
    const struct line_case *row = *state;
    char text[WORDS_MAX][32];
    char *argv[WORDS_MAX + 1] = {"netra"};
    int argc = 1;
    struct arguments arguments;
    struct diag diag = {.text = ""};

    for (int i = 0; i < WORDS_MAX && row->words[i] != NULL; i++) {
        (void)snprintf(text[i], sizeof text[i], "%s", row->words[i]);
        argv[argc++] = text[i];
    }
    assert_int_equal(arguments_parse(argc, argv, &table, &arguments, &diag), row->want);
    if (row->want_said != NULL)
        assert_non_null(strstr(diag.text, row->want_said));
    if (row->want != STATUS_OK)
        return;
    assert_int_equal(arguments.is_help, row->want_help);
    if (row->want_verb == NULL)
        assert_null(arguments.verb);
    else
        assert_string_equal(arguments.verb->verb, row->want_verb);
}

static void test_arguments__values_and_words__are_kept(void **state)
{
    char *argv[] = {"netra", "case",   "submit",         "--region",
                    "36.01", "a.json", "--region=36.02", "--json"};
    struct arguments arguments;

    (void)state;
    assert_int_equal(arguments_parse(8, argv, &table, &arguments, NULL), STATUS_OK);
    assert_int_equal(arguments.word_count, 1);
    assert_string_equal(arguments.words[0], "a.json");
    assert_int_equal(arguments.region_count, 2);
    assert_string_equal(arguments.regions[0], "36.01");
    assert_string_equal(arguments.regions[1], "36.02");
    assert_non_null(arguments.values[OPTION_json]);
    assert_null(arguments.values[OPTION_home]);
}

static void test_arguments__listed_options__bounded(void **state)
{
    char *argv[3 + 2 * (ARGUMENT_ATTACHMENTS_MAX + 1)] = {"netra", "case", "submit"};
    struct arguments arguments;
    struct diag diag = {.text = ""};
    int argc = 3;

    (void)state;
    for (unsigned i = 0; i < ARGUMENT_ATTACHMENTS_MAX + 1; i++) {
        argv[argc++] = "--attach";
        argv[argc++] = "foto.jpg";
    }
    argv[3] = "a.json"; /* instead of the first option's name: its value is a word too many */
    argv[4] = "--json";
    assert_int_equal(arguments_parse(argc, argv, &table, &arguments, &diag), STATUS_OK);
    assert_int_equal(arguments.attachment_count, ARGUMENT_ATTACHMENTS_MAX);
    assert_string_equal(arguments.attachments[ARGUMENT_ATTACHMENTS_MAX - 1], "foto.jpg");
    argv[4] = "--attach=foto.jpg";
    assert_int_equal(arguments_parse(argc, argv, &table, &arguments, &diag), STATUS_USAGE);
    assert_non_null(strstr(diag.text, "at most 64"));
}

static void test_option_name__every_option__fits_and_has_a_text(void **state)
{
    char name[32];

    (void)state;
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        option_name((enum option)i, name, sizeof name);
        assert_true(name[0] != '\0');
        assert_true(option_text((enum option)i)[0] != '\0');
    }
    option_name(OPTION_expected_revision, name, sizeof name);
    assert_string_equal("expected-revision", name);
}

struct number_case {
    const char *name;
    const char *text;
    bool want_is_number;
    uint64_t want;
};

static struct number_case number_cases[] = {
    {"a number within its bounds is read", "17", true, 17},
    {"the lowest is read", "1", true, 1},
    {"the highest is read", "100", true, 100},
    {"below the lowest is refused", "0", false, 0},
    {"above the highest is refused", "101", false, 0},
    {"nothing is refused", "", false, 0},
    {"a sign is refused", "-1", false, 0},
    {"a fraction is refused", "1.5", false, 0},
    {"what doesn't fit 64 bits is refused", "18446744073709551617", false, 0},
};

static void test_number(void **state)
{
    const struct number_case *row = *state;
    uint64_t number = 0;

    assert_int_equal(number_from_text(row->text, 1, 100, &number), row->want_is_number);
    if (row->want_is_number)
        assert_int_equal(number, row->want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments__values_and_words__are_kept),
        cmocka_unit_test(test_arguments__listed_options__bounded),
        cmocka_unit_test(test_option_name__every_option__fits_and_has_a_text),
    };
    TEST_TABLE(lines, line_cases, test_line)
    TEST_TABLE(numbers, number_cases, test_number)

    return cmocka_run_group_tests_name("command lines", lines, NULL, NULL) +
           cmocka_run_group_tests_name("numbers", numbers, NULL, NULL) +
           cmocka_run_group_tests_name("arguments", tests, NULL, NULL);
}
