"""Disks that fill up, really: a service's store on a small disk of its own, under load. What was
receipted is never missing, what can't be taken is refused with its own exit status, and when
there is room again it all goes on by itself.
"""
import contextlib
import json
import os
import re
import shutil

import ledger
from ledger_store import read_stores, read_told
from netra_home import FLOW_SECONDS, submission
from netra_process import Process
from netra_wait import holds_for, wait_for
from pipeline_support import all_ready, check, wait_settled
from small_disk import SmallDisk

MIB = 1 << 20
LEVELS = {"well": 0, "warn": 1, "no_evidence": 2, "refuse": 3}
EXIT_BACKLOG, EXIT_DISK = 9, 10
RESERVE = 2 * MIB  # twice what a turn of this load writes, and more
MARK = 2 * MIB
MARKS = {"disk_free_bytes_warn": 3 * MIB, "disk_free_bytes_evidence": 5 * MIB // 2,
         "disk_free_bytes_refuse": MARK, "reserve_bytes": RESERVE, "retained_events_min": 1}
TEXT_BYTES = 8192
FILE_ROWS = 16
AT_ONCE = 2
ROWS_MAX = 600  # by then the small disks are full


class Case:
    """A home, one service's small disk, and the clients that import into it."""

    def __init__(self, home, name, disk):
        self.home = home
        self.name = name
        self.disk = disk
        self.clients = []
        self.files = []
        self.rows = 0

    def start_import(self):
        """One more client, with a file of its own."""
        number = len(self.clients)
        path = os.path.join(self.home.folder, f"client-{number}.jsonl")
        with open(path, "w", encoding="ascii") as file:
            for row in range(FILE_ROWS):
                text = f"laporan {number}/{row} " + "x" * TEXT_BYTES
                file.write(submission(text) + "\n")
        told = os.path.join(self.home.folder, f"client-{number}.told.jsonl")
        words = [os.path.join(self.home.binaries, "netra"), "case", "import", path, "--json",
                 "--home", self.home.home]
        process = Process(words, os.path.join(self.home.folder, f"client-{number}.err"), out=told)
        self.home.extra.append(process)
        self.clients.append(process)
        self.files += [path[:-len(".jsonl")] + ".result.jsonl", told]
        self.rows += FILE_ROWS

    def importing(self):
        return sum(1 for client in self.clients if client.is_alive())

    def load_until(self, condition, what, seconds=FLOW_SECONDS):
        """Clients come, AT_ONCE at a time, until the condition holds; then AT_ONCE more."""
        def step():
            if self.importing() < AT_ONCE and self.rows < ROWS_MAX:
                self.start_import()
            return condition()
        wait_for(step, seconds, what)
        for _ in range(AT_ONCE):
            self.start_import()

    def try_submit(self):
        """By the one command; what it said. A receipt is kept."""
        answer = self.home.netra("case", "submit", "-", "--json", stdin=submission())
        if answer.status == 0:
            path = os.path.join(self.home.folder, f"submitted-{len(self.files)}.jsonl")
            with open(path, "w", encoding="ascii") as file:
                file.write(json.dumps(answer.json()) + "\n")
            self.files.append(path)
            self.rows += 1
        return answer

    def submit(self, expect=0):
        answer = self.try_submit()
        check(answer.status == expect, f"expected exit {expect}: {answer!r}")
        return answer

    def receipts(self):
        """How many submissions were told to be cases."""
        return len({told.submission_id for told in read_told(self.made_files())[1]})

    def made_files(self):
        return [path for path in self.files if os.path.exists(path)]

    def level(self, name=None):
        return self.home.metric(name or self.name, "disk_level")

    def wait_level(self, word, seconds=FLOW_SECONDS):
        wait_for(lambda: self.level() == LEVELS[word], seconds,
                 lambda: f"{self.name}'s disk is at level {self.level()}, not {word}; its log "
                         f"ends: {self.home.log(self.name)[-1500:]}")

    def wait_submitted(self):
        """Taken in the end: what is on its way may bring the disk to its mark once more."""
        wait_for(lambda: self.try_submit().status == 0, FLOW_SECONDS,
                 lambda: f"{self.name} takes nothing in: {self.home.metrics(self.name)}")

    def wait_imported(self, seconds=2 * FLOW_SECONDS):
        for client in self.clients:
            status = client.wait_end(seconds, "an import does not end: "
                                     f"{self.receipts()} of {self.rows} receipts")
            check(status == 0, f"an import ended with {status}")

    def check_doctor(self, words):
        """`netra doctor` names the service, and says what to do."""
        answer = self.home.netra("doctor", "--json")
        check(answer.status == 1, f"doctor found nothing: {answer!r}")
        advice = {row["check"]: row["advice"] for row in answer.json()}
        check(words in advice[self.name] and "make room" in advice[self.name],
              f"doctor's advice: {advice}")
        others = {name: text for name, text in advice.items()
                  if name != self.name and "disk" in text}
        check(not others, f"doctor blames others' disks: {others}")

    def end(self):
        """Everything arrives, stops with 0, and not one receipt is without its case, decision,
        notices and leaves."""
        wait_settled(self.home, 2 * FLOW_SECONDS)
        self.home.netra("audit", "verify", expect=0)
        self.home.stop_all()
        shutil.copy(os.path.join(self.disk.path, f"{self.name}.db"), self.home.store(self.name))
        sent, told = read_told(self.made_files())
        check(len({one.submission_id for one in told}) == self.rows,
              f"{len(told)} receipts of {self.rows} submissions")
        with open(self.home.path("checkpoint"), "rb") as file:
            checkpoint = file.read()
        facts = ledger.Facts(read_stores(self.home.path("stores")), sent, told, checkpoint)
        failures = ledger.check(facts)
        check(not failures, f"the ledger: {failures}")
        check(len(facts.stores["intake"].cases) == self.rows, "cases were made up")


def set_limits(home, name, **limits):
    with open(home.conf(name), encoding="utf-8") as file:
        text = file.read()
    rows = "".join(f"  {key}: {value}\n" for key, value in limits.items())
    text, count = re.subn(r"^limits:\n(?:  .*\n)+", f"limits:\n{rows}", text, flags=re.MULTILINE)
    check(count == 1, f"{name}'s configuration has {count} limits")
    with open(home.conf(name), "w", encoding="utf-8") as file:
        file.write(text)


@contextlib.contextmanager
def small_home(bench, name, size, inodes=0, **limits):
    """A started home whose service `name` has its store on a disk of `size` bytes."""
    with bench.fresh() as home:
        disk = SmallDisk(home.path("small"), size, inodes)
        try:
            home.change(home.conf(name), (f"store: ../stores/{name}.db",
                                          f"store: ../small/{name}.db"))
            set_limits(home, name, **{**MARKS, **limits})
            home.start_all()
            yield Case(home, name, disk)
        finally:
            home.kill_everything()
            disk.close()


def intake_fills_its_own_disk(bench):
    with small_home(bench, "intake", 12 * MIB) as case:
        home = case.home
        case.wait_level("well")
        home.stop("classification")  # nothing can be trimmed that it hasn't acknowledged
        case.load_until(lambda: case.level() == LEVELS["refuse"], "the disk never fills")
        answer = case.submit(expect=EXIT_DISK)
        check("STORE_FULL" in answer.err, f"refused for another reason: {answer!r}")
        receipts = case.receipts()
        check(case.importing() >= AT_ONCE, "an import ended")
        check(0 < receipts < case.rows, f"{receipts} of {case.rows} were taken")
        case.check_doctor("its disk is full")
        home.netra("case", "list", expect=0)  # what takes nothing in is answered
        check(home.services()["intake"]["disk"] == "refuse", "service list doesn't say so")
        holds_for(lambda: case.receipts() == receipts, 1.0, "something was taken in")
        check("STORE_FULL" not in home.log("intake"), "the mark came after the disk's end")
        home.start("classification")
        case.wait_imported()
        case.wait_submitted()
        check(home.log("intake").count("level=refuse") < 10, "the level flaps")
        case.end()


def each_mark_is_told_on_the_way(bench):
    """Two marks that only warn, and the one that refuses; and back."""
    marks = {"disk_free_bytes_warn": 7 * MIB, "disk_free_bytes_evidence": 5 * MIB,
             "disk_free_bytes_refuse": 3 * MIB, "reserve_bytes": MIB}
    with small_home(bench, "intake", 24 * MIB, **marks) as case:
        home = case.home
        case.wait_level("well")
        for word, advice, leave in (("warn", "its disk fills up", 6 * MIB),
                                    ("no_evidence", "its disk is nearly full", 4 * MIB)):
            case.disk.fill(leave)
            case.wait_level(word)
            check(home.services()["intake"]["disk"] == word, f"service list doesn't say {word}")
            case.check_doctor(advice)
            case.submit()
        case.disk.fill(2 * MIB)
        case.wait_level("refuse")
        case.submit(expect=EXIT_DISK)
        case.disk.give_back()
        case.wait_level("well")
        case.submit()
        case.end()


def somebody_else_fills_the_disk(bench):
    with small_home(bench, "intake", 16 * MIB) as case:
        home = case.home
        case.wait_level("well")
        home.stop("classification")
        # So much that a WAL without bounds could not be checkpointed with the reserve.
        case.load_until(lambda: case.receipts() > 12 * FILE_ROWS, "no load")
        case.disk.fill()
        case.load_until(lambda: case.level() == LEVELS["refuse"], "the full disk is not noticed")
        case.submit(expect=EXIT_DISK)
        home.start("classification")
        wait_for(lambda: home.metric("intake", "backlog_events") == 0, FLOW_SECONDS,
                 "what was taken in doesn't go out")
        case.check_doctor("its disk is full")
        case.disk.give_back()
        case.wait_imported()
        case.wait_submitted()
        wait_for(lambda: home.metric("intake", "reserve_held_bytes") == RESERVE, FLOW_SECONDS,
                 "the reserve is not taken again")
        case.wait_level("well")
        case.end()


def full_without_marks_the_reserve_drains(bench):
    """No mark warns in time: a commit meets the disk's end, and the reserve is what is left."""
    marks = {"disk_free_bytes_warn": 0, "disk_free_bytes_evidence": 0, "disk_free_bytes_refuse": 0}
    with small_home(bench, "intake", 8 * MIB, **marks) as case:
        home = case.home
        home.stop("classification")
        case.load_until(lambda: "event=reserve_given_up" in home.log("intake"),
                        "the disk never fills")
        case.wait_level("refuse")
        case.submit(expect=EXIT_DISK)
        case.check_doctor("its disk is full")
        home.start("classification")
        case.wait_imported()
        # Without marks it works at the disk's very end, and may meet it again.
        case.wait_submitted()
        case.end()


def a_start_on_a_full_disk_drains(bench):
    with small_home(bench, "intake", 16 * MIB) as case:
        home = case.home
        case.wait_level("well")
        home.stop("classification")
        case.load_until(lambda: case.receipts() > FILE_ROWS, "no load")
        home.stop("intake")  # its WAL is gone: a start must write without any room for it
        case.disk.fill()
        home.start("intake")
        case.wait_level("refuse")
        check("event=reserve_given_up" in home.log("intake"), "the start had room: no proof")
        home.start("classification")  # whose answer the start waits for
        home.wait_ready("intake")
        case.submit(expect=EXIT_DISK)
        wait_for(lambda: home.metric("intake", "backlog_events") == 0, FLOW_SECONDS,
                 "what was taken in doesn't go out")
        home.restart("intake")
        home.wait_ready("intake")
        case.disk.give_back()
        case.wait_imported()
        case.end()


def killed_while_full(bench):
    """The worst of both: killed again and again on a full disk."""
    with small_home(bench, "intake", 16 * MIB) as case:
        home = case.home
        for _ in range(3):
            wait_for(lambda: home.metric("intake", "reserve_held_bytes") == RESERVE, FLOW_SECONDS,
                     "the reserve is not taken again")
            before = case.receipts()
            case.load_until(lambda: case.receipts() > before + 5, "no load")
            case.disk.fill()
            case.wait_level("refuse")
            home.kill("intake")
            home.start("intake")
            home.wait_ready("intake")
            case.disk.give_back()
        case.wait_imported()
        case.end()


@contextlib.contextmanager
def held_up(bench, name, size):
    """A home in which `name`'s disk is small and intake's backlog soon at its mark."""
    with small_home(bench, name, size) as case:
        set_limits(case.home, "intake", backlog_entries_max=40)
        case.home.restart("intake")
        all_ready(case.home)
        case.wait_level("well")
        yield case


def check_held_up(case, give_back):
    """Credit holds up whoever sends to the full service; intake goes on taking until its own
    backlog's mark, and then says so; with room everything arrives."""
    home = case.home
    case.load_until(lambda: case.level() == LEVELS["refuse"] and
                    case.try_submit().status == EXIT_BACKLOG,
                    "intake's backlog does not reach its mark")
    case.check_doctor("its disk is full")
    check(case.level("intake") == LEVELS["well"], "intake's disk is said to be full too")
    give_back()
    case.wait_imported()
    case.wait_submitted()
    case.end()


def classification_passes_its_mark(bench):
    with held_up(bench, "classification", 16 * MIB) as case:
        case.disk.fill(leave=MARK - 65536)
        check_held_up(case, case.disk.give_back)
        check("STORE_FULL" not in case.home.log("classification"), "it met the disk's end")


def notification_meets_the_end(bench):
    with held_up(bench, "notification", 16 * MIB) as case:
        case.load_until(lambda: case.receipts() > FILE_ROWS, "no load")
        case.disk.fill()
        check_held_up(case, case.disk.give_back)


def audit_log_fills_its_own_disk(bench):
    with held_up(bench, "audit-log", 9 * MIB) as case:
        check_held_up(case, lambda: case.disk.grow(64 * MIB))


def a_disk_without_files_left(bench):
    """Bytes are left, but no file can be made: audit-log can't publish its checkpoint."""
    with small_home(bench, "audit-log", 32 * MIB, inodes=64) as case:
        home = case.home
        home.stop("audit-log")
        home.change(home.conf("audit-log"), ("checkpoint_file: ../checkpoint",
                                             "checkpoint_file: ../small/checkpoint"))
        shutil.move(home.path("checkpoint"), case.disk.path)
        home.start("audit-log")
        all_ready(home)
        case.disk.take_files()
        case.submit()
        wait_for(lambda: "event=publish_failed" in home.log("audit-log"), FLOW_SECONDS,
                 "audit-log publishes all the same")
        case.submit()
        case.disk.give_back()
        wait_settled(home)
        wait_for(lambda: is_published(case), FLOW_SECONDS, "audit-log doesn't publish again")
        shutil.copy(os.path.join(case.disk.path, "checkpoint"), home.home)
        home.stop("audit-log")
        home.change(home.conf("audit-log"), ("checkpoint_file: ../small/checkpoint",
                                             "checkpoint_file: ../checkpoint"))
        home.start("audit-log")
        all_ready(home)
        case.end()


def is_published(case):
    """Whether the published checkpoint is of the whole log."""
    with open(os.path.join(case.disk.path, "checkpoint"), encoding="utf-8") as file:
        size = int(file.read().split("\n")[1])
    return size == case.home.netra("audit", "head", "--json", expect=0).json()["size"]


TESTS = (
    ("intake fills its disk under load, refuses with 10, and drains", intake_fills_its_own_disk),
    ("each mark of a disk that fills up is told", each_mark_is_told_on_the_way),
    ("a disk that somebody else fills is drained from, and used again",
     somebody_else_fills_the_disk),
    ("without marks the reserve drains a full disk", full_without_marks_the_reserve_drains),
    ("a start on a full disk comes up, says so and drains", a_start_on_a_full_disk_drains),
    ("classification's disk at its mark holds intake up, which answers 9",
     classification_passes_its_mark),
    ("notification's full disk holds up, and nothing is lost", notification_meets_the_end),
    ("audit-log fills its disk, holds all others up, and nothing is lost",
     audit_log_fills_its_own_disk),
    ("a disk without room for one more file holds up, and no more", a_disk_without_files_left),
    ("killed on a full disk, intake loses nothing", killed_while_full),
)
