/* Cases, receipts, and the sealed identity of who reported. */
#include "services/netra/verbs.h"

static const struct verb rows[] = {
    {.noun = "case",
     .verb = "submit",
     .usage = "FILE|- [--attach FILE]... [--submission-id UUID]",
     .summary = N_("hand in one submission (JSON) and print its case number"),
     .details = N_(
         "FILE has region and incident.description, and what else is known: received,\n"
         "incident {date, date_known, place, region, election, office}, subject {name, nip,\n"
         "position, unit, employment, is_spouse_of_candidate, cltn {status, from, to, letter}},\n"
         "reported_conduct [codes], reporter {name, contact}, evidence [{path}].\n"
         "Who reported is sealed here, evidence stays here. Every mistake is named at once.\n"
         "Exit status: 5 the content has mistakes, or is empty or too large; 2 FILE is a\n"
         "folder; 3 there is no such file; 7 the id was used with other content; 9 try again."),
     .example = "netra case submit laporan.json\n"
                "netra case submit laporan.json --attach foto.jpg --json > tanda-terima.json",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(region) | OPTION_BIT(submission_id) | OPTION_BIT(attach),
     .needs = NODE_DOORS,
     .run = case_submit},
    {.noun = "case",
     .verb = "import",
     .usage = "FILE.csv|FILE.jsonl [--region CODE]",
     .summary = N_("hand in one submission per row; may be stopped and run again at any time"),
     .details = N_(
         "A .csv has a header of paths, such as region,incident.date,subject.name; any other\n"
         "file has a submission on each line. What became of each row is kept beside the file\n"
         "(FILE.result.jsonl): run again, it goes on where it stopped and sends nothing twice.\n"
         "A row with mistakes is refused, the others go on; then the exit status is 5. A quote\n"
         "that is not closed ends the import: the rows before it are in, the rest is not.\n"
         "A row is known by its place: mend a file where it stands, add rows at its end."),
     .example = "netra case import laporan.csv\n"
                "netra case import laporan.jsonl --region 36.04 --json",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(region),
     .needs = NODE_DOORS,
     .run = case_import},
    {.noun = "case",
     .verb = "list",
     .usage = "[--region CODE]...",
     .summary = N_("show every case with its newest decision"),
     .example = "netra case list\nnetra case list --region 36.04 --json",
     .options = OPTION_BIT(region),
     .needs = DOORS,
     .run = case_list},
    {.noun = "case",
     .verb = "show",
     .usage = "CASE_NUMBER [--text]",
     .summary = N_("show one case: what was decided, why, and who is told"),
     .details = N_("With --text also the report's words, those that led to the decision marked:\n"
                   "that is for officers, reviewers and auditors, and each reading is an event."),
     .example = "netra case show K7QF-9M2X-4T\nnetra case show K7QF-9M2X-4T --text",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(text),
     .needs = REVIEWER_DOORS,
     .run = case_show},
    {.noun = "case",
     .verb = "correct",
     .usage = "CASE_NUMBER FILE|- [--expected-revision N]",
     .summary = N_("replace a case's facts by a new revision; it is decided again"),
     .example = "netra case correct K7QF-9M2X-4T laporan-perbaikan.json",
     .words_min = 2,
     .words_max = 2,
     .options = OPTION_BIT(submission_id) | OPTION_BIT(attach) | OPTION_BIT(expected_revision),
     .needs = NODE_DOORS,
     .run = case_correct},
    {.noun = "case",
     .verb = "link",
     .usage = "CASE_NUMBER OTHER_NUMBER --kind KIND",
     .summary = N_("say that two cases belong together (a signed act); nothing is merged"),
     .example = "netra case link K7QF-9M2X-4T 5H6R-SZT9-KT --kind same_event",
     .words_min = 2,
     .words_max = 2,
     .options = OPTION_BIT(kind),
     .needs = REVIEWER_DOORS,
     .run = case_link},
    {.noun = "receipt",
     .verb = "show",
     .usage = "FILE|-",
     .summary = N_("print what a receipt says, without judging it"),
     .example = "netra receipt show tanda-terima.json",
     .words_min = 1,
     .words_max = 1,
     .run = receipt_show},
    {.noun = "receipt",
     .verb = "verify",
     .usage = "FILE|-",
     .summary = N_("check a receipt (as `case submit --json` printed it) against intake's key"),
     .example = "netra receipt verify tanda-terima.json",
     .words_min = 1,
     .words_max = 1,
     .needs = NEEDS_HOME,
     .run = receipt_verify},
    {.noun = "receipt",
     .verb = "status",
     .usage = "FILE|-",
     .summary = N_("check a receipt and ask how far its case is, without its content"),
     .example = "netra receipt status tanda-terima.json",
     .words_min = 1,
     .words_max = 1,
     .needs = DOORS,
     .run = receipt_status},
    {.noun = "reporter",
     .verb = "open",
     .usage = "CASE_NUMBER --first FILE --second FILE",
     .summary = N_("open who reported, with both protection officers' keys (a signed act)"),
     .example = "netra reporter open K7QF-9M2X-4T --first keys/protection-1.key "
                "--second keys/protection-2.key",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(first) | OPTION_BIT(second),
     .needs = NEEDS_HOME,
     .run = reporter_open},
};

const struct verb_table verbs_case = {rows, sizeof rows / sizeof rows[0]};
