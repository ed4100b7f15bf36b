"""Stores that are old, copied or emptied: noticed before anything leaves, and recovered by an
operator.

Each way for each service, one after the other in one home: what was recovered must go on.
"""
import os
import shutil
import signal
import socket
import sqlite3

from netra_home import SERVICES, submission
from netra_peer import Status
from netra_process import Process
from netra_wait import wait_for
from pipeline_support import (check, check_told, journey, notices_of, state_of, wait_drained,
                              wait_state)

SUFFIXES = ("", "-wal", "-shm")


def files_of(home, name):
    return [home.store(name) + suffix for suffix in SUFFIXES]


def copy_store(home, name, folder):
    os.makedirs(folder, exist_ok=True)
    for path in files_of(home, name):
        if os.path.exists(path):
            shutil.copy2(path, folder)


def remove_store(home, name):
    for path in files_of(home, name):
        if os.path.exists(path):
            os.unlink(path)


def what_peers_hold(home, name):
    """How far each consumer holds the service's log: what leaves it would move that."""
    with Status(home) as status:
        found = {peer: status.of(peer) for peer in SERVICES if peer != name}
    return {peer: [(stream.stream_id, stream.seq) for stream in row.consumes
                   if stream.peer == name]
            for peer, row in found.items() if row is not None}


def recover(home, name, begin="end"):
    answer = home.netra("service", "recover", name, "--from", begin, timeout=60)
    check(answer.status == 0, f"recover {name}: {answer!r}")
    for each in SERVICES:
        home.wait_ready(each)
    home.start_all()
    with Status(home) as status:
        wait_for(lambda: is_whole(status), 20, f"after recover {name} not every stream is open")
    return answer


def is_whole(status):
    found = status.all()
    return found and all(row.state == "ready" and all(stream.state == "open" for stream in
                                                      [*row.produces, *row.consumes])
                         for row in found.values())


def check_goes_on(home, name, cases_before):
    receipt = journey(home)
    wait_drained(home)
    with Status(home) as status:
        notices = status.list("notice")
        leaves = [row for row in status.list("leaf")
                  if row.leaf[42:58].hex() == receipt["case_handle"]]
    own = [row for row in notices if row.case_handle.hex() == receipt["case_handle"]]
    cases = len({row.case_handle for row in notices})
    check_told(home, cases)
    check(name == "notification" or cases == cases_before + 1,
          f"{cases} cases are told, {cases_before} before")
    check(len(leaves) == 2 + len(own), f"the new case has {len(leaves)} leaves")
    home.netra("audit", "verify", expect=0)
    if name == "audit-log":
        wait_for(lambda: not is_recovered(home), 10, "its recovery is never settled")


def is_recovered(home):
    """Whether a published checkpoint that isn't of this tree would still be excused."""
    with sqlite3.connect(f"file:{home.store('audit-log')}?mode=ro", uri=True) as database:
        return database.execute("SELECT is_recovered FROM tree").fetchone()[0] != 0


def cases_told(home):
    return len({row.case_handle for row in notices_of(home)})


def restored(bench, name):
    home = bench.running()
    journey(home)
    wait_drained(home)
    folder = os.path.join(home.folder, f"old-{name}")
    home.stop(name)
    copy_store(home, name, folder)
    home.start(name, wait=True)
    after_copy = journey(home)
    wait_drained(home)
    told = cases_told(home)
    home.stop(name)
    remove_store(home, name)
    for path in os.listdir(folder):
        shutil.copy2(os.path.join(folder, path), home.path("stores", path))
    held = what_peers_hold(home, name)
    home.start(name)
    wait_state(home, name, "forked")
    check("STREAM_FORKED" in home.log(name), f"{name}: no alarm in its log")
    check(what_peers_hold(home, name) == held, f"{name}: something left it")
    if name == "intake":
        answer = home.netra("case", "submit", "-", "--json", stdin=submission())
        check(answer.status == 7, f"a forked intake took a submission: {answer!r}")
    answer = recover(home, name)
    if name == "intake":
        check(after_copy["case_handle"] in answer.out or after_copy["case_number"] in answer.out,
              f"the receipt given after the copy is not listed: {answer.out[-1500:]}")
    check_goes_on(home, name, told)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def copied(bench, name):
    home = bench.running()
    journey(home)
    wait_drained(home)
    told = cases_told(home)
    folder = os.path.join(home.folder, f"copy-{name}")
    home.stop(name)
    copy_store(home, name, folder)
    home.start(name, wait=True)
    wait_drained(home)
    held = what_peers_hold(home, name)
    http = free_port()
    twin = Process([home.program(name), "-c", home.conf(name)], os.path.join(folder, "log"), env={
        "NETRA_STORE": os.path.join(folder, f"{name}.db"),
        "NETRA_LISTEN_INLET": f"tcp://127.0.0.1:{free_port()}",
        "NETRA_LISTEN_DOOR": f"tcp://127.0.0.1:{free_port()}",
        "NETRA_LISTEN_HTTP": f"127.0.0.1:{http}",
        **({"NETRA_CHECKPOINT_FILE": os.path.join(folder, "checkpoint")}
           if name == "audit-log" else {})})
    home.extra.append(twin)
    try:
        wait_for(lambda: state_of(home, name) == "forked", 20,
                 f"{name} does not notice its twin")
        check(what_peers_hold(home, name) == held, f"{name}: something left it or its twin")
    finally:
        twin.kill()
    recover(home, name)
    check_goes_on(home, name, told)


def emptied(bench, name):
    home = bench.running()
    journey(home)
    wait_drained(home)
    told = cases_told(home)
    home.stop(name)
    remove_store(home, name)
    held = what_peers_hold(home, name)
    home.start(name)
    wait_state(home, name, "forked")
    check(what_peers_hold(home, name) == held, f"{name}: something left it")
    recover(home, name)
    check_goes_on(home, name, 0 if name == "notification" else told)


def journey_test(way, name):
    return lambda bench: way(bench, name)


WAYS = (("a restored old store of {} forks it before anything leaves", restored),
        ("a copied store of {} under a second process forks it", copied),
        ("an emptied {} forks it before anything leaves", emptied))
TESTS = tuple((text.format(name), journey_test(way, name)) for text, way in WAYS
              for name in ("intake", "classification", "notification", "audit-log"))


def an_emptied_classification_takes_all_again(bench):
    """From the first seq on: what it had decided before it decides once more."""
    with bench.fresh() as home:
        home.start_all()
        for _ in range(3):
            journey(home)
        wait_drained(home)
        home.stop("classification")
        remove_store(home, "classification")
        home.start("classification")
        wait_state(home, "classification", "forked")
        recover(home, "classification", begin="1")
        wait_drained(home, 60)
        with Status(home) as status:
            check(len(status.list("decision")) == 3, "not every case was decided again")
            intake = status.of("intake")
            applied = [stream for stream in status.of("classification").consumes
                       if stream.peer == "intake"]
        check([(row.stream_id, row.seq) for row in applied] == [(intake.stream_id, intake.seq)],
              f"it stands at {applied}, intake at {intake.seq}")
        check_goes_on(home, "classification", cases_told(home))
        home.stop_all()


def stop_worker_with_a_case(home):
    """Cases sent, of which the stopped worker holds at least one: a worker that was stopped just
    before it asked gets none, and is let go on for another try."""
    for sent in range(1, 20):
        home.submit()
        home.processes["worker-1"].send(signal.SIGSTOP)
        home.submit()
        if home.metric("classification", "leased_cases") > 0:
            return 2 * sent
        home.processes["worker-1"].send(signal.SIGCONT)
    raise AssertionError("the worker was never stopped with a case")


def a_recovery_with_decisions_in_flight(bench):
    """Decisions that name a cause in the closed stream come after their destinations have left it:
    the worker that holds the cases is stopped until intake's new stream is everywhere."""
    with bench.fresh(workers=1) as home:
        home.start_all()
        home.stop("classification")
        home.start("classification", env={"NETRA_LEASE_MS": "4000"}, wait=True)
        sent = stop_worker_with_a_case(home)
        with Status(home) as status:
            check(len(status.list("decision")) < sent, "every case was decided already")
        answer = home.netra("service", "recover", "intake", timeout=60)
        check(answer.status == 0, f"recover: {answer!r}")
        wait_drained(home, 60)
        with Status(home) as status:
            check(len(status.list("decision")) == sent, "a case has no decision")
        check_told(home, sent)
        home.processes["worker-1"].send(signal.SIGCONT)
        journey(home)
        wait_drained(home)
        home.netra("audit", "verify", expect=0)
        home.stop_all()


def a_start_waits_for_a_forked_destination(bench):
    """Who is forked answers nobody: its recovery lets the other's start go on, in one command."""
    with bench.fresh() as home:
        home.start_all()
        journey(home)
        wait_drained(home)
        told = cases_told(home)
        home.stop("intake")
        home.stop("classification")
        remove_store(home, "classification")
        home.start("classification")
        wait_state(home, "classification", "forked")
        home.start("intake")
        waits = "not yet answered this start: classification"
        wait_for(lambda: waits in home.services()["intake"]["detail"], 10,
                 lambda: f"intake doesn't say for whom it waits: {home.services()['intake']}")
        doctor = {row["check"]: row["advice"] for row in home.netra("doctor", "--json").json()}
        check(waits in doctor["intake"], f"doctor of intake: {doctor}")
        check("recover classification" in doctor["classification"], f"doctor: {doctor}")
        recover(home, "classification")
        check_goes_on(home, "classification", told)
        home.stop_all()


TESTS += (("a start that waits for a forked destination goes on when that is recovered",
           a_start_waits_for_a_forked_destination),
          ("an emptied classification told to begin at 1 takes everything again",
           an_emptied_classification_takes_all_again),
          ("decisions in flight over a recovery of intake reach everybody",
           a_recovery_with_decisions_in_flight),)
