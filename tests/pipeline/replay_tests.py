"""Replay: an empty home reads the log from its start and agrees with the running one, and names
the first case in which it doesn't.
"""
import os
import sqlite3

from filled import fill
from domain_tests import decided, wait_decision
from pipeline_support import check, wait_settled
from reports import report, write_lines


def into(home, name):
    return os.path.join(home.folder, f"replay-{name}")


def replayed(home, name, *words):
    return home.netra("audit", "replay", "--into", into(home, name), "--json", *words,
                      timeout=180)


def a_replay_agrees(bench):
    home, cases = bench.filled(fill)
    wait_settled(home)
    answer = replayed(home, "whole")
    check(answer.status == 0, f"{answer!r}")
    check(len(cases) > 0, "nothing to replay")
    again = home.netra("audit", "replay", "--into", into(home, "whole"))
    check(again.status in (1, 2, 7), f"a second replay into the same folder: {again!r}")


def a_replay_until_a_moment_goes_no_further(bench):
    home, _ = bench.filled(fill)
    wait_settled(home)
    answer = replayed(home, "part", "--until", "200")
    check(answer.status == 0, f"{answer!r}")
    answer = replayed(home, "none", "--until", "yesterday")
    check(answer.status == 2, f"{answer!r}")


def an_altered_decision_is_named(bench):
    with bench.fresh() as home:
        home.start_all()
        receipts = [decided(home, report(name).text())[0] for name in ("D097", "D037", "D102")]
        corrected = write_lines(os.path.join(home.folder, "c.json"),
                                [report("D037").changed(place="Tempat lain")])
        home.netra("case", "correct", receipts[1]["case_number"], corrected, expect=0)
        wait_decision(home, receipts[1]["case_handle"], 2)
        wait_settled(home)
        check(replayed(home, "good").status == 0, "a replay of a good home disagrees")
        home.stop("classification")
        alter_decision(home, bytes.fromhex(receipts[2]["case_handle"]))
        home.start("classification", wait=True)
        answer = replayed(home, "altered")
        check(answer.status == 6, f"{answer!r}")
        text = answer.out + answer.err
        check(receipts[2]["case_number"] in text, f"the case is not named: {text}")
        check(receipts[0]["case_number"] not in answer.err, f"an innocent is named: {text}")
        home.stop_all()


def alter_decision(home, handle):
    with sqlite3.connect(home.store("classification")) as database:
        changed = database.execute("UPDATE decision SET outcome = 3 - outcome WHERE"
                                   " case_handle = ? AND outcome IN (1, 2)", (handle,)).rowcount
    database.close()
    check(changed == 1, "the decision could not be altered")


TESTS = (
    ("a replay of a filled home agrees in every case", a_replay_agrees),
    ("a replay goes as far as it is told", a_replay_until_a_moment_goes_no_further),
    ("a decision altered behind the service's back is named, with 6",
     an_altered_decision_is_named),
)
