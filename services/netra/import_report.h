/*
 * What an import tells while it runs: a JSON line per row, the first refusals, and on a terminal
 * how far it is.
 *
 * Units: milliseconds of the boot clock.
 */
#ifndef NETRA_NETRA_IMPORT_REPORT_H
#define NETRA_NETRA_IMPORT_REPORT_H

#include "services/netra/command.h"
#include "services/netra/result_file.h"

struct import_report {
    struct command *command;
    uint64_t accepted;
    uint64_t rejected;
    uint64_t skipped; /* had their receipt already */
    uint64_t total;   /* rows of the file; 0: not counted */
    bool is_terminal; /* stderr is one: progress is shown */
    bool is_shown;    /* a line of progress stands there */
    int64_t started_ms;
    int64_t shown_ms;
};

/* Begins; progress is shown only on a terminal. */
void import_report_start(struct import_report *report, struct command *command);

/* A row that had its receipt before this run. */
void import_report_skipped(struct import_report *report, const struct result_line *line);

/* A row that has its receipt now. */
void import_report_accepted(struct import_report *report, const struct result_line *line);

/* A row that was refused; the first ones are told on stderr too. */
void import_report_rejected(struct import_report *report, const struct result_line *line);

/* A row that can't be read, nor what follows it: `detail` names it. */
void import_report_broken(struct import_report *report, uint64_t row, const char *detail);

/* Shows how far it is, a few times a second. */
void import_report_tick(struct import_report *report, int64_t now_ms);

/* Says on stderr what isn't an error, beside the progress. */
void import_report_note(struct import_report *report, const char *text);

/* Takes the progress away and prints the sum. */
void import_report_end(struct import_report *report, int64_t now_ms);

#endif
