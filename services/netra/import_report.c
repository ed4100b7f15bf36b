/* Progress is one line that overwrites itself with blanks: nothing a log file could not hold. */
#include "services/netra/import_report.h"

#include "services/netra/translate.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REJECTIONS_TOLD 20u /* on stderr; the result file has them all */
#define SHOW_EVERY_MS 200
#define PROGRESS_WIDTH 72

void import_report_start(struct import_report *report, struct command *command)
{
    *report = (struct import_report){
        .command = command,
        .is_terminal = isatty(STDERR_FILENO) == 1,
        .started_ms = door_client_now_ms(&command->doors),
    };
}

static void clear(struct import_report *report)
{
    if (report->is_shown)
        (void)fprintf(stderr, "\r%*s\r", PROGRESS_WIDTH, "");
    report->is_shown = false;
}

/* A detail has a problem a line. */
static json_t *errors_of(const char *detail)
{
    json_t *errors = json_array();

    while (*detail != '\0') {
        const size_t size = strcspn(detail, "\n");

        (void)json_array_append_new(errors, json_stringn(detail, size));
        detail += size + (detail[size] == '\n' ? 1u : 0u);
    }
    return errors;
}

static void print_line(struct import_report *report, const struct result_line *line)
{
    json_t *object = json_object();
    char id[UUID_TEXT_SIZE];

    uuid_to_text(line->id, id);
    json_put_number(object, "row", line->row);
    json_put_text(object, "submission_id", id);
    if (line->kind == RESULT_RECEIPT)
        json_put_text(object, "case_number", line->case_number);
    else
        json_put_null(object, "case_number");
    json_put_text(object, "status", line->status);
    (void)json_object_set_new(object, "errors", errors_of(line->detail));
    output_json_line(&report->command->output, object);
}

void import_report_skipped(struct import_report *report, const struct result_line *line)
{
    report->skipped++;
    print_line(report, line);
}

void import_report_accepted(struct import_report *report, const struct result_line *line)
{
    report->accepted++;
    print_line(report, line);
}

void import_report_rejected(struct import_report *report, const struct result_line *line)
{
    const enum status status = status_from_name(line->status);
    const char *detail = line->detail;

    report->rejected++;
    print_line(report, line);
    if (report->rejected > REJECTIONS_TOLD)
        return;
    clear(report);
    command_note(_("row %llu: %s: %s"), (unsigned long long)line->row, line->status,
                 _(status_text(status == STATUS_COUNT ? STATUS_FAILED : status)));
    while (*detail != '\0') {
        const size_t size = strcspn(detail, "\n");

        command_note("  %.*s", (int)size, detail);
        detail += size + (detail[size] == '\n' ? 1u : 0u);
    }
}

void import_report_broken(struct import_report *report, uint64_t row, const char *detail)
{
    json_t *object = json_object();

    json_put_number(object, "row", row);
    json_put_null(object, "submission_id");
    json_put_null(object, "case_number");
    json_put_text(object, "status", status_name(STATUS_FACTS_INVALID));
    (void)json_object_set_new(object, "errors", errors_of(detail));
    output_json_line(&report->command->output, object);
}

void import_report_note(struct import_report *report, const char *text)
{
    clear(report);
    command_note("%s", text);
}

static uint64_t done(const struct import_report *report)
{
    return report->accepted + report->rejected + report->skipped;
}

/* Rows a second of this run. */
static uint64_t rate(const struct import_report *report, int64_t now_ms)
{
    const int64_t passed_ms = now_ms - report->started_ms;

    return passed_ms <= 0 ? 0
                          : (report->accepted + report->rejected) * 1000u / (uint64_t)passed_ms;
}

void import_report_tick(struct import_report *report, int64_t now_ms)
{
    char text[PROGRESS_WIDTH + 1];

    if (!report->is_terminal || now_ms - report->shown_ms < SHOW_EVERY_MS)
        return;
    (void)snprintf(text, sizeof text, _("%llu of %llu rows, %llu refused, %llu a second"),
                   (unsigned long long)done(report), (unsigned long long)report->total,
                   (unsigned long long)report->rejected, (unsigned long long)rate(report, now_ms));
    (void)fprintf(stderr, "\r%-*s", PROGRESS_WIDTH, text);
    (void)fflush(stderr);
    report->is_shown = true;
    report->shown_ms = now_ms;
}

void import_report_end(struct import_report *report, int64_t now_ms)
{
    clear(report);
    output_sentence(&report->command->output,
                    _("%llu accepted, %llu rejected, %llu had their receipt before"),
                    (unsigned long long)report->accepted, (unsigned long long)report->rejected,
                    (unsigned long long)report->skipped);
    if (report->is_terminal)
        command_note(_("%llu rows a second"), (unsigned long long)rate(report, now_ms));
    if (report->rejected > 0)
        command_note(_("%llu rows were rejected; the result file says which and why"),
                     (unsigned long long)report->rejected);
}
