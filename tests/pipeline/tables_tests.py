"""Mistakes in the tables: one message with file, line and what to do, and the running service
keeps what it had. Good new tables are taken, by workers too.
"""
import os
import re
import shutil

from domain_tests import decided
from netra_wait import wait_for
from pipeline_support import check, journey
from reports import PATH, report

TABLES = ("ruleset", "calendar", "routing", "templates")
RULE = r"\nrules:(?:.|\n)*?\n    code: "
KASN = r'authority: KASN, until: "(?P<x>2024-08-23)"'
BAKAL = r'stage: bakal_calon, from: "2024-01-26", until: "(?P<x>2024-09-21)"'
SUPERVISOR = r'key: SUPERVISOR\n    until: "(?P<x>2024-08-23)"'

# (what is wrong, the table, where: x is replaced, by what, what the message names)
MISTAKES = (
    ("an unknown code", "ruleset", RULE + r"(?P<x>[A-Z0-9-]+)", "ETIK-99", "ETIK-99"),
    ("an unknown concept", "ruleset", RULE + r"(?:.|\n)*?when: \[(?P<x>[a-z_]+)", "put_upp",
     "put_upp"),
    ("an unknown key", "ruleset", r"(?P<x>thresholds):", "tresholds", "tresholds"),
    ("a gap between authorities", "ruleset", KASN, "2024-08-20", "2024-08-21"),
    ("an overlap of authorities", "ruleset", KASN, "2024-08-30", "2024-08-31"),
    ("a source that isn't listed", "ruleset", r"authority: KASN[^\n]*source: (?P<x>S92)", "S9999",
     "S9999"),
    ("an overlap of stages", "calendar", BAKAL, "2024-10-21", "2024-09-22"),
    ("a gap between stages", "calendar", BAKAL, "2024-09-11", "2024-09-12"),
    ("a day that can't be", "calendar", BAKAL, "2024-09-31", "2024-09-31"),
    ("an unknown region in a route", "routing", r'row: PJ\n    regions: \["(?P<x>36)"', "36.99",
     "36.99"),
    ("an unknown kind of office", "routing", r"kind: (?P<x>DKPP), notice", "DKPPX", "DKPPX"),
    ("a gap between routes", "routing", SUPERVISOR, "2024-08-20", "2024-08-2"),
    ("an overlap of routes", "routing", SUPERVISOR, "2024-08-30", "SUPERVISOR"),
    ("a template that names a personal field", "templates", r"\{(?P<x>case_number)\}, wilayah",
     "subject_name", "subject_name"),
    ("no YAML", "templates", r"notices:(?P<x>)\n", " [", ""),
)


class Changed:
    """The home's table with a mistake in it, for a while."""

    def __init__(self, home, table, pattern, new):
        self.path = home.table(table)
        with open(self.path, encoding="utf-8") as file:
            text = file.read()
        found = re.search(pattern, text)
        check(found, f"{table}: there is no {pattern!r}")
        self.line = text[:found.start("x")].count("\n") + 1
        self.kept = self.path + ".kept"
        shutil.copy2(self.path, self.kept)
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text[:found.start("x")] + new + text[found.end("x"):])

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        os.replace(self.kept, self.path)
        return False


def check_named(answer, what, table, word, line):
    """One message, with the file's name, a line of that row or of the next, and the word."""
    check(answer.status in (1, 2, 5), f"{what}: {answer!r}")
    text = answer.err + answer.out
    lines = [line for line in text.splitlines() if f"{table}.yaml" in line]
    check(len(lines) == 1, f"{what}: {len(lines)} messages: {answer!r}")
    found = re.search(rf"{table}\.yaml: line (\d+)", lines[0])
    check(found, f"{what}: no line is named: {lines[0]}")
    check(abs(int(found.group(1)) - line) <= 10, f"{what}: in line {line}, named is {lines[0]}")
    check(word in lines[0], f"{what}: {word!r} is not named: {lines[0]}")


def lint_names_each_mistake(bench):
    home = bench.running()
    home.netra("rules", "lint", expect=0)
    for what, table, pattern, new, word in MISTAKES:
        with Changed(home, table, pattern, new) as changed:
            check_named(home.netra("rules", "lint"), what, table, word, changed.line)
    home.netra("rules", "lint", expect=0)


def digest_now(home):
    _, made = decided(home, report("D097").text())
    return made.ruleset_digest


def a_running_service_keeps_the_old_tables(bench):
    home = bench.running()
    before = digest_now(home)
    for what, table, pattern, new, word in (MISTAKES[0], MISTAKES[7], MISTAKES[9], MISTAKES[13]):
        with Changed(home, table, pattern, new) as changed:
            check_named(home.netra("rules", "apply"), what, table, word, changed.line)
            check(digest_now(home) == before, f"{what}: decided with other tables")
    for name in ("classification", "notification"):
        check(home.is_alive(name), f"{name} ended")


def bad_tables_keep_a_service_from_starting(bench):
    with bench.fresh() as home:
        for name, mistake in (("classification", MISTAKES[0]), ("notification", MISTAKES[13])):
            what, table, pattern, new, word = mistake
            with Changed(home, table, pattern, new):
                process = home.start(name)
                status = process.wait_end(20, f"{name} starts with {what}")
                check(status == 2, f"{name} ended with {status}")
                lines = [line for line in home.log(name).splitlines() if f"{table}.yaml" in line]
                check(len(lines) == 1 and word in lines[0], f"{name}: {home.log(name)}")


def good_new_tables_are_taken_by_workers_too(bench):
    with bench.fresh(workers=2) as home:
        home.start_all()
        before = digest_now(home)
        home.change(home.table("ruleset"), ('version: "2026-11-22"', 'version: "2026-11-23"'))
        check(digest_now(home) == before, "taken before it was put into force")
        home.netra("rules", "apply", expect=0)
        wait_for(lambda: digest_now(home) != before, 20, "the new tables are not taken")
        after = digest_now(home)
        results = home.metric("classification", "results_total")
        for _ in range(5):
            check(digest_now(home) == after, "the digest moves back and forth")
        check(home.metric("classification", "results_total") > results,
              "no worker decides with the new tables")
        home.restart("classification")
        home.wait_ready("classification")
        check(digest_now(home) == after, "another digest after a restart")
        journey(home)
        home.netra("audit", "verify", expect=0)
        home.stop_all()


def the_rules_can_be_listed_and_tested(bench):
    home = bench.running()
    rows = home.netra("rules", "list", "--json", expect=0).out
    check("ETIK-02" in rows and "DISIPLIN-13A" in rows, f"codes are missing: {rows[:500]}")
    scores = home.netra("rules", "score", PATH, "--json", expect=0).json()
    check(scores["n"] == 160 and scores["outcome_accuracy"] >= 0.85, f"{scores}")
    answer = home.netra("rules", "test", PATH)
    check(answer.status in (0, 1) and len(answer.out.splitlines()) < 160, f"{answer!r}")


TESTS = (
    ("each mistake in a table is named with file and line", lint_names_each_mistake),
    ("a running service keeps the old tables", a_running_service_keeps_the_old_tables),
    ("bad tables keep a service from starting", bad_tables_keep_a_service_from_starting),
    ("good new tables are taken, by workers too", good_new_tables_are_taken_by_workers_too),
    ("rules are listed, and tried on a report", the_rules_can_be_listed_and_tested),
)
