/* What a good configuration becomes, and files that can't be read. */
#include "config_case.h"
#include "folder.h"
#include "tests/support/test.h"

#include <limits.h>

#define BASE "service: intake\norigin: example.org/log\nkey: keys/intake.key\n"
#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define FILE_BYTES_MAX 1048576u

static struct folder folder;
static char path[FOLDER_PATH_BYTES];

static int set_up(void **state)
{
    (void)state;
    folder_open(&folder);
    folder_path(&folder, "intake.yaml", path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_close(&folder);
    return 0;
}

static struct own_config *load(const char *text)
{
    struct diag diag = {.text = ""};
    struct config *config = NULL;
    folder_write(path, text, strlen(text), 0644);
    enum status status = config_load(path, "intake", &own_schema, &config, &diag);
    assert_string_equal("", diag.text);
    assert_int_equal(STATUS_OK, status);
    return (struct own_config *)config;
}

static void assert_in_folder(const char *name, const char *text)
{
    char want[FOLDER_PATH_BYTES];
    folder_path(&folder, name, want);
    assert_string_equal(want, text);
}

static void test_config_load__a_short_file__has_defaults(void **state)
{
    (void)state;
    struct own_config *own = load(BASE);
    assert_string_equal("intake", own->common.service);
    assert_string_equal("example.org/log", own->common.origin);
    assert_null(own->common.store);
    assert_null(own->common.listen.door);
    assert_int_equal(0, own->common.peers_count);
    assert_int_equal(100000, own->common.limits.backlog_entries_max);
    assert_int_equal(64 * 1048576, own->common.limits.disk_free_bytes_refuse);
    assert_int_equal(128 * 1048576, own->common.limits.disk_free_bytes_evidence);
    assert_int_equal(256 * 1048576, own->common.limits.disk_free_bytes_warn);
    assert_string_equal("info", own->common.log.level);
    assert_string_equal("logfmt", own->common.log.format);
    assert_in_folder("keys/intake.key", own->common.key);
    config_free(&own_schema, &own->common);
}

static void test_config_load__a_full_file__has_its_values(void **state)
{
    (void)state;
    struct own_config *own =
        load(BASE "store: /var/lib/netra/intake.db\n"
                  "listen:\n  inlet: tcp://127.0.0.1:21001\n  door: tcp://127.0.0.1:21002\n"
                  "  http: 127.0.0.1:21003\n"
                  "peers:\n - name: audit-log\n   inlet: tcp://127.0.0.1:21031\n"
                  "   door: tcp://127.0.0.1:21032\n   public_key: " KEY_A "\n"
                  "limits: {backlog_entries_max: 5, disk_free_bytes_refuse: 0}\n"
                  "log: {level: debug, format: json}\n"
                  "rules_file: rules/2024.yaml\nworkers_max: 4294967295\nmode: manual\n"
                  "channels:\n - {label: a, token_file: a.token}\n - {label: b}\n");
    assert_string_equal("/var/lib/netra/intake.db", own->common.store);
    assert_string_equal("tcp://127.0.0.1:21001", own->common.listen.inlet);
    assert_string_equal("127.0.0.1:21003", own->common.listen.http);
    assert_int_equal(1, own->common.peers_count);
    assert_string_equal("audit-log", own->common.peers[0].name);
    assert_string_equal(KEY_A, own->common.peers[0].public_key);
    assert_int_equal(5, own->common.limits.backlog_entries_max);
    assert_int_equal(0, own->common.limits.disk_free_bytes_refuse);
    assert_int_equal(0, own->common.limits.disk_free_bytes_evidence);
    assert_int_equal(0, own->common.limits.disk_free_bytes_warn);
    assert_string_equal("json", own->common.log.format);
    assert_in_folder("rules/2024.yaml", own->rules_file);
    assert_int_equal(UINT32_MAX, own->workers_max);
    assert_int_equal(2, own->mode);
    assert_in_folder("a.token", own->channels[0].token_file);
    assert_null(own->channels[1].token_file);
    config_free(&own_schema, &own->common);
}

static void test_config_load__overrides__win_over_the_file(void **state)
{
    (void)state;
    assert_int_equal(0, setenv("NETRA_LISTEN_DOOR", "tcp://127.0.0.1:9", 1));
    assert_int_equal(0, setenv("NETRA_LIMITS_DISK_FREE_BYTES_REFUSE", "7", 1));
    assert_int_equal(0, setenv("NETRA_KEY", "other.key", 1));
    assert_int_equal(0, setenv("NETRA_WORKERS_MAX", "3", 1));
    assert_int_equal(0, setenv("NETRA_CHANNELS_0__LABEL", "x", 1));
    struct own_config *own = load(BASE "listen: {door: \"tcp://127.0.0.1:1\"}\nworkers_max: 2\n"
                                       "channels: [{label: a}]\n");
    assert_int_equal(0, unsetenv("NETRA_LISTEN_DOOR"));
    assert_int_equal(0, unsetenv("NETRA_LIMITS_DISK_FREE_BYTES_REFUSE"));
    assert_int_equal(0, unsetenv("NETRA_KEY"));
    assert_int_equal(0, unsetenv("NETRA_WORKERS_MAX"));
    assert_int_equal(0, unsetenv("NETRA_CHANNELS_0__LABEL"));
    assert_string_equal("tcp://127.0.0.1:9", own->common.listen.door);
    assert_int_equal(7, own->common.limits.disk_free_bytes_refuse);
    assert_int_equal(14, own->common.limits.disk_free_bytes_evidence);
    assert_int_equal(28, own->common.limits.disk_free_bytes_warn);
    assert_in_folder("other.key", own->common.key);
    assert_int_equal(3, own->workers_max);
    assert_string_equal("a", own->channels[0].label); /* entries of lists have no override */
    config_free(&own_schema, &own->common);
}

static void test_config_load__a_relative_path__is_made_absolute(void **state)
{
    (void)state;
    char before[PATH_MAX];
    struct diag diag = {.text = ""};
    struct config *config = NULL;
    folder_write(path, BASE, strlen(BASE), 0644);
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(0, chdir(folder.path));
    enum status status = config_load("intake.yaml", "intake", &own_schema, &config, &diag);
    assert_int_equal(0, chdir(before));
    assert_int_equal(STATUS_OK, status);
    assert_in_folder("keys/intake.key", config->key);
    config_free(&own_schema, config);
}

static void test_config_load__a_path_too_long_with_its_folder__is_refused(void **state)
{
    (void)state;
    static char text[8192];
    struct diag diag = {.text = ""};
    struct config *config = NULL;
    int used = snprintf(text, sizeof(text), "%sstore: ", BASE);
    memset(text + used, 'a', 4090);
    folder_write(path, text, strlen(text), 0644);
    assert_int_equal(STATUS_CONFIG_INVALID,
                     config_load(path, "intake", &own_schema, &config, &diag));
    assert_non_null(strstr(diag.text, "line 4: \"store\": expected a path of at most 4095 bytes"));
}

static void test_config_load__no_file__is_missing(void **state)
{
    (void)state;
    struct diag diag = {.text = ""};
    struct config *config = NULL;
    char want[2 * FOLDER_PATH_BYTES];
    assert_int_equal(STATUS_CONFIG_MISSING,
                     config_load(path, "intake", &own_schema, &config, &diag));
    (void)snprintf(want, sizeof(want), "%s: No such file or directory", path);
    assert_string_equal(want, diag.text);
}

static void test_config_load__a_folder__is_missing(void **state)
{
    (void)state;
    struct diag diag = {.text = ""};
    struct config *config = NULL;
    assert_int_equal(STATUS_CONFIG_MISSING,
                     config_load(folder.path, "intake", &own_schema, &config, &diag));
    assert_non_null(strstr(diag.text, "a directory; expected a file"));
}

static void test_config_load__a_fifo__does_not_hang(void **state)
{
    (void)state;
    struct diag diag = {.text = ""};
    struct config *config = NULL;
    assert_int_equal(0, mkfifo(path, 0600));
    assert_int_equal(STATUS_CONFIG_MISSING,
                     config_load(path, "intake", &own_schema, &config, &diag));
    assert_non_null(strstr(diag.text, "not a regular file"));
}

static void test_config_load__one_byte_above_the_limit__is_too_large(void **state)
{
    (void)state;
    static char text[FILE_BYTES_MAX + 1];
    struct diag diag = {.text = ""};
    struct config *config = NULL;
    memset(text, '#', sizeof(text));
    memcpy(text, BASE, sizeof(BASE) - 1);
    folder_write(path, text, FILE_BYTES_MAX, 0644);
    assert_int_equal(STATUS_OK, config_load(path, "intake", &own_schema, &config, &diag));
    config_free(&own_schema, config);
    folder_write(path, text, FILE_BYTES_MAX + 1, 0644);
    assert_int_equal(STATUS_CONFIG_INVALID,
                     config_load(path, "intake", &own_schema, &config, &diag));
    assert_non_null(strstr(diag.text, "larger than 1 MiB"));
}

static void test_config_load__a_long_path__leaves_room_for_the_message(void **state)
{
    (void)state;
    char long_path[1024];
    struct diag diag = {.text = ""};
    struct config *config = NULL;
    int used = snprintf(long_path, sizeof(long_path), "%s", folder.path);
    for (int i = 0; i < 400; i++)
        used += snprintf(long_path + used, sizeof(long_path) - (size_t)used, "/.");
    (void)snprintf(long_path + used, sizeof(long_path) - (size_t)used, "/intake.yaml");
    folder_write(path, "lisen: 1\n", 9, 0644);
    assert_int_equal(STATUS_CONFIG_INVALID,
                     config_load(long_path, "intake", &own_schema, &config, &diag));
    assert_non_null(strstr(
        diag.text, "/intake.yaml: line 1: unknown key \"lisen\"; did you mean \"listen\"?"));
}

static void test_config_free__nothing__is_fine(void **state)
{
    (void)state;
    config_free(&own_schema, NULL);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_config_load__a_short_file__has_defaults),
        TEST(test_config_load__a_full_file__has_its_values),
        TEST(test_config_load__overrides__win_over_the_file),
        TEST(test_config_load__a_relative_path__is_made_absolute),
        TEST(test_config_load__a_path_too_long_with_its_folder__is_refused),
        TEST(test_config_load__no_file__is_missing),
        TEST(test_config_load__a_folder__is_missing),
        TEST(test_config_load__a_fifo__does_not_hang),
        TEST(test_config_load__one_byte_above_the_limit__is_too_large),
        TEST(test_config_load__a_long_path__leaves_room_for_the_message),
        TEST(test_config_free__nothing__is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
