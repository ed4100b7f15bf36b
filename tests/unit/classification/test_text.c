/* Phrases in texts: what is found, where it lies in the original, and whether it is negated. */
#include "tests/support/test.h"

#include "services/classification/text_phrases.h"
#include "services/classification/text_words.h"
#include "tests/unit/classification/tables_fixture.h"

#include <stdio.h>
#include <string.h>

struct text_case {
    const char *name;
    const char *phrase;
    const char *text;
    const char *want;         /* the words found, not negated; NULL: none */
    const char *want_negated; /* NULL: none */
};

static struct text_case text_cases[] = {
    {"a form of the same stem is found", "dukung", "Ia mendukung calon", "mendukung", NULL},
    {"case and full-width letters are folded", "kampanye", "ＫＡＭＰＡＮＹＥ!", "ＫＡＭＰＡＮＹＥ",
     NULL},
    {"reduplication with a hyphen is one token", "bagi sembako", "bagi-bagi sembako",
     "bagi-bagi sembako", NULL},
    {"reduplication with a 2 is undone", "baliho", "pasang baliho2 besar", "baliho2", NULL},
    {"a suffix behind the 2 stays", "dukungan", "dukung2an", "dukung2an", NULL},
    {"a superscript 2 is a 2", "baliho", "baliho²", "baliho²", NULL},
    {"a form of the stem behind a hyphen is reduplication", "dukung calon",
     "dukung-mendukung calon", "dukung-mendukung calon", NULL},
    {"doubled words are one", "bagi sembako", "bagi bagi sembako", "bagi bagi sembako", NULL},
    {"a phrase is normalised like the text", "bagi-bagi sembako", "bagi sembako", "bagi sembako",
     NULL},
    {"two letters and a 2 are no reduplication", "rt", "ketua rt2", NULL, NULL},
    {"a number with more digits is left alone", "paslon", "paslon02", NULL, NULL},
    {"other hyphens separate words", "e ktp", "e-ktp", "e-ktp", NULL},
    {"numbers are tokens", "angka 01", "Angka 01", "Angka 01", NULL},
    {"an abbreviation stands for its words", "pasangan calon", "dukung paslon itu", "paslon",
     NULL},
    {"a part of an abbreviation has its whole place", "calon", "dukung paslon", "paslon", NULL},
    {"abbreviations in phrases are expanded", "paslon", "pasangan calon", "pasangan calon", NULL},
    {"emoji separate and have bytes", "calon bupati", "👍🏽️ calon 👍 bupati",
     "calon 👍 bupati", NULL},
    {"combining marks are dropped", "sate", "makan saté", "saté", NULL},
    {"a decomposed letter is the same", "sate", "sate\xCC\x81 enak", "sate\xCC\x81", NULL},
    {"a soft hyphen hides in a word", "baliho", "bali\xC2\xADho", "bali\xC2\xADho", NULL},
    {"a digit with an enclosing mark is the digit", "paslon 1", "paslon 1️⃣", "paslon 1️⃣",
     NULL},
    {"bytes that are no UTF-8 separate", "calon", "\xFF\xC3 calon \xE2\x82", "calon", NULL},
    {"a fixed stem is not stemmed", "pilih", "pemilihan umum", NULL, NULL},
    {"a fixed stem matches itself", "pemilihan", "hari pemilihan", "pemilihan", NULL},
    {"a star stands for nothing", "ikut * kampanye", "ikut kampanye", "ikut kampanye", NULL},
    {"a star stands for two tokens", "ikut * kampanye", "ikut di acara kampanye",
     "ikut di acara kampanye", NULL},
    {"a star stands for no three tokens", "ikut * kampanye", "ikut di suatu acara kampanye", NULL,
     NULL},
    {"two stars stand for four tokens", "ikut * * kampanye", "ikut a b c d kampanye",
     "ikut a b c d kampanye", NULL},
    {"an exact word is no other form", "=dukung", "mendukung", NULL, NULL},
    {"an exact word is folded", "=dukung", "DUKUNG", "DUKUNG", NULL},
    {"an exact word in a phrase", "tim =sukses", "tim sukses", "tim sukses", NULL},
    {"a phrase ends with its sentence", "ikut kampanye", "Ia ikut. Kampanye besok", NULL, NULL},
    {"a new line ends a sentence", "ikut kampanye", "ikut\nkampanye", NULL, NULL},
    {"a semicolon ends a sentence", "ikut kampanye", "ikut; kampanye", NULL, NULL},
    {"a dot in a number ends none", "tanggal 29.9 kampanye", "tanggal 29.9 kampanye",
     "tanggal 29.9 kampanye", NULL},
    {"a dot behind one letter ends none", "pak h amin", "pak H. Amin", "pak H. Amin", NULL},
    {"what follows a negation is negated", "kampanye", "tidak ikut kampanye", NULL, "kampanye"},
    {"an abbreviated negation negates", "kampanye", "tdk ikut kampanye", NULL, "kampanye"},
    {"a negation reaches so far and no further", "kampanye", "tidak hadir di acara kampanye",
     "kampanye", NULL},
    {"a negation ends at its word", "kampanye", "tidak bolos tetapi kampanye", "kampanye", NULL},
    {"a negation ends with its sentence", "kampanye", "Tidak. Kampanye", "Kampanye", NULL},
    {"what stands before a negation is not negated", "kampanye", "kampanye tidak", "kampanye",
     NULL},
    {"negated once and not once", "kampanye", "tidak kampanye di sana lalu ia kampanye",
     "kampanye", "kampanye"},
    {"an empty text has nothing", "kampanye", "", NULL, NULL},
};

static struct arena arena;

static void expect_words(const struct tokens *tokens, const char *text,
                         const struct occurrence *found, const char *want)
{
    if (want == NULL) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    uint32_t begin = tokens->tokens[found->first].begin;
    uint32_t end = tokens->tokens[found->last].end;
    assert_int_equal(end - begin, strlen(want));
    assert_memory_equal(text + begin, want, strlen(want));
}

static void test_text(void **state)
{
    const struct text_case *row = *state;
    struct ruleset *ruleset = NULL;
    struct diag diag = {.text = ""};
    char phrases[200];
    (void)snprintf(phrases, sizeof phrases, "phrases: [\"%s\"]", row->phrase);
    const char *rules = text_with(0, small_rules, "phrases: [menyukai, \"=like\"]", phrases);
    if (tables_make(rules, small_calendar, &ruleset, &diag) != STATUS_OK)
        fail_msg("%s", diag.text);
    struct facts facts;
    struct findings findings;
    facts_clear(&facts);
    facts.incident.description = row->text;
    arena_reset(&arena);
    assert_int_equal(findings_read(ruleset, &facts, &arena, &findings), STATUS_OK);
    const struct tokens *tokens = &findings.tokens[TEXT_FIELD_DESCRIPTION];
    expect_words(tokens, row->text, findings.affirmed[TEXT_FIELD_DESCRIPTION][0].head, row->want);
    expect_words(tokens, row->text, findings.negated[0].head, row->want_negated);
    ruleset_free(ruleset);
}

static void test_text__never_negated__is_affirmed(void **state)
{
    struct ruleset *ruleset = tables_small();
    struct facts facts;
    struct findings findings;
    (void)state;
    facts_clear(&facts);
    facts.incident.description = "tidak calon";
    arena_reset(&arena);
    assert_int_equal(findings_read(ruleset, &facts, &arena, &findings), STATUS_OK);
    assert_null(findings.negated[1].head);
    assert_non_null(findings.affirmed[TEXT_FIELD_DESCRIPTION][1].head);
    ruleset_free(ruleset);
}

static void test_text__more_than_occurrences_max__the_first_count(void **state)
{
    static char text[8 * (OCCURRENCES_MAX + 1) + 1];
    struct ruleset *ruleset = tables_small();
    struct facts facts;
    struct findings findings;
    (void)state;
    for (unsigned i = 0; i <= OCCURRENCES_MAX; i++)
        memcpy(text + i * 8, "calon ! ", 8);
    facts_clear(&facts);
    facts.incident.description = text;
    arena_reset(&arena);
    assert_int_equal(findings_read(ruleset, &facts, &arena, &findings), STATUS_OK);
    const struct occurrences *found = &findings.affirmed[TEXT_FIELD_DESCRIPTION][1];
    assert_int_equal(found->count, OCCURRENCES_MAX);
    assert_int_equal(found->head->first, 0);
    ruleset_free(ruleset);
}

/* One word of 64 KiB, and then one that is known. */
static void test_text__a_word_too_long__is_none(void **state)
{
    static char text[FACTS_DESCRIPTION_BYTES_MAX + 1];
    struct ruleset *ruleset = tables_small();
    struct facts facts;
    struct findings findings;
    (void)state;
    memset(text, 'a', FACTS_DESCRIPTION_BYTES_MAX);
    memcpy(text + FACTS_DESCRIPTION_BYTES_MAX - 6, " calon", 6);
    facts_clear(&facts);
    facts.incident.description = text;
    arena_reset(&arena);
    assert_int_equal(findings_read(ruleset, &facts, &arena, &findings), STATUS_OK);
    assert_int_equal(findings.tokens[TEXT_FIELD_DESCRIPTION].count, 2);
    assert_int_equal(findings.affirmed[TEXT_FIELD_DESCRIPTION][1].head->first, 1);
    ruleset_free(ruleset);
}

static void test_text__arena_too_small__no_memory(void **state)
{
    struct ruleset *ruleset = tables_small();
    struct arena small = {.base = NULL};
    struct facts facts;
    struct findings findings;
    (void)state;
    facts_clear(&facts);
    facts.incident.description = "calon calon! calon calon! calon";
    assert_int_equal(arena_open(&small, 64), STATUS_OK);
    assert_int_equal(findings_read(ruleset, &facts, &small, &findings), STATUS_NO_MEMORY);
    arena_close(&small);
    ruleset_free(ruleset);
}

int main(void)
{
    TEST_TABLE(rows, text_cases, test_text);
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_text__never_negated__is_affirmed),
        cmocka_unit_test(test_text__more_than_occurrences_max__the_first_count),
        cmocka_unit_test(test_text__a_word_too_long__is_none),
        cmocka_unit_test(test_text__arena_too_small__no_memory),
    };
    if (arena_open(&arena, RULESET_SCRATCH_BYTES) != STATUS_OK)
        return 1;
    int failed = cmocka_run_group_tests(rows, NULL, NULL);
    failed += cmocka_run_group_tests(others, NULL, NULL);
    arena_close(&arena);
    return failed;
}
