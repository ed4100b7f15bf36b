/*
 * The words of the enums, there and back, and what people write for them.
 */
#include "tests/support/test.h"

#include "common/case/facts.h"

struct employment_case {
    const char *name;
    const char *text;
    enum employment want; /* EMPLOYMENT_UNSPECIFIED: none */
};

static struct employment_case employment_cases[] = {
    {"PNS", "PNS", EMPLOYMENT_PNS},
    {"the case doesn't matter", "pns", EMPLOYMENT_PNS},
    {"a name's underscores may be blanks", "perangkat desa", EMPLOYMENT_PERANGKAT_DESA},
    {"or dashes", "Pj-Kepala-Daerah", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"kepala desa is kades", "Kepala Desa", EMPLOYMENT_KADES},
    {"P3K is PPPK", "P3K", EMPLOYMENT_PPPK},
    {"P3K paruh waktu is the part-time kind", "P3K Paruh Waktu", EMPLOYMENT_PPPK_PARUH_WAKTU},
    {"KPPS runs the election", "KPPS", EMPLOYMENT_PENYELENGGARA},
    {"PPK is the committee of the kecamatan", "PPK", EMPLOYMENT_PENYELENGGARA},
    {"panwas watches it", "PANWAS", EMPLOYMENT_PENYELENGGARA},
    {"polisi is Polri", "polisi", EMPLOYMENT_POLRI},
    {"TKS is no ASN", "TKS", EMPLOYMENT_HONORER},
    {"a bupati is a head of region", "Bupati", EMPLOYMENT_KEPALA_DAERAH},
    {"a Pj Bupati is an acting one", "Pj. Bupati", EMPLOYMENT_PJ_KEPALA_DAERAH},
    {"BUMN and BUMD in one", "BUMN/BUMD", EMPLOYMENT_BUMN_BUMD},
    {"lainnya is none of these", "lainnya", EMPLOYMENT_LAIN},
    {"nothing is none", "", EMPLOYMENT_UNSPECIFIED},
    {"signs alone are none", " - ", EMPLOYMENT_UNSPECIFIED},
    {"ASN says neither PNS nor PPPK", "ASN", EMPLOYMENT_UNSPECIFIED},
    {"a sign that no word has", "PNS?", EMPLOYMENT_UNSPECIFIED},
    {"a text longer than any word", "pegawai pemerintah dengan perjanjian kerja sama",
     EMPLOYMENT_UNSPECIFIED},
};

static void test_employment(void **state)
{
    const struct employment_case *row = *state;
    enum employment employment = EMPLOYMENT_UNSPECIFIED;
    assert_int_equal(employment_from_text(row->text, &employment),
                     row->want != EMPLOYMENT_UNSPECIFIED);
    assert_int_equal(employment, row->want);
}

static void test_employment_name__every_one__is_read_back(void **state)
{
    (void)state;
    for (unsigned value = 1; value < EMPLOYMENT_COUNT; value++) {
        enum employment employment = EMPLOYMENT_UNSPECIFIED;
        assert_true(employment_from_text(employment_name((enum employment)value), &employment));
        assert_int_equal(employment, value);
    }
    assert_string_equal(employment_name(EMPLOYMENT_UNSPECIFIED), "");
}

struct answer_case {
    const char *name;
    const char *text;
    enum answer want; /* ANSWER_UNSPECIFIED: none */
};

static struct answer_case answer_cases[] = {
    {"yes", "yes", ANSWER_YES},
    {"YES", "YES", ANSWER_YES},
    {"ya", "Ya", ANSWER_YES},
    {"no", "no", ANSWER_NO},
    {"tidak", "TIDAK", ANSWER_NO},
    {"unknown", "unknown", ANSWER_UNKNOWN},
    {"tidak tahu", "Tidak tahu", ANSWER_UNKNOWN},
    {"nothing", "", ANSWER_UNSPECIFIED},
    {"another word", "mungkin", ANSWER_UNSPECIFIED},
};

static void test_answer(void **state)
{
    const struct answer_case *row = *state;
    enum answer answer = ANSWER_UNSPECIFIED;
    assert_int_equal(answer_from_text(row->text, &answer), row->want != ANSWER_UNSPECIFIED);
    assert_int_equal(answer, row->want);
}

static void test_answer_name__every_one__is_read_back(void **state)
{
    (void)state;
    static const enum answer answers[] = {ANSWER_YES, ANSWER_NO, ANSWER_UNKNOWN};
    for (size_t index = 0; index < 3; index++) {
        enum answer answer = ANSWER_UNSPECIFIED;
        assert_true(answer_from_text(answer_name(answers[index]), &answer));
        assert_int_equal(answer, answers[index]);
    }
    assert_string_equal(answer_name(ANSWER_UNSPECIFIED), "");
}

int main(void)
{
    TEST_TABLE(employments, employment_cases, test_employment)
    TEST_TABLE(answers, answer_cases, test_answer)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_employment_name__every_one__is_read_back),
        cmocka_unit_test(test_answer_name__every_one__is_read_back),
    };
    int failed = cmocka_run_group_tests(employments, NULL, NULL);
    failed += cmocka_run_group_tests(answers, NULL, NULL);
    return failed + cmocka_run_group_tests(single, NULL, NULL);
}
