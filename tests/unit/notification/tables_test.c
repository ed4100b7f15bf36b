/* Does each mistake in the tables get one message with file and line, and do the delivered ones
 * load? Each row alters the delivered files in one place. */
#include "tests/support/test.h"

#include "services/notification/notification_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_BYTES 65536

struct tables_case {
    const char *name;
    bool is_templates; /* which file is altered */
    const char *from;  /* its first occurrence is replaced */
    const char *to;
    const char *want; /* in the message, behind the file and "line N" */
};

static struct tables_case tables_cases[] = {
    {"an unknown kind of an office", false, "kind: PPK, region: \"36\"",
     "kind: PPKK, region: \"36\"", "there is no kind PPKK"},
    {"an unknown region of an office", false, "kind: BKPSDM, region: \"36.04\"",
     "kind: BKPSDM, region: \"36.05\"", "there is no region 36.05"},
    {"a region that is no code", false, "{ region: \"36.04\", name", "{ region: Serang, name",
     "no Kemendagri code"},
    {"a region that stands twice", false, "{ region: \"36.04\", name", "{ region: \"36.03\", name",
     "stands in the list already"},
    {"a region whose province is absent", false, "{ region: \"36.04\", name",
     "{ region: \"32.04\", name", "which is not in the list"},
    {"an unknown region of a route", false, "    regions: [\"36\"]", "    regions: [\"32\"]",
     "there is no region 32"},
    {"an unknown actor", false, "actors: [asn]", "actors: [pns]",
     "\"pns\" is none of unknown, asn"},
    {"an unknown outcome", false, "outcomes: [needs_info]", "outcomes: [perhaps]",
     "is none of violation, not_violation"},
    {"an unknown disposition", false, "dispositions: [review]", "dispositions: [maybe]",
     "is none of auto, review"},
    {"an unknown notice", false, "kind: PPK, notice: decision", "kind: PPK, notice: news",
     "is none of decision, review, information"},
    {"an unknown channel", false, "channel: smtp", "channel: fax", "is none of maildir, smtp"},
    {"an unknown kind to tell", false, "kind: DPMD, notice", "kind: DPMDX, notice",
     "there is no kind DPMDX"},
    {"an unknown source", false, "    source: S84", "    source: S999", "there is no source S999"},
    {"an unknown key of a row", false, "    source: S84", "    sauce: S84", "sauce"},
    {"a day that can't be", false, "until: \"2024-09-03\"", "until: \"2024-09-31\"",
     "is no day; expected one such as"},
    {"an `instead` that is no kind", false, "instead: BKD }", "instead: BKDX }",
     "there is no kind BKDX"},
    {"a circle of `instead`", false, "{ kind: KEMENDAGRI }",
     "{ kind: KEMENDAGRI, instead: BKPSDM }", "never ends"},
    {"a kind that stands twice", false, "{ kind: MENPANRB, instead", "{ kind: KASN, instead",
     "stands in the list already"},
    {"a gap between rows of one key", false, "until: \"2024-09-03\"", "until: \"2024-09-02\"",
     "nothing follows SUPERVISOR-TRANSITION from 2024-09-03 on"},
    {"rows of one key that overlap", false, "until: \"2024-09-03\"", "until: \"2024-09-04\"",
     "overlap in time"},
    {"a row that ends before it begins", false, "until: \"2024-09-03\"", "until: \"2024-08-03\"",
     "ends before it begins"},
    {"a row that stands twice", false, "row: ELECTED", "row: KADES", "stands in the list already"},
    {"rows of one key with other actors", false, "  - row: KADES",
     "  - key: ELECTED\n    row: KADES", "differ in more"},
    {"two offices for one place", false, "office: bkpsdm-36.04, kind: BKPSDM, region: \"36.04\"",
     "office: bkpsdm-36.04, kind: BKPSDM, region: \"36.03\"", "overlap in time"},
    {"an office's id in two places", false, "office: bkpsdm-36.04", "office: bkpsdm-36.03",
     "stands for two kinds or regions"},
    {"an office's id that is no folder's name", false, "office: bkpsdm-36.04",
     "office: \"../bkpsdm\"", "a letter or digit first"},
    {"an office's name with a line end", false, "name: \"BKD Provinsi Banten\"",
     "name: \"BKD\\nBcc: all\"", "without control characters"},
    {"an address that is none", false, "address: bkd@bantenprov.invalid", "address: bantenprov",
     "expected one mail address"},
    {"an address that would add another", false, "address: bkd@bantenprov.invalid",
     "address: \"bkd@bantenprov.invalid,all\"", "expected one mail address"},
    {"a route that no office can serve on some days", false, "kind: KEMENDAGRI, name",
     "kind: KEMENDAGRI, from: \"2024-12-01\", name", "no office can serve"},
    {"an actor of whom nobody is told", false, "actors: [organiser]", "actors: [elected]",
     "nobody is told of violation (auto, actor organiser) in 36 received on"},
    {"some days on which nobody is told", false, "  - row: TNI-POLRI",
     "  - until: \"2024-11-14\"\n    row: TNI-POLRI",
     "actor tni_polri) in 36 received on 2024-11-15"},
    {"others than reviewers told of what waits for review", false,
     "kind: REVIEWER, notice: review", "kind: BAWASLU, notice: review",
     "what a person must still look at"},
    {"a code of another form", false, "codes: [NON-ASN-KADES]", "codes: [non-asn-kades]",
     "\"non-asn-kades\" is no code"},
    {"rows of one key with other codes", false, "  - row: SUPERVISOR-BKN",
     "  - codes: [ETIK-02]\n    row: SUPERVISOR-BKN", "differ in more"},
    {"an actor of whom nobody is told but for some codes", false, "  - row: TNI-POLRI",
     "  - codes: [ETIK-02]\n    row: TNI-POLRI",
     "nobody is told of violation (auto, actor tni_polri) in 36 received on"},
    {"a route that tells of a withdrawal", false, "kind: PPK, notice: decision",
     "kind: PPK, notice: withdrawn", "is none of decision, review, information"},
    {"a text where a list belongs", false, "actors: [asn]", "actors: asn", "actors"},
    {"a table without a name", false, "routing: netra-banten",
     "routing:", "expected 1 to 127 bytes"},

    {"a template that names the accused", true, "wilayah\n      {region_name}",
     "wilayah\n      {name}",
     "{name} may not stand in a notice; what may: {case_number} {region_name}"},
    {"a template that names a NIP", true, "diterima {received_date}", "diterima {nip}",
     "{nip} may not stand in a notice"},
    {"a template with the report's text", true, "{what_to_do}", "{description}",
     "{description} may not stand in a notice"},
    {"a template with the reporter", true, "Yth. {recipient_name}", "Yth. {reporter}",
     "{reporter} may not stand in a notice"},
    {"a template with the unit", true, "Yth. {recipient_name}", "Yth. {unit}",
     "{unit} may not stand in a notice"},
    {"a subject with the accused", true, "perkara {case_number}\"", "perkara {name}\"",
     "{name} may not stand in a notice"},
    {"a brace that begins nothing", true, "Yth. {recipient_name}", "Yth. { recipient_name",
     "{ may not stand in a notice"},
    {"an action that asks for itself", true, "Mengawasi tindak lanjut oleh PPK.", "{what_to_do}",
     "{what_to_do} may not stand in a notice"},
    {"an unknown notice of a template", true, "notice: information", "notice: reminder",
     "is none of decision, review, information"},
    {"a role in which nobody is told", true, "roles: [PENGAWAS-ASN]", "roles: [PENGAWAS]",
     "no route tells anybody in the role PENGAWAS"},
    {"a kind of notice without a template", true, "  - notice: information\n    subject",
     "  - notice: review\n    subject", "no row for notice information"},
    {"no words for a withdrawal", true, "  - notice: withdrawn\n    subject",
     "  - notice: review\n    subject", "no row for notice withdrawn"},
    {"a subject of two lines", true, "subject: \"[Netra] Perlu", "subject: \"[Netra]\\n Perlu",
     "one line without control characters"},
    {"an unknown key of a template", true, "    subject:", "    title:", "title"},
};

static char routing_text[TEXT_BYTES];
static char templates_text[TEXT_BYTES];
static char folder[] = "/tmp/netra-test-XXXXXX";
static char routing_path[64];
static char templates_path[64];

static int read_text(const char *path, char *text)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return -1;
    size_t size = fread(text, 1, TEXT_BYTES - 1, file);
    text[size] = '\0';
    return fclose(file);
}

static void write_altered(const char *path, const char *text, const struct tables_case *row)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    const char *place = row == NULL ? NULL : strstr(text, row->from);
    assert_true(row == NULL || place != NULL);
    if (place == NULL)
        (void)fputs(text, file);
    else
        (void)fprintf(file, "%.*s%s%s", (int)(place - text), text, row->to,
                      place + strlen(row->from));
    assert_int_equal(fclose(file), 0);
}

static void test_tables(void **state)
{
    const struct tables_case *row = *state;
    struct notification_tables tables = {.digest = {0}};
    struct diag diag = {.text = ""};
    write_altered(routing_path, routing_text, row->is_templates ? NULL : row);
    write_altered(templates_path, templates_text, row->is_templates ? row : NULL);
    assert_int_equal(notification_tables_load(routing_path, templates_path, &tables, &diag),
                     STATUS_CONFIG_INVALID);
    const char *file = row->is_templates ? "templates.yaml: line " : "routing.yaml: line ";
    if (strstr(diag.text, file) == NULL || strstr(diag.text, row->want) == NULL)
        fail_msg("the message is: %s", diag.text);
    /* Nothing stays open: the sanitizer would tell. */
    assert_null(tables.routing_object);
}

static void test_delivered_tables__load__with_their_digest(void **state)
{
    struct notification_tables tables = {.digest = {0}};
    struct diag diag = {.text = ""};
    uint8_t first[SHA256_SIZE];
    (void)state;
    write_altered(routing_path, routing_text, NULL);
    write_altered(templates_path, templates_text, NULL);
    assert_int_equal(notification_tables_load(routing_path, templates_path, &tables, &diag),
                     STATUS_OK);
    assert_string_equal(tables.routing.name, "netra-banten");
    assert_int_equal(tables.routing.region_count, 9);
    memcpy(first, tables.digest, sizeof first);
    notification_tables_close(&tables);

    struct tables_case remark = {.from = "# Who is told", .to = "# Who's told"};
    write_altered(routing_path, routing_text, &remark);
    assert_int_equal(notification_tables_load(routing_path, templates_path, &tables, &diag),
                     STATUS_OK);
    assert_memory_not_equal(first, tables.digest, sizeof first);
    notification_tables_close(&tables);
}

static void test_absent_file__is_named(void **state)
{
    struct notification_tables tables = {.digest = {0}};
    struct diag diag = {.text = ""};
    (void)state;
    write_altered(routing_path, routing_text, NULL);
    assert_int_equal(
        notification_tables_load(routing_path, "/absent/templates.yaml", &tables, &diag),
        STATUS_CONFIG_MISSING);
    assert_non_null(strstr(diag.text, "templates.yaml"));
    assert_int_equal(
        notification_tables_load("/absent/routing.yaml", templates_path, &tables, &diag),
        STATUS_CONFIG_MISSING);
}

static int set_up(void **state)
{
    (void)state;
    if (read_text("deploy/rules/routing.yaml", routing_text) != 0 ||
        read_text("deploy/rules/templates.yaml", templates_text) != 0 || mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(routing_path, sizeof routing_path, "%s/routing.yaml", folder);
    (void)snprintf(templates_path, sizeof templates_path, "%s/templates.yaml", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(routing_path);
    (void)unlink(templates_path);
    return rmdir(folder);
}

int main(void)
{
    struct CMUnitTest tests[sizeof tables_cases / sizeof tables_cases[0] + 2];
    size_t count = 0;
    for (; count < sizeof tables_cases / sizeof tables_cases[0]; count++)
        tests[count] = (struct CMUnitTest){.name = tables_cases[count].name,
                                           .test_func = test_tables,
                                           .initial_state = &tables_cases[count]};
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(test_delivered_tables__load__with_their_digest);
    tests[count] = (struct CMUnitTest)cmocka_unit_test(test_absent_file__is_named);
    return cmocka_run_group_tests_name("notification/tables", tests, set_up, tear_down);
}
