"""The good way through, and the ways a service stops and comes back."""
import os
import signal
import time

from netra_home import submission
from netra_peer import Status
from netra_process import Process
from netra_wait import holds_for, wait_for
from pipeline_support import (all_ready, check, check_told, count, journey, leaves_of, new_id,
                              notices_of, wait_drained, write_rows)


def a_submission_goes_all_the_way(bench):
    home = bench.running()
    receipt = journey(home)
    wait_drained(home)
    handle = receipt["case_handle"]
    leaves = leaves_of(home, handle)
    check(len(leaves) == 2 + len(notices_of(home, handle)),
          "the log does not hold exactly acceptance, decision and notices")
    check(leaves[0][112:144].hex() == receipt["commitment"],
          "the receipt commits to something else than stands in the log")
    path = os.path.join(home.folder, "receipt.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(home.netra("case", "submit", "-", "--json", stdin=submission(), expect=0).out)
    home.netra("receipt", "verify", path, expect=0)
    home.netra("audit", "verify", expect=0)
    home.netra("doctor", expect=0)


def the_same_id_and_content_get_the_same_receipt(bench):
    home = bench.running()
    text, used = submission(), new_id()
    first = home.submit(text, used)
    cases = count(home, "case")
    check(home.submit(text, used) == first, "the second receipt differs")
    check(count(home, "case") == cases, "it made a second case")


def the_same_id_with_other_content_is_refused(bench):
    home = bench.running()
    used = new_id()
    first = home.submit(submission(), used)
    answer = home.submit(submission(), used, expect=7)
    check("ID_REUSED_WITH_OTHER_BODY" in answer.err, f"refused for another reason: {answer!r}")
    check(first["case_number"] in answer.err, f"the existing case is not named: {answer!r}")


def start_import(home, name, rows):
    path = write_rows(home, name, rows)
    words = [os.path.join(home.binaries, "netra"), "case", "import", path, "--json", "--home",
             home.home]
    process = Process(words, os.path.join(home.folder, f"{name}.err"))
    home.extra.append(process)
    return process


def wait_moving(home):
    before = home.metric("intake", "log_events")
    wait_for(lambda: home.metric("intake", "log_events") > before + 20, 30, "no load")


def a_drained_home_continues(bench):
    home = bench.running()
    before = count(home, "case")
    load = start_import(home, "drain", 600)
    wait_moving(home)
    home.stop_all()
    check(load.is_alive(), "the load ended before the home was stopped: too little of it")
    home.start_all()
    check(load.wait_end(60, "the import does not end") == 0, f"import: {load.status()}")
    check(count(home, "case") == before + 600, "cases were lost or doubled")
    wait_drained(home)
    check(count(home, "decision") == count(home, "case"), "there is not one decision a case")
    check_told(home, count(home, "case"))
    home.netra("audit", "verify", expect=0)


def each_service_drains_under_load(bench):
    home = bench.running()
    for name in ("audit-log", "notification", "classification", "intake"):
        load = start_import(home, f"under-{name}", 250)
        wait_moving(home)
        home.stop(name)
        home.start(name)
        check(load.wait_end(60, "the import does not end") == 0, f"import: {load.status()}")
    all_ready(home)
    wait_drained(home)


def a_stopped_worker_holds_nobody_up(bench):
    with bench.fresh(workers=3) as home:
        home.start_all()
        load = start_import(home, "stopped-worker", 900)
        wait_moving(home)
        home.processes["worker-1"].send(signal.SIGSTOP)
        check(load.wait_end(60, "the import does not end") == 0, f"import: {load.status()}")
        wait_drained(home)
        check(count(home, "decision") == 900, "not everything is decided")
        home.processes["worker-1"].send(signal.SIGCONT)
        journey(home)
        wait_drained(home)
        check(count(home, "decision") == 901, "something was decided twice")
        check_told(home, 901)
        for name in ("intake", "classification", "notification"):
            check(count(home, f"dead letter of {name}") == 0, f"{name} dead-lettered an innocent")
        home.stop_all()


def a_restarted_idle_peer_is_heard_within_5_seconds(bench):
    home = bench.running()
    wait_drained(home)
    with Status(home) as status:
        for name in ("notification", "classification", "audit-log", "intake"):
            home.kill(name)
            wait_for(lambda: not status.is_drained(), 10, f"nobody misses {name}")
            started = time.monotonic()
            home.start(name)
            wait_for(lambda: is_open_again(status, name), 5,
                     f"{name} was not heard again within 5 s")
            check(time.monotonic() - started <= 5.5, f"{name}: {time.monotonic() - started:.1f} s")


def is_open_again(status, name):
    """Every stream from and to the service is open, and it is ready."""
    found = status.all()
    if not found or found[name].state != "ready":
        return False
    streams = [stream for other in found.values() for stream in other.produces
               if stream.peer == name] + list(found[name].produces)
    return all(stream.state == "open" for stream in streams)


def nothing_leaves_before_all_answered(bench):
    home = bench.running()
    for silent in ("audit-log", "classification", "notification"):
        home.stop(silent)
        home.restart("intake")
        wait_for(lambda: home.http("intake", "/livez")[0] == 200, 20, "intake is not alive")
        answer = home.netra("case", "submit", "-", "--json", "--timeout", "2", stdin=submission())
        check(answer.status == 9, f"a submission was taken before {silent} answered: {answer!r}")
        check(silent in answer.err, f"{silent} is not named: {answer!r}")
        check(not home.is_ready("intake"), "intake says it is ready")
        holds_for(lambda: home.is_alive("intake"), 0.5, "intake ended")
        home.start(silent, wait=True)
        home.wait_ready("intake")
    journey(home)


def ctrl_c_is_a_drain_too(bench):
    home = bench.running()
    home.processes["intake"].send(signal.SIGINT)
    status = home.processes["intake"].wait_end(20, "intake does not end after SIGINT")
    check(status == 0, f"intake ended with {status}")
    home.start("intake", wait=True)


def two_homes_live_side_by_side(bench):
    with bench.fresh() as other:
        home = bench.running()
        other.start_all()
        first, second = journey(home), journey(other)
        check(first["origin"] != second["origin"], "two homes have one origin")
        check(home.netra("case", "show", second["case_number"], "--json").status == 3,
              "one home knows the other's case")
        other.stop_all()


TESTS = (
    ("a submission goes all the way, verifies and is told", a_submission_goes_all_the_way),
    ("the same id and content get the same receipt", the_same_id_and_content_get_the_same_receipt),
    ("the same id with other content is refused with 7",
     the_same_id_with_other_content_is_refused),
    ("a restarted idle peer is heard again within 5 s",
     a_restarted_idle_peer_is_heard_within_5_seconds),
    ("nothing leaves before every destination answered", nothing_leaves_before_all_answered),
    ("SIGINT drains like SIGTERM", ctrl_c_is_a_drain_too),
    ("SIGTERM under load drains, and a restart continues", a_drained_home_continues),
    ("each service drains alone under load", each_service_drains_under_load),
    ("a worker that is stopped holds nobody up and does nothing twice",
     a_stopped_worker_holds_nobody_up),
    ("two homes live side by side", two_homes_live_side_by_side),
)
SHORT = ("a submission goes all the way, verifies and is told",
         "the same id and content get the same receipt",
         "the same id with other content is refused with 7")
