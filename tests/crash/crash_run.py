"""A crash run: load and kills side by side, then the ledger over the stopped stores."""
import argparse
import os
import random
import re
import time
from collections import Counter

import ledger
from crash_kills import REACHABLE, ServiceVictim, plan
from crash_load import Load
from ledger_store import Mailed, message_id, read_stores, read_told
from netra_home import ROOT, SERVICES, Home
from netra_peer import Status
from netra_wait import POLL_SECONDS, wait_for
from smtp_server import FaultServer, message_id_of

STARVING_SECONDS = 1.5
KILLS_AT_ONCE = 3
FINISH_SECONDS = 300
ORIGIN = "log.test.invalid/netra"
REPEATS_A_KILL = 4  # mails under way at a time, as SMTP_TRANSFERS_MAX says


class Results:
    """What passed and what failed; each is printed once."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def tell(self, name, failure=None):
        if failure is None:
            self.passed += 1
            print(f"ok   {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAIL {name}\n     {failure}", flush=True)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed else 0


class Run:
    def __init__(self, home, options, results):
        self.home = home
        self.options = options
        self.results = results
        self.draw = random.Random(options.seed + 1)
        self.kills = Counter()
        self.killed_at = time.monotonic()
        self.dying = set()
        self.client_deaths = Counter()
        names = [f"client-{n + 1}" for n in range(options.clients)]
        self.load = Load(home, names, self.client_keys(names), options.submissions, options.kills)
        services = {name: ServiceVictim(home, name) for name in (*SERVICES, *home.workers)}
        self.services = list(services.values())
        victims = {**services, **{client.name: client for client in self.load.clients}}
        targets = [*SERVICES, home.workers[0], names[0]]
        self.pending = plan(victims, targets, services[home.workers[0]], options.kills,
                            options.seed)
        self.load.kills = len(self.pending)
        self.active = []
        self.unexpected = Counter()

    def client_keys(self, names):
        """A node of its own for each client."""
        paths = []
        for name in names:
            path = self.home.path("keys", f"{name}.key")
            self.home.netra("key", "new", path, expect=0)
            self.home.netra("node", "authorise", name, "--key-file", path, expect=0)
            paths.append(path)
        return paths

    def killed(self, victim, point):
        self.kills[(victim.name, point)] += 1
        self.killed_at = time.monotonic()

    def kills_of(self, name):
        return sum(count for (victim, _), count in self.kills.items() if victim == name)

    def done(self):
        return sum(self.kills.values())

    # ---- one tick ----

    def begin_kills(self):
        busy = {victim.name for kill in self.active for victim in kill.victims}
        for kill in list(self.pending):
            if len(self.active) >= KILLS_AT_ONCE:
                return
            if busy.isdisjoint(victim.name for victim in kill.victims):
                busy.update(victim.name for victim in kill.victims)
                self.pending.remove(kill)
                kill.running = kill.steps(self)
                self.active.append(kill)

    def step_kills(self):
        for kill in list(self.active):
            try:
                next(kill.running)
            except StopIteration:
                self.active.remove(kill)
            except AssertionError as error:
                self.active.remove(kill)
                self.results.tell(f"kill: {kill.name()}", error)
                self.bring_back(kill)

    def bring_back(self, kill):
        """After a kill that failed: its victims run again, unarmed."""
        for victim in kill.victims:
            self.dying.discard(victim.name)
            if victim in self.load.clients:
                victim.faults = None
                victim.is_held = False
                continue
            if victim.is_alive():
                self.home.kill(victim.name)
            victim.start()

    def supervise(self):
        for victim in self.services:
            reserved = any(victim in kill.victims for kill in self.active)
            if victim.is_alive() or reserved:
                continue
            self.unexpected[victim.name] += 1
            self.results.tell(f"{victim.name} stays alive unless killed",
                              f"ended with {victim.status()}: "
                              f"{self.home.log(victim.name)[-1500:]}")
            if self.unexpected[victim.name] > 3:
                raise AssertionError(f"{victim.name} ends by itself again and again")
            victim.start()
        for client in self.load.clients:
            client.tick(lambda status, name=client.name: self.is_expected(name, status))
            if len(client.unexpected) > 3:
                raise AssertionError(client.unexpected[-1])

    def is_expected(self, name, status):
        is_ours = status == -9 and name in self.dying
        self.client_deaths[name] += 1 if is_ours else 0
        self.dying.discard(name)
        return is_ours

    def drive(self):
        deadline = time.monotonic() + self.options.seconds
        while self.pending or self.active or not self.load.is_done():
            if time.monotonic() > deadline:
                raise AssertionError(f"not finished after {self.options.seconds} s: "
                                     f"{len(self.pending)} kills pending, "
                                     f"{[kill.name() for kill in self.active]} active, "
                                     f"{self.load.given} submissions given")
            is_starving = time.monotonic() - self.killed_at > STARVING_SECONDS
            is_over = not self.pending and not self.active
            self.load.tick(self.load.kills if is_over else min(self.done(), self.load.kills - 1),
                           is_starving)
            self.begin_kills()
            self.step_kills()
            self.supervise()
            time.sleep(POLL_SECONDS)

    def print_kills(self):
        print(f"     {self.done()} kills, {self.load.given} submissions")
        for (name, point), count in sorted(self.kills.items()):
            print(f"     {count:4} {name} {point}")


def points_without_a_process():
    """Fault points of the code that no process here is said to reach, and the other way round."""
    with open(os.path.join(ROOT, "common", "base", "fault_point.h"), encoding="utf-8") as file:
        named = set(re.findall(r"\bX\((\w+), *\"", file.read()))
    return sorted(named ^ {point for points in REACHABLE.values() for point in points})


def attempt(results, name, act):
    """Runs one named check; True when it passed."""
    try:
        act()
    except AssertionError as error:
        results.tell(name, error)
        return False
    results.tell(name)
    return True


def is_settled(status):
    """No notice waits for its channel, and everything arrived everywhere."""
    if not status.is_drained() or any(row.state == "queued" for row in status.list("notice")):
        return False
    return status.is_drained()


def finish(run, home):
    for name in SERVICES:
        home.wait_ready(name)
    with Status(home) as status:
        wait_for(lambda: is_settled(status), FINISH_SECONDS, "not everything arrived everywhere")
        act_as_persons(home, status)
        wait_for(lambda: is_settled(status), FINISH_SECONDS, "what persons did did not arrive")
        run.load.submit_last(home)
        wait_for(lambda: is_settled(status), FINISH_SECONDS, "the last case did not arrive")
    home.netra("audit", "verify", expect=0, timeout=300)
    home.netra("audit", "replay", "--into", os.path.join(home.folder, "replay"), expect=0,
               timeout=600)
    home.stop_all()


def act_as_persons(home, status):
    """A confirmation, two overrides and a link, for the ledger to find."""
    waiting = home.netra("review", "list", "--json", expect=0).json()
    if len(waiting) < 3:
        raise AssertionError(f"{len(waiting)} cases wait for a reviewer: too few")
    override = ("--code", "ETIK-02", "--reason", "-")
    for row, words in zip(waiting, (("confirm",), ("override", *override),
                                    ("override", *override))):
        home.netra("review", words[0], row["case_number"], "--revision", str(row["revision"]),
                   *words[1:], stdin="ditinjau\n", expect=0)
    cases = status.list("case")
    home.netra("case", "link", cases[0].case_number, cases[1].case_number, "--kind", "duplicate",
               expect=0)


def channels_of(home, smtp, repeats_max):
    """What lies in the Maildirs and what the SMTP server was given."""
    mails = {}
    for path, content in home.mails():
        office = path.split(os.sep)[-3]
        mails.setdefault(message_id_of(content), []).append(Mailed("maildir", office, content))
    for mail in smtp.all():
        to = ", ".join(mail.recipients)
        mails.setdefault(mail.message_id, []).append(Mailed("smtp", to, mail.content))
    secret = home.key("message-id")["secret"]
    with open(home.table("routing"), encoding="utf-8") as file:
        addresses = dict(re.findall(r"office: ([\w.-]+),.*address: ([\w.@-]+)", file.read()))
    return ledger.Channels(mails, repeats_max,
                           lambda notice: message_id(secret, ORIGIN, notice), addresses)


def facts_of(home, told_paths, channels):
    sent, told = read_told(told_paths)
    with open(home.path("checkpoint"), "rb") as file:
        checkpoint = file.read()
    return ledger.Facts(read_stores(home.path("stores")), sent, told, checkpoint,
                        channels=channels)


def tell_ledger(results, facts):
    failures = ledger.check(facts)
    for rule in ledger.RULES:
        texts = [text for name, text in failures if name == rule.__name__]
        results.tell(f"ledger: {rule.__name__.replace('_', ' ')}",
                     "\n     ".join(texts) if texts else None)


def options_of(words, submissions, kills, seconds, clients):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "dev", "bin"))
    parser.add_argument("--submissions", type=int, default=submissions)
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--seconds", type=int, default=seconds, help="when to give up")
    parser.add_argument("--clients", type=int, default=clients)
    parser.add_argument("--keep", action="store_true", help="keep the home")
    return parser.parse_args(words)


def main(words, prove=None, **defaults):
    options = options_of(words, **defaults)
    results = Results()
    print(f"     seed {options.seed}", flush=True)
    try:
        strange = points_without_a_process()
        results.tell("every fault point is some process's to reach",
                     f"not so: {strange}" if strange else None)
        with FaultServer() as smtp, Home(options.bin, workers=3, origin=ORIGIN) as home:
            home.keep = options.keep
            home.use_smtp(smtp.url())
            home.start_all()
            run = Run(home, options, results)
            is_driven = attempt(results, "every kill happened and every client ended with 0",
                                run.drive)
            run.print_kills()
            few = f"only {run.done()} kills" if run.done() < options.kills else None
            results.tell(f"at least {options.kills} kills", few)
            for client in run.load.clients:
                for text in client.unexpected:
                    results.tell(f"{client.name} ends with 0 or by our kill", text)
            is_finished = attempt(results, "everything arrived, verifies and stops with 0",
                                  lambda: finish(run, home)) if is_driven else False
            if is_finished:
                channels = channels_of(home, smtp, REPEATS_A_KILL * run.kills_of("notification"))
                facts = facts_of(home, run.load.told_paths(), channels)
                results.tell("ledger: there are receipts to check",
                             None if len(facts.told) >= options.submissions
                             else f"{len(facts.told)} receipts")
                tell_ledger(results, facts)
                if prove is not None:
                    prove(home, run.load.told_paths(), channels, results)
            home.keep = home.keep or results.failed > 0
            if home.keep:
                print(f"     kept: {home.folder}", flush=True)
    except AssertionError as error:
        results.tell("the run", error)
    return results.end()
