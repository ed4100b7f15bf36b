/*
 * NIPs that can exist, and the rule each impossible one breaks.
 */
#include "tests/support/test.h"

#include "common/case/nip.h"

#include <string.h>

#define TODAY 20241015u

struct nip_case {
    const char *name;
    const char *text;
    const char *want; /* a piece of the rule broken; NULL: it can exist */
};

static struct nip_case nip_cases[] = {
    {"a NIP can exist", "198609262015051001", NULL},
    {"blanks and dots don't matter", "19860926 201505 1 001", NULL},
    {"dots too", "19860926.201505.2.001", NULL},
    {"nothing", "", "18 digits"},
    {"17 digits", "19860926201505100", "18 digits"},
    {"19 digits", "1986092620150510011", "18 digits"},
    {"a letter", "19860926201505100I", "18 digits"},
    {"a dash", "19860926-201505-1-001", "18 digits"},
    {"no such day of birth", "198602302015051001", "no day of birth"},
    {"born tomorrow", "202410162042051001", "birth in the future"},
    {"appointed at 17", "198609262003091001", NULL},
    {"appointed a month before 17", "198609262003081001", "between 17 and 60"},
    {"appointed at 60", "195609262016091001", NULL},
    {"appointed a month after 60", "195609262016101001", "between 17 and 60"},
    {"appointed this month", "198609262024101001", NULL},
    {"appointed next month", "198609262024111001", "appointment in the future"},
    {"sex 3", "198609262015053001", "digit 15"},
    {"sex 0", "198609262015050001", "digit 15"},
    {"serial 000", "198609262015051000", "serial"},
    {"a PPPK's number, 21 where the month stands", "198609262023211001", NULL},
    {"a PPPK's number with 13 contracts", "198609262023132001", NULL},
    {"a PPPK's number with 00", "198609262023002001", NULL},
    {"a PPPK of the first year", "198609262019211001", NULL},
    {"a PPPK before the first year", "198609262018211001", "2019"},
    {"a PPPK of a year to come", "198609262025211001", "contract year in the future"},
    {"a PPPK of sex 4", "198609262023214001", "digit 15"},
    {"a PPPK of serial 000", "198609262023211000", "serial"},
};

static void test_nip(void **state)
{
    const struct nip_case *row = *state;
    char nip[NIP_TEXT_SIZE];
    const char *broken = nip_read(row->text, TODAY, nip);
    if (row->want == NULL) {
        assert_null(broken);
        assert_int_equal(strlen(nip), NIP_DIGITS);
        assert_int_equal(strspn(nip, "0123456789"), NIP_DIGITS);
        return;
    }
    assert_non_null(broken);
    assert_non_null(strstr(broken, row->want));
}

static void test_nip_read__blanks_and_dots__are_left_out(void **state)
{
    (void)state;
    char nip[NIP_TEXT_SIZE];
    assert_null(nip_read(" 19860926.201505 1 001 ", TODAY, nip));
    assert_string_equal(nip, "198609262015051001");
}

int main(void)
{
    TEST_TABLE(nips, nip_cases, test_nip)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_nip_read__blanks_and_dots__are_left_out),
    };
    int failed = cmocka_run_group_tests(nips, NULL, NULL);
    return failed + cmocka_run_group_tests(single, NULL, NULL);
}
