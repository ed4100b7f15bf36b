/* Is each line of the bootstrap file understood, or refused with the word that is wrong? */
#include "tests/support/test.h"

#include "services/intake/bootstrap_line.h"

#include <stdio.h>
#include <string.h>

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
#define NAME_64 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define CODES_8 "36,36,36,36,36,36,36,36"
#define CODES_64 \
    CODES_8 "," CODES_8 "," CODES_8 "," CODES_8 "," CODES_8 "," CODES_8 "," CODES_8 "," CODES_8

struct line_case {
    const char *name;
    const char *line;
    enum status want;
    bool want_key;
    bool want_sign;
    size_t want_regions;
    const char *want_place; /* the diag begins with it */
};

static struct line_case cases[] = {
    {"a line with everything", "node n " HEX_A " " HEX_B " 36.04,36.03\n", STATUS_OK, true, true,
     2, ""},
    {"no signing key and all regions", "worker n " HEX_A " - *\n", STATUS_OK, true, false, 0, ""},
    {"tabs and many blanks", "  worker\tn \t " HEX_A "  -   * \r\n", STATUS_OK, true, false, 0,
     ""},
    {"the last line without its end", "worker n " HEX_A " - *", STATUS_OK, true, false, 0, ""},
    {"the longest name", "node " NAME_64 " " HEX_A " - 36", STATUS_OK, true, false, 1, ""},
    {"as many regions as fit", "node n " HEX_A " - " CODES_64, STATUS_OK, true, false, 64, ""},
    {"an empty line says nothing", "\n", STATUS_OK, false, false, 0, ""},
    {"a line of blanks says nothing", " \t \r\n", STATUS_OK, false, false, 0, ""},
    {"a comment says nothing", "# worker n " HEX_A " - *\n", STATUS_OK, false, false, 0, ""},
    {"a role alone has no name", "node\n", STATUS_CONFIG_INVALID, true, false, 0, "name"},
    {"a name too long", "node " NAME_64 "n " HEX_A " - 36", STATUS_CONFIG_INVALID, true, false, 0,
     "name"},
    {"a CURVE key too short", "node n aa - 36", STATUS_CONFIG_INVALID, true, false, 0,
     "CURVE key"},
    {"a CURVE key that isn't there", "node n", STATUS_CONFIG_INVALID, true, false, 0, "CURVE key"},
    {"a signing key that isn't hex", "node n " HEX_A " no 36", STATUS_CONFIG_INVALID, true, true,
     0, "signing key"},
    {"a signing key that isn't there", "node n " HEX_A, STATUS_CONFIG_INVALID, true, true, 0,
     "signing key"},
    {"no regions", "node n " HEX_A " -", STATUS_CONFIG_INVALID, true, false, 0, "regions"},
    {"an empty region among others", "node n " HEX_A " - 36,,37", STATUS_CONFIG_INVALID, true,
     false, 1, "regions"},
    {"a comma at the regions' end", "node n " HEX_A " - 36,", STATUS_CONFIG_INVALID, true, false,
     1, "regions"},
    {"one region too many", "node n " HEX_A " - " CODES_64 ",36", STATUS_CONFIG_INVALID, true,
     false, 64, "regions"},
    {"a word too many", "node n " HEX_A " - 36 37", STATUS_CONFIG_INVALID, true, false, 1,
     "expected the line to end"},
};

static void test_line(void **state)
{
    const struct line_case *row = *state;
    char line[1024];
    (void)snprintf(line, sizeof(line), "%s", row->line);
    struct bootstrap_key key;
    bool has_key = false;
    struct diag diag = {0};
    assert_int_equal(bootstrap_line_parse(line, &key, &has_key, &diag), row->want);
    assert_int_equal(has_key, row->want_key);
    assert_int_equal(key.has_sign_public, row->want_sign);
    assert_int_equal(key.region_count, row->want_regions);
    assert_int_equal(strncmp(diag.text, row->want_place, strlen(row->want_place)), 0);
}

static void test_bootstrap_line__with_everything__yields_each_word(void **state)
{
    (void)state;
    char line[] = "node bkd-serang " HEX_A " " HEX_B " 36.04,36.73\n";
    struct bootstrap_key key;
    bool has_key = false;
    assert_int_equal(bootstrap_line_parse(line, &key, &has_key, NULL), STATUS_OK);
    uint8_t want[32];
    assert_string_equal(key.role, "node");
    assert_string_equal(key.name, "bkd-serang");
    memset(want, 0xaa, sizeof(want));
    assert_memory_equal(key.curve_public, want, sizeof(want));
    memset(want, 0xbb, sizeof(want));
    assert_memory_equal(key.sign_public, want, sizeof(want));
    assert_string_equal(key.regions[0], "36.04");
    assert_string_equal(key.regions[1], "36.73");
}

int main(void)
{
    TEST_TABLE(rows, cases, test_line)
    const struct CMUnitTest whole[] = {
        cmocka_unit_test(test_bootstrap_line__with_everything__yields_each_word),
    };

    int failed = cmocka_run_group_tests_name("intake/bootstrap_line", rows, NULL, NULL);
    return failed + cmocka_run_group_tests_name("intake/bootstrap_words", whole, NULL, NULL);
}
