/*
 * Requests of the benchmark's clients, several in a frame where several are in hand.
 */
#include "tests/bench/bench_requests.h"

#include "common/base/bytes.h"
#include "common/base/invariant.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "services/netra/uuid7.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ARENA_BYTES 4194304u
#define NUMBER_DIGITS 10u
#define REPORT_REGION "36.04"
#define REPORT_DAY 20241012u
#define REPORT_RECEIVED 20241015u

/* ---- frames ---- */

static enum status make_body(struct bench_requests *requests, uint64_t id, struct view *ret_body);

enum status bench_requests_frame(struct bench_requests *requests, uint64_t first_id,
                                 unsigned count, struct view *ret_frame)
{
    struct door_request_parts rows[BENCH_GROUP_MAX];
    INVARIANT(count <= BENCH_GROUP_MAX);
    arena_reset(&requests->arena);
    for (unsigned i = 0; i < count; i++) {
        rows[i] = (struct door_request_parts){
            .request_id = first_id + i,
            .kind = BENCH_REQUEST_TAKE,
        };
        TRY(make_body(requests, first_id + i, &rows[i].body));
    }
    return door_requests_encode(rows, count, &requests->arena, ret_frame);
}

enum status bench_requests_answered(struct bench_requests *requests, struct view frame,
                                    unsigned *ret_count, struct door_answer_parts *ret_first,
                                    struct diag *diag)
{
    struct door_answer_parts *rows = NULL;
    arena_reset(&requests->arena);
    TRY(door_answers_decode(frame, &requests->arena, &rows, ret_count, diag));
    *ret_first = rows[0];
    for (unsigned i = 0; i < *ret_count; i++) {
        if (rows[i].status == STATUS_OK)
            continue;
        diag_set(diag, "request %" PRIu64 ": %s %s", rows[i].request_id,
                 status_name(rows[i].status), rows[i].detail);
        return STATUS_FAILED;
    }
    return STATUS_OK;
}

enum status bench_requests_one(struct bench_requests *requests, uint64_t id, uint32_t kind,
                               const ProtobufCMessage *message, struct view *ret_frame)
{
    struct door_request_parts parts = {.request_id = id, .kind = kind};
    arena_reset(&requests->arena);
    TRY(wire_pack(message, &requests->arena, &parts.body));
    return door_request_encode(&parts, &requests->arena, ret_frame);
}

/* ---- bodies ---- */

/* A new submission id, drawn as `netra case submit` draws it. */
static void draw_id(char text[UUID_TEXT_SIZE])
{
    uint8_t random[UUID7_RANDOM_BYTES];
    uint8_t id[UUID_SIZE];
    struct timespec now = {.tv_sec = 0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    randombytes_buf(random, sizeof random);
    uuid7_make((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000, random, id);
    uuid_to_text(id, text);
}

/* Writes the number over the line's last characters, so that no two reports say the same. */
static char *line_of(struct bench_requests *requests, uint64_t number)
{
    char *line = requests->lines[number % requests->line_count];
    const size_t size = strlen(line);
    char digits[NUMBER_DIGITS + 1];
    (void)snprintf(digits, sizeof digits, "%010" PRIu64, number % UINT64_C(10000000000));
    if (size >= NUMBER_DIGITS)
        memcpy(line + size - NUMBER_DIGITS, digits, NUMBER_DIGITS);
    return line;
}

static enum status make_report(struct bench_requests *requests, uint64_t number,
                               struct view *ret_body)
{
    Netra__V1__SubmitCase message;
    Netra__V1__Facts facts;
    Netra__V1__Incident incident;
    char region[] = REPORT_REGION;
    char id[UUID_TEXT_SIZE];
    netra__v1__submit_case__init(&message);
    netra__v1__facts__init(&facts);
    netra__v1__incident__init(&incident);
    draw_id(id);
    incident.date = REPORT_DAY;
    incident.date_known = REPORT_DAY;
    incident.description = line_of(requests, number);
    facts.region = region;
    facts.received = REPORT_RECEIVED;
    facts.incident = &incident;
    message.submission_id = id;
    message.facts = &facts;
    return wire_pack(&message.base, &requests->arena, ret_body);
}

static enum status make_body(struct bench_requests *requests, uint64_t id, struct view *ret_body)
{
    if (requests->line_count > 0)
        return make_report(requests, id, ret_body);
    Netra__V1__SubmitCase message;
    netra__v1__submit_case__init(&message);
    bytes_put_u64(requests->content, id);
    message.sealed_reporter = wire_bytes(view_of(requests->content, BENCH_PAYLOAD_BYTES));
    return wire_pack(&message.base, &requests->arena, ret_body);
}

/* ---- opening ---- */

static enum status read_narratives(const char *path, struct bench_requests *requests)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return STATUS_USAGE;
    size_t size = fread(requests->narratives, 1, NARRATIVES_BYTES_MAX - 1, file);
    bool is_whole = feof(file) != 0;
    (void)fclose(file);
    requests->narratives[size] = '\0';
    char *line = requests->narratives;
    char *end = strchr(line, '\n');
    while (end != NULL && requests->line_count < NARRATIVES_MAX) {
        *end = '\0';
        requests->lines[requests->line_count++] = line;
        line = end + 1;
        end = strchr(line, '\n');
    }
    return is_whole && requests->line_count > 0 ? STATUS_OK : STATUS_USAGE;
}

enum status bench_requests_open(struct bench_requests *requests, const char *narratives_path)
{
    randombytes_buf(requests->content, BENCH_PAYLOAD_BYTES);
    if (narratives_path != NULL)
        TRY(read_narratives(narratives_path, requests));
    return arena_open(&requests->arena, ARENA_BYTES);
}

void bench_requests_close(struct bench_requests *requests)
{
    arena_close(&requests->arena);
}
