/* From what a person wrote to the request: what leaves the client, and what must not. */
#include "tests/support/test.h"

#include "common/base/bytes.h"
#include "common/wire/unpack.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "services/netra/submission.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TODAY 20241115u
#define ARENA_BYTES (1u << 20)
#define ID "0192f0c4-0000-7000-8000-000000000001"
#define OTHER_ID "0192f0c4-0000-7000-8000-000000000002"

struct bench {
    struct arena arena;
    struct netra_config config;
    char keys[PROTECTION_OFFICERS][65];
    char *key_texts[PROTECTION_OFFICERS];
    struct submission_setting setting;
    struct submission submission;
    struct facts_problems problems;
    struct diag diag;
    json_t *object;
};

static void open_bench(struct bench *bench, const char *text)
{
    *bench = (struct bench){.setting = {.file = "-", .today = TODAY}};
    bench->setting.config = &bench->config;
    assert_int_equal(STATUS_OK, arena_open(&bench->arena, ARENA_BYTES));
    for (unsigned i = 0; i < PROTECTION_OFFICERS; i++) {
        uint8_t public_key[32];
        uint8_t secret_key[32];

        assert_int_equal(0, crypto_box_keypair(public_key, secret_key));
        bytes_to_hex(view_of(public_key, sizeof public_key), bench->keys[i]);
        bench->key_texts[i] = bench->keys[i];
    }
    bench->config.protection_officers = bench->key_texts;
    bench->config.protection_officers_count = PROTECTION_OFFICERS;
    assert_int_equal(STATUS_OK, facts_json_parse(view_of_text(text), &bench->object, NULL));
}

static void close_bench(struct bench *bench)
{
    json_release(&bench->object);
    arena_close(&bench->arena);
}

static enum status make(struct bench *bench)
{
    return submission_make(bench->object, &bench->setting, &bench->arena, &bench->submission,
                           &bench->problems, &bench->diag);
}

static const Netra__V1__SubmitCase *unpack(struct bench *bench, struct view body)
{
    ProtobufCMessage *unpacked = NULL;

    assert_int_equal(STATUS_OK, wire_unpack(&netra__v1__submit_case__descriptor, body,
                                            &bench->arena, &unpacked, &bench->diag));
    return (const Netra__V1__SubmitCase *)unpacked;
}

static bool contains(struct view bytes, const char *text)
{
    return memmem(bytes.bytes, bytes.size, text, strlen(text)) != NULL;
}

#define BASE "\"region\": \"36.04\", \"incident\": {\"description\": \"hadir\"}"

static void test_submission__reporter_and_evidence__sealed_and_digested(void **state)
{
    char path[] = "/tmp/netra-bukti-XXXXXX";
    const int descriptor = mkstemp(path);
    struct bench *bench = test_malloc(sizeof *bench);
    const char *attachments[] = {path};
    char text[512];
    struct view packed;
    struct view body;

    (void)state;
    assert_int_equal(3, write(descriptor, "abc", 3));
    (void)close(descriptor);
    (void)snprintf(text, sizeof text,
                   "{" BASE ", \"submission_id\": \"" ID "\", \"reporter\": {\"name\": \"Siti\", "
                   "\"contact\": \"0812\"}, \"evidence\": [{\"path\": \"%s\"}]}",
                   strrchr(path, '/') + 1);
    open_bench(bench, text);
    bench->setting.file = "/tmp/laporan.json"; /* evidence lies beside it */
    bench->setting.attachments = attachments;
    bench->setting.attachment_count = 1;
    assert_int_equal(STATUS_OK, make(bench));
    assert_int_equal(STATUS_OK, submission_pack(&bench->submission, &bench->arena, &packed));
    assert_int_equal(STATUS_OK, submission_stamp(packed, &bench->arena, &body));
    const Netra__V1__SubmitCase *message = unpack(bench, body);

    assert_string_equal(ID, message->submission_id);
    assert_true(message->sent_at > 1700000000u);
    assert_string_equal("36.04", message->facts->region);
    assert_int_equal(2, message->facts->n_evidence);
    assert_int_equal(3, message->facts->evidence[0]->size);
    assert_int_equal(FACTS_DIGEST_SIZE, message->facts->evidence[0]->digest.len);
    assert_int_equal(REPORTER_SEALED_SIZE, message->sealed_reporter.len);
    assert_false(contains(body, "Siti"));
    assert_false(contains(body, "0812"));
    assert_false(contains(body, "netra-bukti"));
    assert_int_equal(0, unlink(path));
    close_bench(bench);
    test_free(bench);
}

struct refusal_case {
    const char *name;
    const char *text;
    unsigned officers;
    const char *officer; /* NULL: a right one */
    const char *id;
    enum status want;
    const char *want_problem; /* the first one's path, "" where there is none */
};

static struct refusal_case refusal_cases[] = {
    {"a submission without a reporter needs no officers", "{" BASE "}", 0, NULL, NULL, STATUS_OK,
     ""},
    {"a reporter can't be sealed without officers",
     "{" BASE ", \"reporter\": {\"name\": \"Siti\"}}", 0, NULL, NULL, STATUS_FACTS_INVALID,
     "reporter"},
    {"an officer's key must be hex", "{" BASE ", \"reporter\": {\"name\": \"Siti\"}}", 2, "xyz",
     NULL, STATUS_CONFIG_INVALID, ""},
    {"evidence that isn't there is told by its place",
     "{" BASE ", \"evidence\": [{\"path\": \"nonexistent\"}]}", 2, NULL, NULL,
     STATUS_FACTS_INVALID, "evidence[0].path"},
    {"a given id must be a UUID", "{" BASE "}", 2, NULL, "1", STATUS_OUT_OF_RANGE, ""},
};

static void test_refusal(void **state)
{
    const struct refusal_case *row = *state;
    struct bench *bench = test_malloc(sizeof *bench);

    open_bench(bench, row->text);
    bench->config.protection_officers_count = row->officers;
    if (row->officer != NULL)
        (void)snprintf(bench->keys[1], sizeof bench->keys[1], "%s", row->officer);
    bench->setting.id = row->id;
    assert_int_equal(row->want, make(bench));
    assert_string_equal(row->want_problem,
                        bench->problems.count == 0 ? "" : bench->problems.problems[0].path);
    close_bench(bench);
    test_free(bench);
}

static void test_submission_make__region_and_id__given_or_written(void **state)
{
    struct bench *bench = test_malloc(sizeof *bench);
    char id[UUID_TEXT_SIZE];

    (void)state;
    open_bench(bench,
               "{\"incident\": {\"description\": \"hadir\"}, \"submission_id\": \"" ID "\"}");
    bench->setting.region = "36.71";
    bench->setting.id = OTHER_ID;
    assert_int_equal(STATUS_OK, make(bench));
    assert_string_equal("36.71", bench->submission.facts.region);
    uuid_to_text(bench->submission.id, id);
    assert_string_equal(OTHER_ID, id);
    close_bench(bench);

    /* What is written stands; an id that nobody gave is drawn. */
    open_bench(bench, "{" BASE "}");
    bench->setting.region = "36.71";
    assert_int_equal(STATUS_OK, make(bench));
    assert_string_equal("36.04", bench->submission.facts.region);
    assert_false(view_is_zero(view_of(bench->submission.id, UUID_SIZE)));
    close_bench(bench);
    test_free(bench);
}

static void test_submission_make__attachment_missing__told(void **state)
{
    struct bench *bench = test_malloc(sizeof *bench);
    const char *attachments[] = {"/nonexistent"};

    (void)state;
    open_bench(bench, "{" BASE "}");
    bench->setting.attachments = attachments;
    bench->setting.attachment_count = 1;
    assert_int_equal(STATUS_NOT_FOUND, make(bench));
    assert_non_null(strstr(bench->diag.text, "--attach /nonexistent"));
    close_bench(bench);
    test_free(bench);
}

static void test_submission_pack_correction__facts__whole(void **state)
{
    struct bench *bench = test_malloc(sizeof *bench);
    ProtobufCMessage *unpacked = NULL;
    struct view body;

    (void)state;
    open_bench(bench, "{" BASE ", \"submission_id\": \"" ID "\"}");
    assert_int_equal(STATUS_OK, make(bench));
    assert_int_equal(STATUS_OK, submission_pack_correction(&bench->submission, "7K3M-9Q2F-XX", 3,
                                                           &bench->arena, &body));
    assert_int_equal(STATUS_OK, wire_unpack(&netra__v1__correct_case__descriptor, body,
                                            &bench->arena, &unpacked, &bench->diag));
    const Netra__V1__CorrectCase *message = (const Netra__V1__CorrectCase *)unpacked;

    assert_string_equal("7K3M-9Q2F-XX", message->case_number);
    assert_string_equal(ID, message->submission_id);
    assert_int_equal(3, message->expected_revision);
    assert_string_equal("hadir", message->facts->incident->description);
    close_bench(bench);
    test_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_submission__reporter_and_evidence__sealed_and_digested),
        cmocka_unit_test(test_submission_make__region_and_id__given_or_written),
        cmocka_unit_test(test_submission_make__attachment_missing__told),
        cmocka_unit_test(test_submission_pack_correction__facts__whole),
    };
    TEST_TABLE(refusals, refusal_cases, test_refusal)

    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("refusals", refusals, NULL, NULL) +
           cmocka_run_group_tests_name("submission", tests, NULL, NULL);
}
