"""A running home into which all labelled reports were imported, and what became of each."""
import json
import os

from netra_peer import Status
from netra_proto import proto
from pipeline_support import check, wait_settled
from reports import all_reports, write_lines

FIELD_TEXTS = {1: ("incident", "description"), 2: ("incident", "place"),
               3: ("subject", "position"), 4: ("subject", "unit")}


class Case:
    """One report's way: the `report`, its import `row`, and its CaseDecisions."""

    def __init__(self, report, row, handle):
        self.report = report
        self.row = row
        self.number = row["case_number"]
        self.handle = handle
        self.decisions = []

    @property
    def made(self):
        return self.decisions[0].made

    @property
    def verdict(self):
        return self.made.verdict

    def text_of(self, field):
        """The text that spans of that field lie in, as bytes."""
        part, key = FIELD_TEXTS[field]
        return self.report.submission.get(part, {}).get(key, "").encode()


def import_lines(home, path, expect=0):
    """What `case import --json` said of each row."""
    answer = home.netra("case", "import", path, "--json", timeout=180)
    check(answer.status == expect, f"import: {answer!r}")
    return [row for row in map(json.loads, answer.out.splitlines()) if "row" in row]


def fill(home):
    """{report id: Case} of a home that got them all."""
    reports = all_reports()
    path = write_lines(os.path.join(home.folder, "reports.jsonl"),
                       [report.text() for report in reports])
    rows = import_lines(home, path)
    check(len(rows) == len(reports), f"{len(rows)} lines told of {len(reports)} rows")
    with Status(home, "reviewer") as status:
        handles = {row.case_number: row.case_handle for row in status.list("case")}
    cases = {report.id: Case(report, row, handles[row["case_number"]])
             for report, row in zip(reports, rows)}
    wait_settled(home)
    with Status(home, "reviewer") as status:
        for case in cases.values():
            case.decisions = status.decisions(case.handle)
    return cases


def outcome_word(verdict):
    names = proto.classification_to_notification.Outcome
    return {"VIOLATION": "violation", "NOT_A_VIOLATION": "not_violation",
            "NEEDS_INFORMATION": "needs_info", "UNDECIDED": "undecided"}[
                names.Name(verdict.outcome).removeprefix("OUTCOME_")]


def stage_word(verdict):
    names = proto.classification_to_notification.Stage
    return names.Name(verdict.stage).removeprefix("STAGE_").lower()
