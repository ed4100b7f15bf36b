/* What a configuration is refused for, and how the one message reads. */
#include "config_case.h"
#include "folder.h"
#include "tests/support/test.h"

#include <stdbool.h>

#define BASE "service: intake\norigin: example.org/log\nkey: intake.key\n"
#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define PEER(name, key) " - name: " name "\n   public_key: " key "\n"

struct config_case {
    const char *name;
    const char *text;
    const char *variable; /* of the environment; NULL: none */
    const char *value;
    const char *want; /* the message after the file's path and ": " */
};

static struct config_case cases[] = {
    {.name = "an unknown key is named with its line and the nearest one",
     .text = BASE "\n# lisen\nlisen:\n  door: tcp://127.0.0.1:1\n",
     .want = "line 6: unknown key \"lisen\"; did you mean \"listen\"?"},
    {.name = "an unknown first key",
     .text = "servce: intake\n" BASE,
     .want = "line 1: unknown key \"servce\"; did you mean \"service\"?"},
    {.name = "an unknown key on a lower level",
     .text = BASE "listen:\n  inlet: tcp://127.0.0.1:1\n  dor: tcp://127.0.0.1:2\n",
     .want = "line 6: unknown key \"dor\"; did you mean \"door\"?"},
    {.name = "a known key on the wrong level is shown its own",
     .text = BASE "door: tcp://127.0.0.1:1\n",
     .want = "line 4: unknown key \"door\"; did you mean \"listen.door\"?"},
    {.name = "between two levels the key's own wins",
     .text = BASE "lmits: {}\n",
     .want = "line 4: unknown key \"lmits\"; did you mean \"limits\"?"},
    {.name = "an unknown key in a list's entry",
     .text = BASE "peers:\n" PEER("a", KEY_A) " - nme: b\n",
     .want = "line 7: unknown key \"nme\"; did you mean \"name\"?"},
    {.name = "an unknown key in flow style",
     .text = BASE "limits: {backlog_entries: 5}\n",
     .want = "line 4: unknown key \"backlog_entries\"; did you mean \"backlog_entries_max\"?"},
    {.name = "an own key is a known one",
     .text = BASE "workers: 5\n",
     .want = "line 4: unknown key \"workers\"; did you mean \"workers_max\"?"},
    {.name = "a key in other case is unknown",
     .text = BASE "Listen: {}\n",
     .want = "line 4: unknown key \"Listen\"; did you mean \"listen\"?"},
    {.name = "a missing key",
     .text = "service: intake\nkey: intake.key\n",
     .want = "missing key \"origin\""},
    {.name = "a missing key after a lower level",
     .text = "service: intake\nkey: intake.key\nlog:\n  level: info\n",
     .want = "missing key \"origin\""},
    {.name = "everything is missing", .text = "{}\n", .want = "missing key \"service\""},
    {.name = "a missing key in a list's entry",
     .text = BASE "peers:\n" PEER("a", KEY_A) " - name: b\n",
     .want = "line 7: missing key \"peers[1].public_key\""},
    {.name = "a key twice",
     .text = BASE "origin: example.net/log\n",
     .want = "line 4: key \"origin\" is there a second time"},
    {.name = "a word for a number",
     .text = BASE "limits:\n  backlog_entries_max: many\n",
     .want = "line 5: \"limits.backlog_entries_max\": expected a whole number"},
    {.name = "a negative number is not 2^64 less it",
     .text = BASE "limits:\n  backlog_entries_max: -1\n",
     .want = "line 5: \"limits.backlog_entries_max\": expected a whole number"},
    {.name = "a leading zero is not octal",
     .text = BASE "limits:\n  disk_free_bytes_refuse: 010\n",
     .want = "line 5: \"limits.disk_free_bytes_refuse\": expected a whole number"},
    {.name = "a number above 64 bits",
     .text = BASE "limits: {disk_free_bytes_refuse: 18446744073709551616}\n",
     .want = "line 4: \"limits.disk_free_bytes_refuse\": expected a whole number"},
    {.name = "a number above its 32 bits",
     .text = BASE "workers_max: 4294967296\n",
     .want = "line 4: \"workers_max\": expected a whole number"},
    {.name = "no number at all",
     .text = BASE "workers_max:\n",
     .want = "line 4: \"workers_max\": expected a whole number"},
    {.name = "a list for a text",
     .text = "origin: [a]\nservice: intake\nkey: k\n",
     .want = "line 1: \"origin\": expected a text of 1 to 255 bytes"},
    {.name = "no text at all",
     .text = BASE "store:\n",
     .want = "line 4: \"store\": expected a text of 1 to 4095 bytes"},
    {.name = "a text that is too long",
     .text = BASE "channels:\n - label: 12345678901234567\n",
     .want = "line 5: \"channels[0].label\": expected a text of 1 to 16 bytes"},
    {.name = "a text for a mapping",
     .text = BASE "listen: tcp://127.0.0.1:1\n",
     .want = "line 4: \"listen\": expected keys and values below it"},
    {.name = "a text for a list",
     .text = BASE "peers: classification\n",
     .want = "line 4: \"peers\": expected a list of 0 to 8 entries"},
    {.name = "a list that is too long",
     .text = BASE "channels:\n - {label: a}\n - {label: b}\n - {label: c}\n",
     .want = "line 4: \"channels\": expected a list of 1 to 2 entries"},
    {.name = "a list that is too short",
     .text = BASE "channels: []\n",
     .want = "line 4: \"channels\": expected a list of 1 to 2 entries"},
    {.name = "a word that is none of those",
     .text = BASE "mode: sometimes\n",
     .want = "line 4: \"mode\": expected one of auto, manual"},
    {.name = "a word for a fraction",
     .text = BASE "weight: heavy\n",
     .want = "line 4: \"weight\": expected a number"},
    {.name = "not YAML",
     .text = BASE "listen: [\n",
     .want = "line 5: not YAML: did not find expected node content"},
    {.name = "a tab",
     .text = "service: intake\n\tkey: k\n",
     .want = "line 2: not YAML: found a tab character that violates indentation"},
    {.name = "not UTF-8",
     .text = BASE "store: \xff\n",
     .want = "byte 63: invalid leading UTF-8 octet"},
    {.name = "UTF-16 is not UTF-8",
     .text = "\xff\xfe" BASE,
     .want = "byte 0: invalid leading UTF-8 octet"},
    {.name = "comments alone", .text = "# nothing yet\n", .want = "empty"},
    {.name = "an empty file", .text = "", .want = "empty"},
    {.name = "a text instead of keys",
     .text = "intake\n",
     .want = "line 1: expected keys and values, such as \"service: intake\""},
    {.name = "a list instead of keys",
     .text = "- service: intake\n",
     .want = "line 1: expected keys and values, such as \"service: intake\""},
    {.name = "a second document",
     .text = BASE "---\nservice: audit-log\n",
     .want = "line 4: a second document; expected one"},
    {.name = "an alias",
     .text = BASE "store: &a x\nlog: {level: *a}\n",
     .want = "line 5: aliases are not taken here; write the value out"},
    {.name = "a key that is a list",
     .text = BASE "? [a]\n: b\n",
     .want = "line 4: a key must be plain text"},
    {.name = "a text with NUL in it",
     .text = BASE "store: \"a\\0b\"\n",
     .want = "line 4: a text must not contain NUL"},
    {.name = "nesting without end",
     .text = BASE "peers: [[[[[[[[[[[[[[[[[[[[[[\n",
     .want = "line 4: nested too deep"},
    {.name = "another program's file",
     .text = "service: audit-log\norigin: o\nkey: k\n",
     .want = "line 1: \"service\": expected \"intake\", this program's name"},
    {.name = "an origin with a space",
     .text = "service: intake\norigin: an origin\nkey: k\n",
     .want = "line 2: \"origin\": expected printable ASCII without spaces and \"+\""},
    {.name = "an origin with a plus",
     .text = "service: intake\norigin: a+b\nkey: k\n",
     .want = "line 2: \"origin\": expected printable ASCII without spaces and \"+\""},
    {.name = "an inlet without a scheme",
     .text = BASE "listen: {inlet: \"127.0.0.1:1\"}\n",
     .want = "line 4: \"listen.inlet\": expected tcp://IP:PORT with a numeric IPv4 address and a "
             "port"},
    {.name = "a door at port 0",
     .text = BASE "listen: {door: \"tcp://127.0.0.1:0\"}\n",
     .want = "line 4: \"listen.door\": expected tcp://IP:PORT with a numeric IPv4 address and a "
             "port"},
    {.name = "HTTP with a scheme",
     .text = BASE "listen: {http: \"tcp://127.0.0.1:1\"}\n",
     .want = "line 4: \"listen.http\": expected IP:PORT with a numeric IPv4 address and a port"},
    {.name = "a peer's inlet by name",
     .text = BASE "peers:\n" PEER("a", KEY_A) "   inlet: tcp://localhost:1\n",
     .want =
         "line 7: \"peers[0].inlet\": expected tcp://IP:PORT with a numeric IPv4 address and a "
         "port"},
    {.name = "a peer's door over IPC",
     .text = BASE "peers:\n" PEER("a", KEY_A) "   door: ipc:///tmp/x\n",
     .want = "line 7: \"peers[0].door\": expected tcp://IP:PORT with a numeric IPv4 address and a "
             "port"},
    {.name = "a peer's name with a space",
     .text = BASE "peers:\n" PEER("a b", KEY_A),
     .want = "line 5: \"peers[0].name\": expected 1 to 64 of a-z, 0-9, \".\", \"_\", \"-\""},
    {.name = "a peer twice",
     .text = BASE "peers:\n" PEER("a", KEY_A) PEER("a", KEY_B),
     .want = "line 7: \"peers[1].name\": \"a\" is there already as peers[0]"},
    {.name = "two peers with one key",
     .text = BASE "peers:\n" PEER("a", KEY_A) PEER("b", KEY_A),
     .want = "line 8: \"peers[1].public_key\": it is the key of peers[0]"},
    {.name = "a key that is too short",
     .text = BASE "peers:\n" PEER("a", "0011"),
     .want = "line 6: \"peers[0].public_key\": expected 64 hex digits"},
    {.name = "a key that is not hex",
     .text = BASE "peers:\n" PEER("a", "g0" KEY_A),
     .want = "line 6: \"peers[0].public_key\": expected 64 hex digits"},
    {.name = "a backlog of none",
     .text = BASE "limits: {backlog_entries_max: 0}\n",
     .want = "line 4: \"limits.backlog_entries_max\": expected at least 1"},
    {.name = "an unknown level",
     .text = BASE "log: {level: loud}\n",
     .want = "line 4: \"log.level\": expected debug, info, warn or error"},
    {.name = "an unknown format",
     .text = BASE "log: {format: xml}\n",
     .want = "line 4: \"log.format\": expected logfmt or json"},
    {.name = "an override that is no number names its variable",
     .text = BASE,
     .variable = "NETRA_LIMITS_BACKLOG_ENTRIES_MAX",
     .value = "1e6",
     .want = "environment variable NETRA_LIMITS_BACKLOG_ENTRIES_MAX: expected a whole number"},
    {.name = "an override above 64 bits",
     .text = BASE,
     .variable = "NETRA_LIMITS_DISK_FREE_BYTES_REFUSE",
     .value = "18446744073709551616",
     .want = "environment variable NETRA_LIMITS_DISK_FREE_BYTES_REFUSE: expected a whole number"},
    {.name = "a mark that is below the next worse one",
     .text = BASE "limits:\n  disk_free_bytes_evidence: 10\n  disk_free_bytes_refuse: 11\n",
     .want = "line 5: \"limits.disk_free_bytes_evidence\": expected more than "
             "limits.disk_free_bytes_refuse, which is 11"},
    {.name = "two marks at the same place",
     .text = BASE "limits:\n  disk_free_bytes_warn: 10\n  disk_free_bytes_evidence: 10\n"
                  "  disk_free_bytes_refuse: 5\n",
     .want = "line 5: \"limits.disk_free_bytes_warn\": expected more than "
             "limits.disk_free_bytes_evidence, which is 10"},
    {.name = "a mark that is below the default of a worse one",
     .text = BASE "limits: {disk_free_bytes_warn: 4096}\n",
     .want = "line 4: \"limits.disk_free_bytes_warn\": expected more than "
             "limits.disk_free_bytes_evidence, which is 134217728"},
    {.name = "a mark that is above the default of a better one",
     .text = BASE "limits: {disk_free_bytes_evidence: 268435456}\n",
     .want = "line 4: \"limits.disk_free_bytes_evidence\": expected less than "
             "limits.disk_free_bytes_warn, which is 268435456"},
    {.name = "the outer marks are compared where there is none between",
     .text = BASE "limits: {disk_free_bytes_warn: 5, disk_free_bytes_evidence: 0, "
                  "disk_free_bytes_refuse: 6}\n",
     .want = "line 4: \"limits.disk_free_bytes_warn\": expected more than "
             "limits.disk_free_bytes_refuse, which is 6"},
    {.name = "a mark that comes from the environment",
     .text = BASE "limits: {disk_free_bytes_refuse: 6}\n",
     .variable = "NETRA_LIMITS_DISK_FREE_BYTES_WARN",
     .value = "7",
     .want = "environment variable NETRA_LIMITS_DISK_FREE_BYTES_WARN: expected more than "
             "limits.disk_free_bytes_evidence, which is 12"},
    {.name = "a mark of which no multiple fits",
     .text = BASE "limits: {disk_free_bytes_refuse: 1152921504606846977}\n",
     .want = "line 4: \"limits.disk_free_bytes_refuse\": expected at most 1152921504606846976"},
    {.name = "an override above its 32 bits",
     .text = BASE,
     .variable = "NETRA_WORKERS_MAX",
     .value = "4294967296",
     .want = "environment variable NETRA_WORKERS_MAX: expected a whole number"},
    {.name = "an empty override",
     .text = BASE,
     .variable = "NETRA_STORE",
     .value = "",
     .want = "environment variable NETRA_STORE: expected a text of 1 to 4095 bytes"},
    {.name = "an override that breaks a rule",
     .text = BASE,
     .variable = "NETRA_LISTEN_DOOR",
     .value = "here",
     .want = "environment variable NETRA_LISTEN_DOOR: expected tcp://IP:PORT with a numeric IPv4 "
             "address and a port"},
    {.name = "a backlog of none by override",
     .text = BASE,
     .variable = "NETRA_LIMITS_BACKLOG_ENTRIES_MAX",
     .value = "0",
     .want = "environment variable NETRA_LIMITS_BACKLOG_ENTRIES_MAX: expected at least 1"},
};

static void test_refusal(void **state)
{
    const struct config_case *it = *state;
    struct folder folder;
    struct diag diag = {.text = ""};
    struct config *config = NULL;
    char path[FOLDER_PATH_BYTES];
    char want[2 * FOLDER_PATH_BYTES];
    folder_open(&folder);
    folder_path(&folder, "intake.yaml", path);
    folder_write(path, it->text, strlen(it->text), 0644);
    if (it->variable != NULL)
        assert_int_equal(0, setenv(it->variable, it->value, 1));
    enum status status = config_load(path, "intake", &own_schema, &config, &diag);
    if (it->variable != NULL)
        assert_int_equal(0, unsetenv(it->variable));
    folder_close(&folder);
    assert_int_equal(STATUS_CONFIG_INVALID, status);
    assert_null(config);
    bool is_about_file = strncmp(it->want, "environment", 11) != 0;
    (void)snprintf(want, sizeof(want), "%s%s%s", is_about_file ? path : "",
                   is_about_file ? ": " : "", it->want);
    assert_string_equal(want, diag.text);
}

int main(void)
{
    TEST_TABLE(tests, cases, test_refusal)
    return cmocka_run_group_tests(tests, NULL, NULL);
}
