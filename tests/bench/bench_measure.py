"""What is measured: pairs of the yardstick and one measurement, and their medians."""
import json
import os
import statistics
import time

from bench_home import CLIENT, RELAY, SINK, SOURCE, TICKS_PER_SECOND
from bench_product import ProductHome, applied
from netra_peer import Status
from netra_wait import wait_for

CPU_STATES_BUSY = (0, 1, 2, 5, 6, 7)  # user, nice, system, irq, softirq, steal

def cpu_seconds_of_machine():
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(field) for field in file.readline().split()[1:]]
    return sum(ticks[state] for state in CPU_STATES_BUSY) / TICKS_PER_SECOND


class Span:
    """What a span of time took: CPU of each of ours, and the share of a core that others had."""

    def __init__(self, home):
        self.home = home
        self.began = (time.monotonic(), cpu_seconds_of_machine(), home.cpu_seconds())

    def end(self):
        wall, machine, ours = self.began
        now = self.home.cpu_seconds()
        self.cpu = {name: now[name] - ours[name] for name in now if name in ours}
        self.wall = time.monotonic() - wall
        others = cpu_seconds_of_machine() - machine - sum(self.cpu.values())
        self.others = max(0.0, others / self.wall)
        return self


class Spine:
    """Events through the stages of bench_*.c."""

    unit = "events/s"

    def __init__(self, name, window, stages, is_end_to_end):
        self.name, self.window, self.stages = name, window, stages
        self.is_end_to_end = is_end_to_end

    def measure(self, home, sizes):
        """(events/s, the span, how many events it was)."""
        home.start(self.stages)
        span = Span(home)
        words = ["-c", home.path(f"{CLIENT}.yaml"), "-n", sizes.events, "-w", self.window,
                 "-u", sizes.warm_up] + (["-s"] if self.is_end_to_end else [])
        took = home.ask("bench_client", *words)["stored" if self.is_end_to_end else "accepted"]
        span.end()
        home.stop()
        return sizes.events * 1000 / took, span, sizes.events + sizes.warm_up


class Product:
    """Reports through the real services."""

    unit = "cases/s"

    def __init__(self, name, workers):
        self.name, self.workers = name, workers

    def measure(self, home, sizes):
        with ProductHome(home.binaries, os.path.dirname(home.folder), self.workers) as product:
            product.home.start_all()
            with Status(product.home) as status:
                product.send(sizes.cases_warm_up, 1)
                product.wait_arrived(status)
                span = Span(product)
                product.send(sizes.cases, 1)
                product.wait_arrived(status)
                span.end()
            product.home.stop_all()
        return sizes.cases / span.wall, span, sizes.cases


class Receipts:
    """Reports receipted by intake, 64 under way; nobody takes them onwards but audit-log."""

    name, unit = "receipts_64", "receipts/s"

    def measure(self, home, sizes):
        with ProductHome(home.binaries, os.path.dirname(home.folder), 0) as product:
            for name in ("audit-log", "intake"):
                product.home.start(name)
            product.home.wait_ready("intake")
            span = Span(product)
            took = product.send(sizes.receipts, sizes.cases_warm_up)
            span.end()
        return sizes.receipts * 1000 / took, span, sizes.receipts + sizes.cases_warm_up


class AuditAppend:
    """Leaves of a backlog that audit-log takes into its tree."""

    name, unit = "audit_append", "leaves/s"

    def measure(self, home, sizes):
        with ProductHome(home.binaries, os.path.dirname(home.folder), 0) as product:
            for name in ("audit-log", "intake"):
                product.home.start(name)
            product.home.wait_ready("intake")
            product.home.stop("audit-log")
            product.send(sizes.receipts, 1)
            product.home.start("audit-log")
            with Status(product.home) as status:
                first = wait_for(lambda: self.taken(status), 60, "audit-log takes nothing")
                span = Span(product)
                end = status.of("intake").seq
                wait_for(lambda: self.taken(status) >= end, 300, "audit-log doesn't take it all")
                span.end()
        return (end - first) / span.wall, span, end - first

    def taken(self, status):
        """How many of intake's events audit-log has beyond what it had when it was stopped."""
        found = status.of("audit-log", 1.0)
        seq = 0 if found is None else applied(status, "audit-log", "intake")
        return seq if seq > EVENTS_OF_A_START else 0


EVENTS_OF_A_START = 32  # intake's before the first report: the register's keys

MEASUREMENTS = (
    Spine("spine_produce_64", 64, (SINK, SOURCE), False),
    Spine("spine_end_to_end_64", 64, (SINK, RELAY, SOURCE), True),
    Spine("spine_end_to_end", 512, (SINK, RELAY, SOURCE), True),
    Product("product_end_to_end_0_workers", 0),
    Product("product_end_to_end_1_worker", 1),
    Product("product_end_to_end_2_workers", 2),
    Receipts(),
    AuditAppend(),
)


class Pair:
    """The yardstick, then the measurement."""

    def __init__(self, home, measurement, sizes):
        span = Span(home)
        took = home.ask("bench_sqlite", home.path("yardstick.db"), sizes.rows)["rows"]
        self.yardstick = sizes.rows * 1000 / took
        self.others = [span.end().others]
        home.remove_stores()
        self.unit = measurement.unit
        self.value, span, events = measurement.measure(home, sizes)
        self.others.append(span.others)
        self.ratio = self.value / self.yardstick
        names = {"ended": "client", SOURCE: "source", RELAY: "relay"}
        self.cpu_us = {names.get(name, name): seconds * 1e6 / events
                       for name, seconds in span.cpu.items()}


class Sizes:
    """How much is measured: pairs, the yardstick's rows, events and cases with their warm-up."""

    def __init__(self, is_quick):
        self.pairs = 2 if is_quick else 5
        self.rows = 25_600 if is_quick else 102_400
        self.events = 10_000 if is_quick else 60_000
        self.warm_up = 2_000 if is_quick else 6_000
        self.cases = 1_500 if is_quick else 10_000
        self.cases_warm_up = 300 if is_quick else 1_000
        self.receipts = 5_000 if is_quick else 20_000


def median(pairs, member):
    return statistics.median(getattr(pair, member) for pair in pairs)


def measure(home, sizes, names, tell):
    """{measurement: [Pair, …]}; pairs of all measurements in turn, so that drift meets all."""
    rows = [row for row in MEASUREMENTS if row.name in names]
    pairs = {row.name: [] for row in rows}
    for number in range(1, sizes.pairs + 1):
        for row in rows:
            pair = Pair(home, row, sizes)
            pairs[row.name].append(pair)
            tell(f"pair {number}/{sizes.pairs}: sqlite_64 {pair.yardstick:,.0f}, "
                 f"{row.name} {pair.value:,.0f} ({pair.ratio:.2f}); others had "
                 f"{pair.others[0]:.0%} and {pair.others[1]:.0%} of a core")
    return pairs


def report(pairs):
    """The table as text."""
    yardsticks = [pair.yardstick for one in pairs.values() for pair in one]
    lines = [f"{'':30} {'median':>10} {'':10} {'ratio to sqlite_64':>20}   lowest to highest",
             f"{'sqlite_64':30} {statistics.median(yardsticks):>10,.0f} {'rows/s':10} "
             f"{'1.00':>20}   {min(yardsticks):,.0f} to {max(yardsticks):,.0f} rows/s"]
    for name, one in pairs.items():
        ratios = [pair.ratio for pair in one]
        lines.append(f"{name:30} {median(one, 'value'):>10,.0f} {one[0].unit:10} "
                     f"{median(one, 'ratio'):>20.2f}   {min(ratios):.2f} to {max(ratios):.2f}")
    lines += ["", "CPU per event, us"]
    for name, one in pairs.items():
        parts = {part: statistics.median(pair.cpu_us[part] for pair in one)
                 for part in one[0].cpu_us}
        lines.append(f"{name:30} " + ", ".join(f"{part} {value:.0f}"
                                               for part, value in parts.items() if value >= 0.5))
    others = [share for one in pairs.values() for pair in one for share in pair.others]
    lines.append(f"\nother processes had {statistics.median(others):.0%} of a core "
                 f"(at most {max(others):.0%}); {os.cpu_count()} cores")
    return "\n".join(lines)


def write_json(path, pairs):
    yardsticks = [pair.yardstick for one in pairs.values() for pair in one]
    content = {
        "yardsticks": {"sqlite_64": round(statistics.median(yardsticks), 1)},
        "results": [{"name": name, "value": round(median(one, "value"), 1), "unit": one[0].unit,
                     "ratio_to_sqlite_64": round(median(one, "ratio"), 4)}
                    for name, one in pairs.items()],
    }
    with open(path, "w", encoding="ascii") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
