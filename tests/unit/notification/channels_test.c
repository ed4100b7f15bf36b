/* Do the channels hand over once, whole, and tell truly what became of it? The mail server here is
 * a child process that follows a script. */
#include "tests/support/test.h"

#include "services/notification/channel_maildir.h"
#include "services/notification/channel_smtp.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Maildir ---- */

static char root[64];

static int make_root(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/netra-test-XXXXXX");
    return mkdtemp(root) == NULL ? -1 : 0;
}

static void remove_below(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        (void)unlink(path);
        return;
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char below[512];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        remove_below(below);
    }
    (void)closedir(folder);
    (void)rmdir(path);
}

static int remove_root(void **state)
{
    (void)state;
    (void)chmod(root, 0700);
    remove_below(root);
    return 0;
}

static unsigned count_in(const char *part)
{
    char path[128];
    unsigned count = 0;
    (void)snprintf(path, sizeof path, "%s/%s", root, part);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        count += entry->d_name[0] == '.' ? 0 : 1;
    (void)closedir(folder);
    return count;
}

static struct files files;

static struct maildir_item item_of(const char *recipient, const char *id, const char *text)
{
    return (struct maildir_item){
        .recipient = recipient, .message_id = id, .message = view_of_text(text)};
}

static void read_new(const char *name, char text[64])
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, 63, file);
    text[size] = '\0';
    assert_int_equal(fclose(file), 0);
}

static void test_maildir__of_several__stands_in_each_recipients_new(void **state)
{
    struct maildir_item items[] = {item_of("bkd-36", "aa@h", "one"),
                                   item_of("bkd-36", "bb@h", "two"),
                                   item_of("bkn", "cc@h", "three")};
    struct diag diag = {.text = ""};
    char text[64];
    (void)state;
    assert_int_equal(channel_maildir_open(&files, root, &diag), STATUS_OK);
    channel_maildir_hand_over(&files, root, items, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_true(items[i].is_done);
    assert_int_equal(count_in("bkd-36/new"), 2);
    assert_int_equal(count_in("bkd-36/tmp"), 0);
    assert_int_equal(count_in("bkn/new"), 1);
    read_new("bkd-36/new/bb.netra", text);
    assert_string_equal(text, "two");
}

static void test_maildir__repeated_after_a_crash__doubles_nothing(void **state)
{
    struct maildir_item item = item_of("bkn", "aa@h", "one");
    char from[128];
    char to[128];
    (void)state;
    channel_maildir_hand_over(&files, root, &item, 1);
    item.is_repeat = true;
    channel_maildir_hand_over(&files, root, &item, 1);
    assert_true(item.is_done);
    assert_int_equal(count_in("bkn/new"), 1);
    /* A reader has seen it meanwhile. */
    (void)snprintf(from, sizeof from, "%s/bkn/new/aa.netra", root);
    (void)snprintf(to, sizeof to, "%s/bkn/cur/aa.netra:2,S", root);
    assert_int_equal(rename(from, to), 0);
    channel_maildir_hand_over(&files, root, &item, 1);
    assert_true(item.is_done);
    assert_int_equal(count_in("bkn/new"), 0);
    assert_int_equal(count_in("bkn/cur"), 1);
    /* Ordered again, it comes again. */
    item.is_repeat = false;
    channel_maildir_hand_over(&files, root, &item, 1);
    assert_int_equal(count_in("bkn/new"), 1);
}

static void test_maildir__that_cant_be_written__fails_for_its_own_alone(void **state)
{
    struct maildir_item items[] = {item_of("bkd-36", "aa@h", "one"),
                                   item_of("bkn", "bb@h", "two")};
    char path[128];
    (void)state;
    /* A file stands where the recipient's folder should. */
    (void)snprintf(path, sizeof path, "%s/bkd-36", root);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    channel_maildir_hand_over(&files, root, items, 2);
    assert_false(items[0].is_done);
    assert_int_not_equal(items[0].error, 0);
    assert_true(items[1].is_done);
}

static void test_maildir__below_a_file__is_refused_at_start(void **state)
{
    struct diag diag = {.text = ""};
    (void)state;
    assert_int_equal(channel_maildir_open(&files, "/dev/null/mail", &diag), STATUS_CONFIG_INVALID);
    assert_non_null(strstr(diag.text, "mail_folder"));
}

/* ---- SMTP: settings ---- */

struct settings_case {
    const char *name;
    const char *url;
    bool is_demonstration;
    enum status want;
};

static struct settings_case settings_cases[] = {
    {"a demonstration may speak to 127.0.0.1", "smtp://127.0.0.1:2525", true, STATUS_OK},
    {"a demonstration may speak to all of 127/8", "smtp://127.9.9.9", true, STATUS_OK},
    {"a demonstration may speak to ::1", "smtp://[::1]:25", true, STATUS_OK},
    {"a demonstration may speak to localhost", "smtps://localhost/", true, STATUS_OK},
    {"no mail leaves a demonstration", "smtp://mail.bantenprov.go.id", true,
     STATUS_CONFIG_INVALID},
    {"a name that begins like loopback is another machine", "smtp://127.0.0.1.example.org", true,
     STATUS_CONFIG_INVALID},
    {"a login can't hide another machine", "smtp://127.0.0.1@mail.example.org", true,
     STATUS_CONFIG_INVALID},
    {"another address", "smtp://10.0.0.1", true, STATUS_CONFIG_INVALID},
    {"another address in six", "smtp://[2001:db8::1]", true, STATUS_CONFIG_INVALID},
    {"outside a demonstration any server may be named", "smtp://mail.bantenprov.go.id:587", false,
     STATUS_OK},
    {"another protocol", "https://127.0.0.1", false, STATUS_CONFIG_INVALID},
    {"a file", "file:///etc/passwd", false, STATUS_CONFIG_INVALID},
    {"a path", "smtp://127.0.0.1/x", false, STATUS_CONFIG_INVALID},
    {"no url", "127.0.0.1", false, STATUS_CONFIG_INVALID},
};

static void test_settings(void **state)
{
    const struct settings_case *row = *state;
    static struct channel_smtp channel;
    struct diag diag = {.text = ""};
    struct smtp_settings settings = {.url = row->url, .helo = "demo.invalid"};
    assert_int_equal(channel_smtp_open(&channel, &settings, row->is_demonstration, &diag),
                     row->want);
    assert_int_equal(strstr(diag.text, "smtp.url") != NULL, row->want != STATUS_OK);
    channel_smtp_close(&channel);
}

static void test_password__that_others_can_read__is_refused(void **state)
{
    static struct channel_smtp channel;
    struct diag diag = {.text = ""};
    char path[128];
    (void)state;
    (void)snprintf(path, sizeof path, "%s/password", root);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("secret\n", file);
    assert_int_equal(fclose(file), 0);
    struct smtp_settings settings = {
        .url = "smtp://127.0.0.1", .user = "u", .password_file = path, .helo = "demo.invalid"};
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(channel_smtp_open(&channel, &settings, false, &diag), STATUS_CONFIG_INVALID);
    assert_null(strstr(diag.text, "secret"));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(channel_smtp_open(&channel, &settings, false, &diag), STATUS_OK);
    assert_string_equal(channel.password, "secret");
    channel_smtp_close(&channel);
    settings.password_file = NULL;
    assert_int_equal(channel_smtp_open(&channel, &settings, false, &diag), STATUS_CONFIG_INVALID);
}

/* ---- SMTP: dialogues ---- */

struct dialogue_case {
    const char *name;
    /* What the server answers, in order; "" hangs up instead. */
    const char *greeting;
    const char *sender;
    const char *recipient;
    const char *data;
    const char *message;
    enum hand_over_outcome want;
    const char *want_why;
    const char *security; /* what it answers to STARTTLS; NULL: it doesn't offer it */
};

static struct dialogue_case dialogue_cases[] = {
    {"accepted", "220 hi", "250 ok", "250 ok", "354 go", "250 ok", HAND_OVER_DONE, "", NULL},
    {"refused at the recipient", "220 hi", "250 ok", "550 no such", "", "", HAND_OVER_REFUSED,
     "SMTP_550", NULL},
    {"put off at the recipient", "220 hi", "250 ok", "450 later", "", "", HAND_OVER_LATER,
     "SMTP_450", NULL},
    {"refused after the message", "220 hi", "250 ok", "250 ok", "354 go", "554 spam",
     HAND_OVER_REFUSED, "SMTP_554", NULL},
    {"put off after the message", "220 hi", "250 ok", "250 ok", "354 go", "451 later",
     HAND_OVER_LATER, "SMTP_451", NULL},
    {"cut after the message", "220 hi", "250 ok", "250 ok", "354 go", "", HAND_OVER_LATER,
     "SMTP_CUT_AFTER_DATA", NULL},
    {"refused at the greeting", "554 no service", "", "", "", "", HAND_OVER_LATER, "SMTP_554",
     NULL},
    {"cut at the greeting", "", "", "", "", "", HAND_OVER_LATER, "SMTP_CUT", NULL},
    {"cut at the sender", "220 hi", "", "", "", "", HAND_OVER_LATER, "SMTP_CUT", NULL},
    {"cut within an answer", "220 hi", "250 ok", "550-no", "", "", HAND_OVER_LATER, "SMTP_CUT",
     NULL},
    {"cut at the sender, after a refusal that was about something else", "220 hi", "", "", "", "",
     HAND_OVER_LATER, "SMTP_CUT", "554 no TLS"},
};

/* Says a line; false: hang up. */
static bool say(int peer, const char *line)
{
    char text[96];
    int size = snprintf(text, sizeof text, "%s\r\n", line);
    return line[0] != '\0' && write(peer, text, (size_t)size) == size;
}

/* What a server says to a line; NULL: it reads on. */
static const char *answer_to(const struct dialogue_case *row, const char *line,
                             bool *is_in_message)
{
    if (*is_in_message) {
        *is_in_message = strcmp(line, ".\r\n") != 0;
        return *is_in_message ? NULL : row->message;
    }
    if (strncmp(line, "EHLO", 4) == 0)
        return row->security == NULL ? "250 me" : "250-me\r\n250 STARTTLS";
    if (strncmp(line, "STARTTLS", 8) == 0)
        return row->security;
    if (strncmp(line, "MAIL", 4) == 0)
        return row->sender;
    if (strncmp(line, "RCPT", 4) == 0)
        return row->recipient;
    *is_in_message = strncmp(line, "DATA", 4) == 0;
    return *is_in_message ? row->data : "221 bye";
}

static void serve(int listener, const struct dialogue_case *row)
{
    int peer = accept(listener, NULL, NULL);
    FILE *lines = fdopen(peer, "r");
    char line[1024];
    bool is_in_message = false;
    if (lines == NULL || !say(peer, row->greeting))
        _exit(0);
    while (fgets(line, sizeof line, lines) != NULL) {
        const char *answer = answer_to(row, line, &is_in_message);
        if (answer != NULL && (!say(peer, answer) || strcmp(answer, "550-no") == 0))
            _exit(0);
    }
    _exit(0);
}

static int listen_somewhere(unsigned *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    *ret_port = ntohs(address.sin_port);
    return listener;
}

/* Goes on until the transfer has ended; 20 s at most. */
static struct mail_end finish(struct channel_smtp *channel)
{
    for (unsigned i = 0; i < 20000 && !channel->transfers[0].has_ended; i++) {
        channel_smtp_go_on(channel);
        (void)poll(NULL, 0, 1);
    }
    assert_true(channel->transfers[0].has_ended);
    return channel->transfers[0].end;
}

static void open_at(struct channel_smtp *channel, unsigned port)
{
    char url[64];
    struct diag diag = {.text = ""};
    (void)snprintf(url, sizeof url, "smtp://127.0.0.1:%u", port);
    struct smtp_settings settings = {.url = url, .helo = "demo.invalid"};
    assert_int_equal(channel_smtp_open(channel, &settings, true, &diag), STATUS_OK);
    channel->settings.url = NULL; /* the text above ends here */
}

static void test_dialogue(void **state)
{
    const struct dialogue_case *row = *state;
    static struct channel_smtp channel;
    char why[NOTICE_WHY_BYTES + 1];
    unsigned port = 0;
    int listener = listen_somewhere(&port);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        serve(listener, row);
    (void)close(listener);
    open_at(&channel, port);
    assert_true(channel_smtp_begin(&channel, 0, "netra@demo.invalid", "bkd@bantenprov.invalid",
                                   view_of_text("Subject: x\r\n\r\n.hello\r\n")));
    struct mail_end end = finish(&channel);
    assert_int_equal(notice_retry_judge(&end, why), row->want);
    assert_string_equal(why, row->want_why);
    channel_smtp_free(&channel, 0);
    channel_smtp_close(&channel);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void test_server__that_is_not_there__is_tried_again(void **state)
{
    static struct channel_smtp channel;
    char why[NOTICE_WHY_BYTES + 1];
    unsigned port = 0;
    (void)state;
    (void)close(listen_somewhere(&port));
    open_at(&channel, port);
    assert_true(channel_smtp_begin(&channel, 0, "netra@demo.invalid", "a@b.invalid",
                                   view_of_text("x\r\n")));
    struct mail_end end = finish(&channel);
    assert_int_equal(notice_retry_judge(&end, why), HAND_OVER_LATER);
    assert_string_equal(why, "SMTP_UNREACHABLE");
    channel_smtp_close(&channel);
}

#define ROOT_TEST(function) cmocka_unit_test_setup_teardown(function, make_root, remove_root)

int main(void)
{
    files = files_of_system();
    TEST_TABLE(settings, settings_cases, test_settings)
    TEST_TABLE(dialogues, dialogue_cases, test_dialogue)
    const struct CMUnitTest others[] = {
        ROOT_TEST(test_maildir__of_several__stands_in_each_recipients_new),
        ROOT_TEST(test_maildir__repeated_after_a_crash__doubles_nothing),
        ROOT_TEST(test_maildir__that_cant_be_written__fails_for_its_own_alone),
        ROOT_TEST(test_maildir__below_a_file__is_refused_at_start),
        ROOT_TEST(test_password__that_others_can_read__is_refused),
        cmocka_unit_test(test_server__that_is_not_there__is_tried_again),
    };

    int failed = cmocka_run_group_tests_name("notification/smtp settings", settings, NULL, NULL);
    failed += cmocka_run_group_tests_name("notification/smtp dialogues", dialogues, NULL, NULL);
    return failed + cmocka_run_group_tests_name("notification/channels", others, NULL, NULL);
}
