/* Is what leaves a mail, with stable bytes and nothing in it that a value could have added? */
#include "tests/support/test.h"

#include "services/notification/notice_mail.h"

#include <stdio.h>
#include <string.h>

static const uint8_t handle_a[CASE_HANDLE_SIZE] = {1, 2, 3};
static const uint8_t handle_b[CASE_HANDLE_SIZE] = {1, 2, 4};

static const char *const ppk_roles[] = {"PPK"};

static struct notice_template template_rows[] = {
    {NOTICE_DECISION, NULL, 0, "Perkara {case_number}", "Yth. {recipient_name}\n\n{what_to_do}\n"},
    {NOTICE_DECISION, ppk_roles, 1, "PPK {case_number}",
     "{region_name} {received_date} {decision_revision} {role}"},
};
static struct notice_action action_rows[] = {
    {NOTICE_DECISION, NULL, 0, "Periksa {case_number}."},
    {NOTICE_DECISION, ppk_roles, 1, "Putuskan."},
};
static const struct notice_templates templates = {
    .templates = template_rows,
    .template_count = 2,
    .actions = action_rows,
    .action_count = 2,
};

static const struct notice_sender sender = {
    .secret = {7},
    .host = "log.bantenprov.invalid",
    .address = "netra@log.bantenprov.invalid",
};

static char bytes[NOTICE_MESSAGE_BYTES_MAX];

static struct notice_mail mail_of(const char *role)
{
    return (struct notice_mail){
        .address = "bkd@bantenprov.invalid",
        .message_id = "00ff@log.bantenprov.invalid",
        .at = 1728700000, /* 2024-10-12 02:26:40 UTC */
        .facts = {.kind = NOTICE_DECISION,
                  .role = role,
                  .case_number = "NTR-7Q2K-4",
                  .region_name = "Kabupaten Serang",
                  .recipient_name = "BKD Provinsi Banten",
                  .received = 20241012,
                  .revision = 3},
    };
}

static const char *write_mail(const struct notice_mail *mail)
{
    struct notice_buffer buffer;
    notice_buffer_begin(&buffer, bytes, sizeof bytes);
    assert_int_equal(notice_mail_write(&templates, &sender, mail, &buffer), STATUS_OK);
    assert_int_equal(strlen(bytes), buffer.used);
    return bytes;
}

/* No line is too long, none ends without CR, and nothing but ASCII is in it. */
static void check_lines(const char *text)
{
    for (const char *line = text; *line != '\0';) {
        const char *end = strstr(line, "\r\n");
        assert_non_null(end);
        assert_true(end - line <= 98);
        for (const char *byte = line; byte < end; byte++)
            assert_true(*byte >= ' ' && *byte < 0x7f);
        line = end + 2;
    }
}

static void test_mail__is_written__byte_for_byte(void **state)
{
    (void)state;
    struct notice_mail mail = mail_of("BAWASLU");
    assert_string_equal(write_mail(&mail),
                        "Date: Sat, 12 Oct 2024 09:26:40 +0700\r\n"
                        "From: \"Netra\"\r\n <netra@log.bantenprov.invalid>\r\n"
                        "To: \"BKD Provinsi Banten\"\r\n <bkd@bantenprov.invalid>\r\n"
                        "Subject: Perkara NTR-7Q2K-4\r\n"
                        "Message-ID: <00ff@log.bantenprov.invalid>\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "Content-Language: id\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "\r\n"
                        "Yth. BKD Provinsi Banten\r\n\r\nPeriksa NTR-7Q2K-4.\r\n");
    check_lines(bytes);
}

static void test_mail__of_a_role_with_its_own_words__has_them(void **state)
{
    (void)state;
    struct notice_mail mail = mail_of("PPK");
    const char *text = write_mail(&mail);
    assert_non_null(strstr(text, "Subject: PPK NTR-7Q2K-4\r\n"));
    assert_non_null(strstr(text, "\r\n\r\nKabupaten Serang 12 Oktober 2024 3 PPK\r\n"));
}

static void test_mail__of_a_kind_without_template__is_refused(void **state)
{
    (void)state;
    struct notice_buffer buffer;
    struct notice_mail mail = mail_of("PPK");
    mail.facts.kind = NOTICE_REVIEW;
    notice_buffer_begin(&buffer, bytes, sizeof bytes);
    assert_int_equal(notice_mail_write(&templates, &sender, &mail, &buffer), STATUS_OUT_OF_RANGE);
    mail.facts.kind = NOTICE_DECISION;
    notice_buffer_begin(&buffer, bytes, 100);
    assert_int_equal(notice_mail_write(&templates, &sender, &mail, &buffer), STATUS_OUT_OF_RANGE);
}

static void test_header__with_a_line_end_in_a_value__gets_no_further_header(void **state)
{
    (void)state;
    struct notice_mail mail = mail_of("BAWASLU");
    mail.facts.recipient_name = "BKD\r\nBcc: all@invalid";
    mail.facts.case_number = "N\r\nX-Other: 1";
    const char *text = write_mail(&mail);
    const char *body = strstr(text, "\r\n\r\n");
    const char *bcc = strstr(text, "\r\nBcc:");
    const char *other = strstr(text, "\r\nX-Other:");
    assert_non_null(body);
    assert_true(bcc == NULL || bcc > body);
    assert_true(other == NULL || other > body);
    assert_non_null(strstr(text, "=0D=0A"));
}

static void test_header__beyond_ascii__is_encoded_words_of_whole_characters(void **state)
{
    (void)state;
    struct notice_mail mail = mail_of("BAWASLU");
    mail.facts.recipient_name =
        "Dinas é “Pemberdayaan” — Masyarakat dan Desa Kabupaten Pandeglang, Provinsi Banten";
    const char *text = write_mail(&mail);
    assert_non_null(strstr(text, "To: =?UTF-8?Q?Dinas=20=C3=A9=20=E2=80=9CPemberdayaan"));
    check_lines(text);
    for (const char *word = strstr(text, "=?UTF-8?Q?"); word != NULL;
         word = strstr(word + 1, "=?UTF-8?Q?")) {
        const char *line = word;
        while (line > text && line[-1] != '\n')
            line--;
        assert_true(strcspn(line, "\r") <= 76);
    }
    /* No word begins in the middle of a character. */
    assert_null(strstr(text, "=?UTF-8?Q?=80"));
    assert_null(strstr(text, "=?UTF-8?Q?=9D"));
}

static void test_header__with_a_quote__stays_one_phrase(void **state)
{
    (void)state;
    struct notice_mail mail = mail_of("BAWASLU");
    mail.facts.recipient_name = "BKD \"X\" <a@b.invalid>, \\";
    assert_non_null(
        strstr(write_mail(&mail), "To: \"BKD \\\"X\\\" <a@b.invalid>, \\\\\"\r\n <bkd@"));
}

static void test_body__is_quoted_printable(void **state)
{
    (void)state;
    struct notice_mail mail = mail_of("BAWASLU");
    mail.facts.recipient_name =
        "a=b – ujung kalimat yang sangat panjang sekali sampai melewati batas tujuh puluh enam "
        "bita ";
    const char *text = write_mail(&mail);
    assert_non_null(strstr(text, "Yth. a=3Db =E2=80=93 ujung"));
    assert_non_null(strstr(text, "=\r\n"));
    assert_non_null(strstr(text, "=20\r\n"));
    check_lines(text);
}

static void test_lines__for_files__end_with_lf_alone(void **state)
{
    (void)state;
    struct notice_buffer buffer;
    notice_buffer_begin(&buffer, bytes, sizeof bytes);
    notice_buffer_add_text(&buffer, "a\r\n\r\nb\rc\r\n");
    notice_mail_to_lines(&buffer);
    assert_string_equal(bytes, "a\n\nb\rc\n");
    assert_int_equal(buffer.used, 7);
}

/* ---- the Message-ID ---- */

static const char *id_of(const struct notice_sender *from, const char *recipient,
                         const uint8_t *handle, uint32_t revision, enum notice_kind kind)
{
    static char ids[2][NOTICE_MESSAGE_ID_BYTES];
    static unsigned next;
    struct notice_identity identity = {recipient, handle, revision, kind};
    next = 1 - next;
    notice_message_id(from, &identity, ids[next]);
    return ids[next];
}

static void test_message_id__of_the_same_notice__is_the_same(void **state)
{
    (void)state;
    const char *id = id_of(&sender, "bkd-36", handle_a, 1, NOTICE_DECISION);
    assert_string_equal(id, "29559cfa145ba09613795ea60ae92d76b3531765@log.bantenprov.invalid");
    assert_string_equal(id, id_of(&sender, "bkd-36", handle_a, 1, NOTICE_DECISION));
}

static void test_message_id__other_in_anything__is_another(void **state)
{
    (void)state;
    struct notice_sender other = sender;
    char id[NOTICE_MESSAGE_ID_BYTES];
    (void)snprintf(id, sizeof id, "%s", id_of(&sender, "bkd-36", handle_a, 1, NOTICE_DECISION));
    assert_string_not_equal(id, id_of(&sender, "bkd-3", handle_a, 1, NOTICE_DECISION));
    assert_string_not_equal(id, id_of(&sender, "bkd-36", handle_b, 1, NOTICE_DECISION));
    assert_string_not_equal(id, id_of(&sender, "bkd-36", handle_a, 2, NOTICE_DECISION));
    assert_string_not_equal(id, id_of(&sender, "bkd-36", handle_a, 1, NOTICE_REVIEW));
    other.secret[0] = 8;
    assert_string_not_equal(id, id_of(&other, "bkd-36", handle_a, 1, NOTICE_DECISION));
}

static void test_host__is_the_origin_before_its_first_slash(void **state)
{
    (void)state;
    char host[NOTICE_HOST_BYTES];
    notice_host_of("demo.invalid/netra/0a1b", host);
    assert_string_equal(host, "demo.invalid");
    notice_host_of("log.bantenprov.go.id", host);
    assert_string_equal(host, "log.bantenprov.go.id");
}

struct address_case {
    const char *name;
    const char *address;
    bool want;
};

static struct address_case address_cases[] = {
    {"an address", "bkd@bantenprov.invalid", true},
    {"no host", "bkd@", false},
    {"no name", "@bantenprov.invalid", false},
    {"no @", "bkd", false},
    {"two @", "bkd@a@b", false},
    {"two addresses", "bkd@a.invalid,b@c.invalid", false},
    {"a line end", "bkd@a.invalid\nRCPT TO:<x@y>", false},
    {"a bracket", "bkd@a.invalid>", false},
    {"a blank", "bk d@a.invalid", false},
    {"beyond ASCII", "b\xc3\xa9@a.invalid", false},
    {"nothing", "", false},
};

static void test_address(void **state)
{
    const struct address_case *row = *state;
    assert_int_equal(notice_address_is_valid(row->address), row->want);
}

/* ---- placeholders ---- */

struct text_case {
    const char *name;
    const char *text;
    bool is_action;
    const char *want_wrong; /* NULL: it may stand */
};

static struct text_case text_cases[] = {
    {"everything on the list",
     "{case_number}{region_name}{recipient_name}{role}{received_date}{decision_revision}"
     "{what_to_do}",
     false, NULL},
    {"no placeholder", "Yth.", false, NULL},
    {"a name", "Yth. {name}", false, "{name}"},
    {"a NIP behind good ones", "{case_number} {nip}", false, "{nip}"},
    {"another case of letters", "{Case_Number}", false, "{Case_Number}"},
    {"an opening brace alone", "a { b", false, "{"},
    {"a closing brace alone", "a } b", false, "}"},
    {"nothing in braces", "{}", false, "{}"},
    {"a brace at the end", "a {", false, "{"},
    {"a brace that another one interrupts", "{case_{number}", false, "{case_"},
    {"an action that asks for itself", "{what_to_do}", true, "{what_to_do}"},
};

static void test_text(void **state)
{
    const struct text_case *row = *state;
    char wrong[48] = "";
    assert_int_equal(notice_text_check(row->text, row->is_action, wrong, sizeof wrong),
                     row->want_wrong == NULL);
    assert_string_equal(wrong, row->want_wrong == NULL ? "" : row->want_wrong);
}

static void test_list__names_what_may_stand_and_nothing_personal(void **state)
{
    (void)state;
    assert_non_null(strstr(notice_text_list(), "{case_number} {region_name}"));
    static const char *const personal[] = {"{name}", "{nip}", "{description}", "{reporter}",
                                           "{unit}"};
    for (size_t i = 0; i < sizeof personal / sizeof personal[0]; i++)
        assert_null(strstr(notice_text_list(), personal[i]));
}

int main(void)
{
    TEST_TABLE(addresses, address_cases, test_address)
    TEST_TABLE(texts, text_cases, test_text)
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_mail__is_written__byte_for_byte),
        cmocka_unit_test(test_mail__of_a_role_with_its_own_words__has_them),
        cmocka_unit_test(test_mail__of_a_kind_without_template__is_refused),
        cmocka_unit_test(test_header__with_a_line_end_in_a_value__gets_no_further_header),
        cmocka_unit_test(test_header__beyond_ascii__is_encoded_words_of_whole_characters),
        cmocka_unit_test(test_header__with_a_quote__stays_one_phrase),
        cmocka_unit_test(test_body__is_quoted_printable),
        cmocka_unit_test(test_lines__for_files__end_with_lf_alone),
        cmocka_unit_test(test_message_id__of_the_same_notice__is_the_same),
        cmocka_unit_test(test_message_id__other_in_anything__is_another),
        cmocka_unit_test(test_host__is_the_origin_before_its_first_slash),
        cmocka_unit_test(test_list__names_what_may_stand_and_nothing_personal),
    };

    int failed = cmocka_run_group_tests_name("notification/addresses", addresses, NULL, NULL);
    failed += cmocka_run_group_tests_name("notification/placeholders", texts, NULL, NULL);
    return failed + cmocka_run_group_tests_name("notification/mail", others, NULL, NULL);
}
