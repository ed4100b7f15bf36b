"""What pipeline tests share: the running home, and whole journeys of submissions through it."""
import os
import uuid

from netra_home import FLOW_SECONDS, SERVICES, Home
from netra_peer import Status
from netra_wait import wait_for


class Bench:
    """Gives tests their homes: `running()` and `filled()` are shared until one fails, `fresh()` is
    their own."""

    def __init__(self, binaries, wrapper=()):
        self.binaries = binaries
        self.wrapper = wrapper
        self.shared = None
        self.cases = None

    def fresh(self, workers=1, origin=None):
        return Home(self.binaries, workers=workers, wrapper=self.wrapper, origin=origin)

    def running(self):
        if self.shared is None:
            self.shared = self.fresh()
            self.shared.start_all()
        self.shared.start_all()
        return self.shared

    def filled(self, fill):
        """The running home after `fill(home)`, which is done once, and what that returned."""
        home = self.running()
        if self.cases is None:
            self.cases = fill(home)
        return home, self.cases

    def discard(self, failed):
        """After a failure the next test gets a new home; the old one stays for a look."""
        if self.shared is None:
            return
        home, self.shared, self.cases = self.shared, None, None
        home.__exit__(AssertionError if failed else None, None, None)


def check(claim, text):
    if not claim:
        raise AssertionError(text)


def wait_drained(home, seconds=FLOW_SECONDS):
    with Status(home) as status:
        try:
            wait_for(status.is_drained, seconds, "not everything arrived everywhere")
        except AssertionError as error:
            states = {name: (row.state, row.detail) for name, row in (status.all() or {}).items()}
            raise AssertionError(f"{error}: {states}") from error


def new_id():
    return str(uuid.uuid4())


def journey(home, **how):
    """A submission through all the stages; its receipt. Fails unless it is decided and told."""
    receipt = home.submit(**how)
    number = receipt["case_number"]

    def is_through():
        answer = home.netra("case", "show", number, "--json")
        if answer.status != 0:
            return None
        shown = answer.json()
        return shown if shown["revision"] and shown["notices"] else None
    shown = wait_for(is_through, FLOW_SECONDS, f"case {number} is not decided and told")
    check(shown["revision"] == 1, f"decided more than once: {shown}")
    return receipt


def leaves_of(home, handle_hex):
    """A case's leaves, in the log's order."""
    with Status(home) as status:
        return [row.leaf for row in status.list("leaf") if row.leaf[42:58].hex() == handle_hex]


def notices_of(home, handle_hex=None):
    """The notices of a case, or all of them, as notification lists them."""
    with Status(home) as status:
        return [row for row in status.list("notice")
                if handle_hex in (None, row.case_handle.hex())]


def check_told(home, cases):
    """So many cases are told, and nobody is told anything twice."""
    rows = notices_of(home)
    keys = {(row.case_handle, row.revision, row.kind, row.recipient) for row in rows}
    check(len(keys) == len(rows), "somebody is told the same twice")
    told = len({row.case_handle for row in rows})
    check(told == cases, f"{told} cases are told, not {cases}")


def wait_settled(home, seconds=FLOW_SECONDS):
    """Until no notice waits for its channel any more, and the log has it all."""
    wait_for(lambda: all(row.state != "queued" for row in notices_of(home)), seconds,
             lambda: f"notices wait: {[row for row in notices_of(home) if row.state == 'queued']}")
    wait_drained(home, seconds)


def write_rows(home, name, count):
    """A file of submissions for `case import`."""
    path = os.path.join(home.folder, f"{name}.jsonl")
    with open(path, "w", encoding="ascii") as file:
        for row in range(count):
            file.write('{"region": "36.04", "incident": {"description": "%s %d %s"}}\n'
                       % (name, row, "x" * 300))
    return path


def count(home, table):
    """How many rows a list at a door has (netra_peer.listing_of)."""
    with Status(home) as status:
        return len(status.list(table))


def state_of(home, name):
    """A service's state in `netra service list --json`."""
    return home.services()[name]["state"]


def wait_state(home, name, state, seconds=20):
    wait_for(lambda: state_of(home, name) == state, seconds,
             lambda: f"{name} is {home.services()[name]}, expected {state}")


def all_ready(home):
    for name in SERVICES:
        home.wait_ready(name)
