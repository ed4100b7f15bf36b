"""What a million cases do to the product: throughput, memory and stores as they grow.

One home, two workers, a load that keeps IN_HAND cases between the node and the log; samples all
along, and at each mark (10,000, 100,000, …) everything drained, measured, and the yardstick run
while the services stand idle.
"""
import csv
import os
import statistics
import textwrap
import time

from bench_growth_plot import draw
from bench_home import CLIENT_SECONDS
from bench_product import ProductHome, decided
from bench_report import markdown_table, number, plain_name
from bench_rows import MIB, cpu_seconds_of_machine
from netra_home import SERVICES
from netra_peer import Status

GROWTH = "growth"
WORKERS = 2
IN_HAND = 2_048  # cases asked for and not yet in the log
CHUNK = 256
WINDOW = 128  # under way at intake's door
FIRST_MARK = 10_000
RATE_CASES_MIN = 8_000  # a mark's rate is over so many cases before it, or a tenth of them
SAMPLES = 1_000  # at most about so many
RATE_POINTS = 150  # of the plot
POLL_SECONDS = 0.1
YARDSTICK_ROWS = 51_200
MARKDOWN_WIDTH = 110
PLOT_SAYS = "throughput, memory and stores over the number of cases"
PROCESSES = (*SERVICES, "worker-1")


class Sample:
    """The product at one moment of its growth."""

    def __init__(self, product, cases, seconds):
        self.cases, self.seconds = cases, seconds
        memory = product.memory()
        self.memory = {name: memory[name][0] for name in PROCESSES}
        self.anonymous = {name: memory[name][2] for name in PROCESSES}
        self.store = product.store_bytes()
        self.cpu = product.cpu_seconds()
        self.ended = self.cpu.pop("ended")  # the yardsticks' between marks
        self.machine = cpu_seconds_of_machine()

    def row(self, rate):
        return ([self.cases, round(self.seconds, 3), round(rate, 1)]
                + [self.memory[name] for name in PROCESSES]
                + [self.anonymous[name] for name in PROCESSES]
                + [self.store[name] for name in SERVICES])


CSV_HEAD = (["cases", "seconds", "cases_per_second"] + [f"resident_{name}" for name in PROCESSES]
            + [f"anonymous_{name}" for name in PROCESSES] + [f"store_{name}" for name in SERVICES])


class Growth:
    """Runs it; afterwards `samples` and `marks` have what was found."""

    def __init__(self, home, cases, csv_path=None):
        self.home, self.cases, self.csv_path = home, cases, csv_path
        self.samples, self.marks, self.yardsticks = [], [], []
        self.paused = 0.0

    def mark_list(self):
        marks, mark = [], FIRST_MARK
        while mark < self.cases:
            marks.append(mark)
            mark *= 10
        return [*marks, self.cases]

    def measure(self, tell):
        """Takes as long as it takes. Every sample is in the CSV at once: what was measured before
        a failure stays."""
        self.tell = tell
        self.take_yardstick()
        self.paused = 0.0
        self.table = open(self.csv_path or os.devnull, "w", encoding="ascii", newline="")
        writer = csv.writer(self.table)
        writer.writerow(CSV_HEAD)
        self.write = writer.writerow
        try:
            with ProductHome(self.home.binaries, os.path.dirname(self.home.folder),
                             WORKERS) as product:
                product.home.start_all()
                self.run(product)
                product.home.stop_all()
        finally:
            self.table.close()
        return self

    def run(self, product):
        with product.feeder(WINDOW), Status(product.home) as status:
            self.follow(product, status)

    def follow(self, product, status):
        first = decided(status)
        self.began = time.monotonic()
        self.take_sample(product, 0)
        step = max(500, self.cases // SAMPLES)
        for mark in self.mark_list():
            arrived, moved_at = self.samples[-1].cases, time.monotonic()
            while arrived < mark:
                while product.client.told < mark and product.client.told - arrived < IN_HAND:
                    product.client.feed(min(CHUNK, mark - product.client.told))
                time.sleep(POLL_SECONDS)
                before, arrived = arrived, max(arrived, decided(status) - first)
                if arrived > before:
                    moved_at = time.monotonic()
                if time.monotonic() - moved_at > CLIENT_SECONDS:
                    raise AssertionError(f"nothing moves at case {arrived}")
                if arrived - self.samples[-1].cases >= step or arrived >= mark:
                    self.take_sample(product, arrived)
            self.take_mark(product, mark)

    # ---- what is kept ----

    def take_yardstick(self):
        began = time.monotonic()
        took = self.home.ask("bench_sqlite", self.home.path("yardstick.db"), YARDSTICK_ROWS)
        self.home.remove_stores()
        self.yardsticks.append(YARDSTICK_ROWS * 1000 / took["rows"])
        self.paused += time.monotonic() - began

    def take_sample(self, product, cases):
        now = time.monotonic() - self.began - self.paused
        sample = Sample(product, cases, now)
        rate = 0.0
        if self.samples:
            last = self.samples[-1]
            rate = (cases - last.cases) / max(now - last.seconds, 1e-3)
        self.samples.append(sample)
        self.write(sample.row(rate))
        self.table.flush()

    def take_mark(self, product, mark):
        self.take_yardstick()
        last = self.samples[-1]
        reach = max(RATE_CASES_MIN, mark // 10)
        first = max((sample for sample in self.samples if sample.cases <= max(0, mark - reach)),
                    key=lambda sample: sample.cases)
        cases, seconds = last.cases - first.cases, last.seconds - first.seconds
        ours = (sum(last.cpu.values()) + last.ended) - (sum(first.cpu.values()) + first.ended)
        found = {
            "cases": mark,
            "rate": cases / seconds,
            "others": max(0.0, (last.machine - first.machine - ours) / seconds),
            "sqlite_64": self.yardsticks[-1],
            "leaves": product.home.metric("audit-log", "leaves"),
            "memory": dict(last.memory), "anonymous": dict(last.anonymous),
            "store": dict(last.store),
            "cpu_us": {name: (last.cpu[name] - first.cpu[name]) * 1e6 / cases
                       for name in last.cpu},
        }
        self.marks.append(found)
        self.tell(f"{mark:,} cases: {found['rate']:,.0f} cases/s, sqlite_64 "
                  f"{found['sqlite_64']:,.0f}, others had {found['others']:.0%} of a core, "
                  f"resident {sum(found['memory'].values()) / MIB:,.0f} MiB, stores "
                  f"{sum(found['store'].values()) / MIB:,.0f} MiB")

    # ---- what is told ----

    def table_lines(self):
        """(head, lines): a column per mark, and the last one's ratio to the first's."""
        head = ["", *[f"{mark['cases']:,} cases" for mark in self.marks], "last / first"]
        rows = [("cases/s", [mark["rate"] for mark in self.marks], number),
                ("sqlite_64, rows/s", [mark["sqlite_64"] for mark in self.marks], number),
                ("cases/s to sqlite_64", [mark["rate"] / mark["sqlite_64"]
                                          for mark in self.marks], "{:.4f}".format)]
        rows.append(("other processes, % of a core", [100 * mark["others"] for mark in self.marks],
                     number))
        for name in PROCESSES:
            rows.append((f"resident, {plain_worker(name)}, MiB",
                         [mark["memory"][name] / MIB for mark in self.marks], number))
        for name in SERVICES:
            rows.append((f"store, {name}, MiB",
                         [mark["store"][name] / MIB for mark in self.marks], number))
        rows.append(("stores, bytes/case since the mark before", self.bytes_per_case(), number))
        for name in self.marks[0]["cpu_us"]:
            rows.append((f"CPU, {plain_name(name)}, us/case",
                         [mark["cpu_us"][name] for mark in self.marks], number))
        return head, [[name, *[form(value) for value in values], ratio_of(values)]
                      for name, values, form in rows]

    def bytes_per_case(self):
        """Of all stores together, between each mark and the one before."""
        points = [(0, sum(self.samples[0].store.values()))]
        points += [(mark["cases"], sum(mark["store"].values())) for mark in self.marks]
        return [(size - size_before) / (cases - cases_before)
                for (cases_before, size_before), (cases, size) in zip(points, points[1:])]

    def report(self):
        head, lines = self.table_lines()
        widths = [max(len(line[i]) for line in (head, *lines)) for i in range(len(head))]
        return "\n".join("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                                   for i, (cell, width) in enumerate(zip(line, widths)))
                         for line in (head, *lines))

    def memory_line(self):
        """What a service keeps per case would show between these two."""
        last = self.samples[-1]
        first = next(sample for sample in self.samples if sample.cases >= last.cases // 4)
        more, anonymous = ((sum(last_of.values()) - sum(first_of.values())) / MIB
                           for last_of, first_of in ((last.memory, first.memory),
                                                     (last.anonymous, first.anonymous)))
        return (f"From {first.cases:,} cases to the last, the resident memory of all processes "
                f"together changed by {more:+.1f} MiB; what of it is no file's, by "
                f"{anonymous:+.1f} MiB.")

    def busiest_line(self):
        ours = [max(set(mark["cpu_us"]) - {"client"}, key=mark["cpu_us"].get)
                for mark in self.marks]
        places = ", ".join(f"{plain_name(name)} at {mark['cases']:,}"
                           for name, mark in zip(ours, self.marks))
        return f"What takes the most CPU per case is the next bottleneck: {places}."

    def markdown_blocks(self):
        table = markdown_table(*self.table_lines())
        text = textwrap.fill(f"{self.busiest_line()} {self.memory_line()}", MARKDOWN_WIDTH)
        return {GROWTH: f"{table}\n\n{text}\n\n![{PLOT_SAYS}](growth.svg)"}

    def content(self):
        """What --json writes."""
        return {"yardsticks": {"sqlite_64": round(statistics.median(self.yardsticks), 1)},
                "results": [{"name": f"growth_{mark['cases']}", "value": round(mark["rate"], 1),
                             "unit": "cases/s",
                             "ratio_to_sqlite_64": round(mark["rate"] / mark["sqlite_64"], 4)}
                            for mark in self.marks],
                "cores": os.cpu_count(), GROWTH: self.marks}

    def rates(self):
        """[(cases, cases/s since the point before)], RATE_POINTS at most."""
        step = max(1, -(-len(self.samples) // RATE_POINTS))
        points = self.samples[::step]
        return [(there.cases, (there.cases - here.cases) / (there.seconds - here.seconds))
                for here, there in zip(points, points[1:])]

    def draw(self, path):
        draw(path, [
            ("cases per second", [("cases/s", self.rates())]),
            ("resident memory, MiB",
             [(plain_worker(name), [(sample.cases, sample.memory[name] / MIB)
                                    for sample in self.samples]) for name in PROCESSES]),
            ("stores, MiB",
             [(name, [(sample.cases, sample.store[name] / MIB) for sample in self.samples])
              for name in SERVICES]),
        ])


def plain_worker(name):
    return "a worker" if name.startswith("worker") else name


def ratio_of(values):
    return f"{values[-1] / values[0]:.2f}" if values[0] else ""
