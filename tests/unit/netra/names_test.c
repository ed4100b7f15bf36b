/* Words of enums, languages, and the word that was meant. */
#include "tests/support/test.h"

#include "services/netra/names.h"
#include "services/netra/nearest.h"
#include "services/netra/translate.h"

#include <stdio.h>
#include <stdlib.h>

struct name_case {
    const char *name;
    enum name_kind kind;
    uint32_t number;
    const char *want;
};

static struct name_case name_cases[] = {
    {"outcome 1 is violation", NAME_OUTCOME, 1, "violation"},
    {"outcome 2 is not_violation", NAME_OUTCOME, 2, "not_violation"},
    {"outcome 3 is needs_info", NAME_OUTCOME, 3, "needs_info"},
    {"outcome 4 is undecided", NAME_OUTCOME, 4, "undecided"},
    {"disposition 1 is auto", NAME_DISPOSITION, 1, "auto"},
    {"disposition 2 is review", NAME_DISPOSITION, 2, "review"},
    {"disposition 3 is confirmed", NAME_DISPOSITION, 3, "confirmed"},
    {"disposition 4 is overridden", NAME_DISPOSITION, 4, "overridden"},
    {"stage 1 is none", NAME_STAGE, 1, "none"},
    {"stage 2 is bakal_calon", NAME_STAGE, 2, "bakal_calon"},
    {"stage 3 is calon", NAME_STAGE, 3, "calon"},
    {"actor 1 is unknown", NAME_ACTOR, 1, "unknown"},
    {"actor 2 is asn", NAME_ACTOR, 2, "asn"},
    {"actor 3 is asn_vertical", NAME_ACTOR, 3, "asn_vertical"},
    {"actor 4 is pj_kepala_daerah", NAME_ACTOR, 4, "pj_kepala_daerah"},
    {"actor 5 is kades", NAME_ACTOR, 5, "kades"},
    {"actor 6 is tni_polri", NAME_ACTOR, 6, "tni_polri"},
    {"actor 7 is honorer", NAME_ACTOR, 7, "honorer"},
    {"actor 8 is elected", NAME_ACTOR, 8, "elected"},
    {"actor 9 is organiser", NAME_ACTOR, 9, "organiser"},
    {"notice kind 1 is decision", NAME_NOTICE_KIND, 1, "decision"},
    {"notice kind 2 is review", NAME_NOTICE_KIND, 2, "review"},
    {"notice kind 3 is information", NAME_NOTICE_KIND, 3, "information"},
    {"notice kind 4 is withdrawn", NAME_NOTICE_KIND, 4, "withdrawn"},
    {"link kind 1 is duplicate", NAME_LINK_KIND, 1, "duplicate"},
    {"link kind 2 is same_event", NAME_LINK_KIND, 2, "same_event"},
    {"link kind 3 is response", NAME_LINK_KIND, 3, "response"},
    {"text field 1 is the description", NAME_TEXT_FIELD, 1, "incident.description"},
    {"text field 4 is the unit", NAME_TEXT_FIELD, 4, "subject.unit"},
};

static void test_name(void **state)
{
    const struct name_case *row = *state;

    assert_string_equal(row->want, name_of(row->kind, row->number));
    assert_int_equal(row->number, name_number(row->kind, row->want));
    assert_string_equal(name_for_people(row->kind, row->number),
                        name_word_for_people(row->kind, row->want));
}

static void test_name_of__newer_number__unrecognised(void **state)
{
    (void)state;
    assert_string_equal("unrecognised", name_of(NAME_ACTOR, 10));
    assert_string_equal("unrecognised", name_for_people(NAME_OUTCOME, 0));
    assert_int_equal(0, name_number(NAME_OUTCOME, "guilty"));
    assert_string_equal("guilty", name_word_for_people(NAME_OUTCOME, "guilty"));
}

static void test_name_for_people__marked__english_without_translation(void **state)
{
    (void)state;
    assert_string_equal("alleged violation", name_for_people(NAME_OUTCOME, 1));
    assert_string_equal("incident.place", name_for_people(NAME_TEXT_FIELD, 2));
}

static void test_nearest_distance__words__fewest_changes(void **state)
{
    (void)state;
    assert_int_equal(0, nearest_distance("region", "Region"));
    assert_int_equal(1, nearest_distance("regin", "region"));
    assert_int_equal(1, nearest_distance("rexion", "region"));
    assert_int_equal(6, nearest_distance("", "region"));
    assert_int_equal(3, nearest_distance("kitten", "sitting"));
}

/* ---- languages ---- */

struct language_case {
    const char *name;
    const char *typed;    /* after --lang; NULL: not typed */
    const char *language; /* the environment's; NULL: not set */
    const char *lc_all;
    const char *lang;
    const char *want;
};

static struct language_case language_cases[] = {
    {"nothing said is English", NULL, NULL, NULL, NULL, "en"},
    {"LANG is heard", NULL, NULL, NULL, "id_ID.UTF-8", "id"},
    {"LC_ALL goes before LANG", NULL, NULL, "en_GB", "id_ID", "en"},
    {"LANGUAGE goes before both", NULL, "id:en", "en_GB", "en_GB", "id"},
    {"--lang goes before all", "en", "id", "id", "id", "en"},
    {"an empty variable says nothing", NULL, "", "", "id", "id"},
    {"another language is English", NULL, NULL, NULL, "fr_FR", "en"},
    {"a language that only begins like ours is another", NULL, NULL, NULL, "idx", "en"},
};

static void set(const char *variable, const char *value)
{
    assert_int_equal(0, value == NULL ? unsetenv(variable) : setenv(variable, value, 1));
}

static void test_language(void **state)
{
    const struct language_case *row = *state;
    char typed[8] = "";
    char option[] = "--lang";
    char program[] = "netra";
    char *argv[] = {program, option, typed};

    set("LANGUAGE", row->language);
    set("LC_ALL", row->lc_all);
    set("LC_MESSAGES", NULL);
    set("LANG", row->lang);
    if (row->typed != NULL)
        (void)snprintf(typed, sizeof typed, "%s", row->typed);
    assert_string_equal(row->want, translate_choose(row->typed == NULL ? 1 : 3, argv));
}

static void test_translate_choose__equals_sign_and_end_of_options__read(void **state)
{
    char program[] = "netra";
    char joined[] = "--lang=id";
    char end[] = "--";
    char *first[] = {program, joined};
    char *behind[] = {program, end, joined};

    (void)state;
    set("LANG", NULL);
    set("LC_ALL", NULL);
    set("LANGUAGE", NULL);
    assert_string_equal("id", translate_choose(2, first));
    assert_string_equal("en", translate_choose(3, behind));
    assert_true(translate_is_language("id"));
    assert_true(translate_is_language("en"));
    assert_false(translate_is_language("fr"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_of__newer_number__unrecognised),
        cmocka_unit_test(test_name_for_people__marked__english_without_translation),
        cmocka_unit_test(test_nearest_distance__words__fewest_changes),
        cmocka_unit_test(test_translate_choose__equals_sign_and_end_of_options__read),
    };
    TEST_TABLE(names, name_cases, test_name)
    TEST_TABLE(languages, language_cases, test_language)

    return cmocka_run_group_tests_name("names", names, NULL, NULL) +
           cmocka_run_group_tests_name("languages", languages, NULL, NULL) +
           cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
