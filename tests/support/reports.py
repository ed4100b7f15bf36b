"""The labelled reports of tests/data/cases, and submissions made of them."""
import copy
import json
import os

from netra_home import ROOT

PATH = os.path.join(ROOT, "tests", "data", "cases", "dev.jsonl")
CACHE = []


class Report:
    """One labelled report: `submission` as a node would send it, `expected` as it was labelled."""

    def __init__(self, row):
        self.id = row["id"]
        self.submission = row["submission"]
        self.expected = row["expected"]

    def text(self):
        return json.dumps(self.submission, ensure_ascii=False)

    def changed(self, **how):
        """The submission's JSON with other values: `received`, `region`, or of the incident."""
        new = copy.deepcopy(self.submission)
        for key, value in how.items():
            (new if key in ("received", "region") else new["incident"])[key] = value
        return json.dumps(new, ensure_ascii=False)


def all_reports():
    if not CACHE:
        with open(PATH, encoding="utf-8") as file:
            CACHE.extend(Report(json.loads(line)) for line in file)
    return CACHE


def report(name):
    """The report with that id."""
    return next(row for row in all_reports() if row.id == name)


def numbered(number):
    """A submission made of the reports in turn: each number another text."""
    row = all_reports()[number % len(all_reports())]
    description = row.submission["incident"]["description"]
    return row.changed(description=f"{description} Laporan ke-{number}.")


def write_lines(path, texts):
    """A file for `case import`, a submission a line."""
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(text + "\n" for text in texts)
    return path
