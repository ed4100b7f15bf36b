"""The measurements: each runs once on fresh stores and yields rows (name, value, unit, yardstick).

README.md says what each row counts.
"""
import os
import time

from bench_home import CLIENT, RELAY, SINK, SOURCE, TICKS_PER_SECOND
from bench_product import ProductHome, applied, decided
from netra_home import SERVICES
from netra_peer import Status
from netra_wait import wait_for

CPU_STATES_BUSY = (0, 1, 2, 5, 6, 7)  # user, nice, system, irq, softirq, steal
EVENTS_OF_A_START = 32  # intake's before the first report: the register's keys
PACE = 50  # events a second where latency is measured
MIB = 1024 * 1024
PERCENTILES = (("p50", 0.5), ("p99", 0.99), ("p999", 0.999))


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


class Row:
    """One number. `yardstick`: the name of what it is a ratio to, or None."""

    def __init__(self, name, value, unit, yardstick="sqlite_64"):
        self.name, self.value, self.unit, self.yardstick = name, value, unit, yardstick


class Found:
    """What a measurement found, over which span, and for how many events the span's CPU was."""

    def __init__(self, rows, span, events):
        self.rows, self.span, self.events = rows, span, events


def percentile(samples, share):
    """The smallest sample that `share` of all don't exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, max(0, -int(-len(ordered) * share // 1) - 1))]


def latency_rows(name, samples):
    return [Row(f"{name}_{which}", percentile(samples, share) / 1000, "ms", "append_p50")
            for which, share in PERCENTILES]


class Spine:
    """Events through the stages of bench_*.c; `build` "_plain": without CURVE and sealing."""

    is_paced = False

    def __init__(self, name, window, connections=1, is_end_to_end=False, build=""):
        self.name, self.window, self.connections = name, window, connections
        self.is_end_to_end, self.build = is_end_to_end, build
        self.row_names = (name,)

    def measure(self, home, sizes):
        home.start((SINK, RELAY, SOURCE), self.build)
        if not self.is_end_to_end:
            home.stop_one(RELAY)  # it was there for the source's start alone
        span = Span(home)
        words = ["-c", home.path(f"{CLIENT}.yaml"), "-n", sizes.events, "-w", self.window,
                 "-k", self.connections, "-u", sizes.warm_up]
        took = home.ask("bench_client" + self.build, *words,
                        *(["-s"] if self.is_end_to_end else []))
        span.end()
        home.stop()
        rate = sizes.events * 1000 / took["stored" if self.is_end_to_end else "accepted"]
        return Found([Row(self.name, rate, "events/s")], span, sizes.events + sizes.warm_up)


class SpineLatency:
    """The spine's stages at a pace that leaves them idle most of the time."""

    is_paced = True
    name = "spine_latency"
    row_names = ("spine_latency_p50", "spine_latency_p99", "spine_latency_p999")

    def measure(self, home, sizes):
        home.start((SINK, RELAY, SOURCE))
        span = Span(home)
        found = home.samples("bench_latency", "-c", home.path(f"{CLIENT}.yaml"),
                             "-n", sizes.paced, "-u", PACE, "-p", PACE)
        span.end()
        home.stop()
        return Found(latency_rows(self.name, found["us"]), span, sizes.paced + PACE)


class OnProduct:
    """Measurements of the real services: each has a home of its own, with or without workers."""

    is_paced = False
    workers = 0

    def measure(self, home, sizes):
        with ProductHome(home.binaries, os.path.dirname(home.folder), self.workers) as product:
            return self.measure_on(product, sizes)


class Product(OnProduct):
    """Reports until the last one's decision is a leaf and its notices are queued."""

    def __init__(self, name, workers, tells_sizes=False):
        self.name, self.workers, self.tells_sizes = name, workers, tells_sizes
        self.row_names = (name, *(SIZE_ROWS if tells_sizes else ()))

    def measure_on(self, product, sizes):
        product.home.start_all()
        rest, empty = product.memory(), product.store_bytes()
        with product.feeder() as feeder, Status(product.home) as status:
            first = decided(status) + sizes.cases_warm_up
            feeder.feed(sizes.cases_warm_up)
            product.wait_decided(status, first)
            span = Span(product)
            feeder.feed(sizes.cases)
            product.wait_decided(status, first + sizes.cases)
            span.end()
        load = product.memory()
        product.home.stop_all()
        rows = [Row(self.name, sizes.cases / span.wall, "cases/s")]
        cases = sizes.cases + sizes.cases_warm_up
        return Found(rows + self.size_rows(rest, load, empty, product.store_bytes(), cases), span,
                     sizes.cases)

    def size_rows(self, rest, load, empty, full, cases):
        if not self.tells_sizes:
            return []
        rows = [Row(f"memory_rest_{process_name(name)}", rest[name][0] / MIB, "MiB", None)
                for name in rest if process_name(name)]
        rows += [Row(f"memory_load_{process_name(name)}", load[name][1] / MIB, "MiB", None)
                 for name in load if process_name(name)]
        rows += [Row(f"store_{name}", (full[name] - empty[name]) / cases, "bytes/case", None)
                 for name in SERVICES]
        return rows


def process_name(name):
    """Of several workers one stands for all."""
    return {"worker-1": "worker"}.get(name, name if name in SERVICES else None)


SIZE_ROWS = tuple([f"memory_{when}_{name}" for when in ("rest", "load")
                   for name in (*SERVICES, "worker")] + [f"store_{name}" for name in SERVICES])


class ProductLatency(OnProduct):
    """The real services at a pace that leaves them idle most of the time."""

    is_paced = True
    name = "product_latency"
    row_names = ("product_latency_p50", "product_latency_p99", "product_latency_p999")

    def measure_on(self, product, sizes):
        product.home.start_all()
        with Status(product.home) as status:
            through = decided(status) + 2 * PACE
            product.send(PACE, PACE)
            product.wait_decided(status, through)
        span = Span(product)
        samples = product.latencies(sizes.paced, PACE, PACE)
        span.end()
        return Found(latency_rows(self.name, samples), span, sizes.paced + PACE)


class Receipts(OnProduct):
    """Reports receipted by intake; nobody takes them onwards but audit-log."""

    def __init__(self, name, window, connections=1, part=1):
        self.name, self.window, self.connections, self.part = name, window, connections, part
        self.row_names = (name,)

    def measure_on(self, product, sizes):
        product.start_intake()
        cases, warm_up = sizes.receipts // self.part, sizes.cases_warm_up // self.part
        span = Span(product)
        took = product.send(cases, warm_up, self.window, self.connections)
        span.end()
        return Found([Row(self.name, cases * 1000 / took, "receipts/s")], span, cases + warm_up)


class Audit(OnProduct):
    """Leaves of a backlog that audit-log takes into its tree; then all of them read at its door.
    """

    name = "audit"
    row_names = ("audit_append", "audit_replay")

    def measure_on(self, product, sizes):
        product.start_intake()
        product.home.stop("audit-log")
        product.send(sizes.backlog, 1)
        product.home.start("audit-log")
        with Status(product.home) as status:
            first = wait_for(lambda: self.taken(status), 60, "audit-log takes nothing")
            span = Span(product)
            end = status.of("intake").seq
            wait_for(lambda: self.taken(status) >= end, 300, "audit-log doesn't take it all")
            span.end()
        leaves, walked_ms = product.walk(end)
        return Found([Row("audit_append", (end - first) / span.wall, "leaves/s"),
                      Row("audit_replay", leaves * 1000 / walked_ms, "events/s")],
                     span, end - first)

    def taken(self, status):
        """How many of intake's events audit-log has beyond what it had when it was stopped."""
        found = status.of("audit-log", 1.0)
        seq = 0 if found is None else applied(status, "audit-log", "intake")
        return seq if seq > EVENTS_OF_A_START else 0


MEASUREMENTS = (
    Spine("spine_produce_64", 64),
    Spine("spine_produce_64x1", 1, connections=64),
    Spine("spine_produce_64_plain", 64, build="_plain"),
    Spine("spine_end_to_end_64", 64, is_end_to_end=True),
    Spine("spine_end_to_end", 512, is_end_to_end=True),
    Spine("spine_end_to_end_64_plain", 64, is_end_to_end=True, build="_plain"),
    Spine("spine_end_to_end_plain", 512, is_end_to_end=True, build="_plain"),
    Receipts("receipts_1", 1, part=10),
    Receipts("receipts_8", 8, part=3),
    Receipts("receipts_64", 64),
    Receipts("receipts_512", 512),
    Receipts("receipts_64x1", 1, connections=64),
    Product("product_end_to_end_0_workers", 0),
    Product("product_end_to_end_1_worker", 1),
    Product("product_end_to_end_2_workers", 2, tells_sizes=True),
    Product("product_end_to_end_4_workers", 4),
    Audit(),
    SpineLatency(),
    ProductLatency(),
)
