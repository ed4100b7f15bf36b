"""The kills: which process dies where, carried out one step at a time beside all others.

A kill is a generator that yields while it waits; the run resumes each in turn. Between two kills
of one process it commits at least once: intake's turns_total has risen since its start (a new
process counts from 0), a consumer's entries_applied_total (else kills in a row would look like an
entry that kills whoever applies it), and for a worker, which keeps nothing, classification has
taken results since its start. A client, which nobody counts deaths of, finishes a file instead.
"""
import random
import signal
import time

from netra_wait import TooLate

WAIT_SECONDS = 60
PACE_SECONDS = 0.1
RESULTS_OF_A_WORKER = 100
CLIENT_LIFE_SECONDS = 0.1  # about as long as a small file's import takes

ALONE = ("alone_before_commit", "alone_after_commit")
TURN = ("turn_began", "turn_before_commit", "turn_after_commit", "turn_after_confirm",
        "store_commit", "store_checkpoint", "start_opened", "stop_draining")
CONSUMER = ("turn_entry_counted", "turn_entry_applying", "turn_entry_applied")
PRODUCER = ("link_batch_built", "link_batch_sent")

# Every named fault point, where a process can reach it.
REACHABLE = {
    "intake": TURN + PRODUCER,
    "classification": TURN + CONSUMER + PRODUCER + ("lease_counted",),
    "notification": TURN + CONSUMER + PRODUCER + ALONE + ("notice_marked", "notice_handed_over"),
    # It sets nothing aside (protocol.md 14), so it counts no deaths; and what it does alone comes
    # after a recovery.
    "audit-log": TURN + ("turn_entry_applying", "turn_entry_applied", "audit_before_publish",
                         "audit_publish_written"),
    "worker": ("worker_deciding", "worker_decided"),
    "client": ("import_id_written", "import_receipt_told"),
}
RANDOM = "random"
# Points that are passed at every start or only once: armed at the first pass.
ONCE = ("store_checkpoint", "start_opened", "stop_draining", "turn_entry_counted", "lease_counted")


def until(condition, what, pace=PACE_SECONDS):
    """Yields until the condition holds, which is looked at once a pace; raises TooLate after the
    deadline."""
    deadline = time.monotonic() + WAIT_SECONDS
    looked = 0.0
    while True:
        if time.monotonic() - looked >= pace:
            looked = time.monotonic()
            if condition():
                return
            if looked > deadline:
                raise TooLate(f"after {WAIT_SECONDS} s: {what}")
        yield


class ServiceVictim:
    """A service, or a worker, of the home."""

    def __init__(self, home, name):
        self.home = home
        self.name = name
        self.kind = "worker" if name.startswith("worker") else name
        self.is_ending = False
        self.results_before = 0

    def is_alive(self):
        return self.home.is_alive(self.name)

    def has_committed(self):
        if not self.is_alive():
            return False
        if self.kind == "intake":
            return self.home.metric(self.name, "turns_total") > 0
        if self.kind != "worker":
            return self.home.metric(self.name, "entries_applied_total") > 0
        results = self.home.metric("classification", "results_total")
        self.results_before = min(self.results_before, results)  # classification began anew
        return results - self.results_before >= RESULTS_OF_A_WORKER

    def start(self, faults=None):
        self.results_before = self.home.metric("classification", "results_total") \
            if self.kind == "worker" else 0
        self.home.start(self.name, faults)
        self.is_ending = False

    def end_by(self, number):
        self.is_ending = True
        self.home.processes[self.name].send(number)

    def status(self):
        return self.home.processes[self.name].status()


def kill_at_random(run, victim):
    yield from until(victim.has_committed, f"{victim.name} commits nothing")
    moment = time.monotonic() + run.draw.uniform(0.0, 0.4)
    yield from until(lambda: time.monotonic() >= moment, "")
    victim.end_by(signal.SIGKILL)
    yield from until(lambda: not victim.is_alive(), f"{victim.name} survives SIGKILL")
    run.killed(victim, RANDOM)
    victim.start()


def stop_cleanly(victim):
    yield from until(victim.has_committed, f"{victim.name} commits nothing")
    victim.end_by(signal.SIGTERM)
    yield from until(lambda: not victim.is_alive(), f"{victim.name} does not stop")
    if victim.status() != 0:
        raise AssertionError(f"{victim.name} ended with {victim.status()} after SIGTERM: "
                             f"{victim.home.log(victim.name)[-1200:]}")


def arm(run, victim, point):
    passes = 1 if point in ONCE else run.draw.randint(1, 6)
    if victim.kind == "worker":
        passes += 16  # what it decided before went out as it was decided
    victim.start(f"{point}=kill@{passes}")
    victim.is_ending = True


def kill_at_point(run, victim, point, provoke=None):
    """`provoke`: what must happen meanwhile for the point to be reached, a generator."""
    if point == "turn_entry_counted":  # only a start after an unclean stop has suspects
        yield from kill_at_random_without_start(run, victim)
    else:
        yield from stop_cleanly(victim)
    arm(run, victim, point)
    if point == "stop_draining":
        yield from until(victim.has_committed, f"{victim.name} commits nothing")
        victim.end_by(signal.SIGTERM)
    if provoke is not None:
        yield from provoke
    yield from until(lambda: not victim.is_alive(), f"{victim.name} never reaches {point}")
    if victim.status() != -signal.SIGKILL:
        raise AssertionError(f"{victim.name} armed at {point} ended with {victim.status()}: "
                             f"{victim.home.log(victim.name)[-1200:]}")
    run.killed(victim, point)
    victim.start()


def kill_at_random_without_start(run, victim):
    yield from until(victim.has_committed, f"{victim.name} commits nothing")
    victim.end_by(signal.SIGKILL)
    yield from until(lambda: not victim.is_alive(), f"{victim.name} survives SIGKILL")
    run.killed(victim, RANDOM)


def kill_client(run, client, point):
    """A client's import runs again by itself (crash_load.py); here it only dies. One that ended
    before the kill arrived is killed another time. It has all its receipts within milliseconds, so
    nobody waits to see the first."""
    before = run.client_deaths[client.name]
    deadline = time.monotonic() + WAIT_SECONDS
    while run.client_deaths[client.name] == before:
        if time.monotonic() > deadline:
            raise TooLate(f"after {WAIT_SECONDS} s: {client.name} never dies at {point}")
        if point == RANDOM:
            yield from until(client.is_alive, f"{client.name} is not started", pace=0.0)
            moment = time.monotonic() + run.draw.uniform(0.0, CLIENT_LIFE_SECONDS)
            yield from until(lambda: time.monotonic() >= moment, "", pace=0.0)
            run.dying.add(client.name)
            if client.process is not None:
                client.process.send(signal.SIGKILL)
        else:
            client.is_held = True
            yield from until(client.is_idle, f"{client.name} never ends")
            client.faults = f"{point}=kill@{run.draw.randint(1, 15)}"
            run.dying.add(client.name)
            client.is_held = False
        yield from until(lambda: client.name not in run.dying, f"{client.name} never dies")
    run.killed(client, point)
    finished = client.finished
    yield from until(lambda: client.is_idle() or client.finished > finished,
                     f"{client.name} stands still")


class Kill:
    """A planned kill: its victims stay reserved until it is done."""

    def __init__(self, victims, point, steps):
        self.victims = victims
        self.point = point
        self.steps = steps
        self.running = None

    def name(self):
        return f"{self.victims[0].name} at {self.point}"


def plan_kill(victims, worker, name, point):
    victim = victims[name]
    if name.startswith("client"):
        return Kill([victim], point, lambda run: kill_client(run, victim, point))
    if point == RANDOM:
        return Kill([victim], point, lambda run: kill_at_random(run, victim))
    if point == "lease_counted":  # a lease must end unanswered: its worker dies
        return Kill([victim, worker], point, lambda run: kill_at_point(
            run, victim, point, kill_at_point(run, worker, "worker_deciding")))
    return Kill([victim], point, lambda run: kill_at_point(run, victim, point))


def pairs_of(names, draw, is_short):
    """(name, point) for every reachable point; in the short form each point at one process."""
    pairs = [(name, point) for name in names
             for point in REACHABLE["client" if name.startswith("client") else
                                    "worker" if name.startswith("worker") else name]]
    draw.shuffle(pairs)
    if not is_short:
        return pairs
    return list({point: (name, point) for name, point in pairs}.values())


def plan(victims, names, worker, count, seed):
    """About `count` kills: every point first, the rest at random moments, in random order."""
    draw = random.Random(seed)
    pairs = pairs_of(names, draw, is_short=count < 100)
    while len(pairs) < count:
        pairs.append((draw.choice(names), RANDOM))
    draw.shuffle(pairs)
    return [plan_kill(victims, worker, name, point) for name, point in pairs]
