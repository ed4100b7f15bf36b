"""What is measured: pairs of the yardstick and one measurement, and their medians."""
import json
import os
import statistics
import time

from bench_home import CLIENT, RELAY, SINK, SOURCE, TICKS_PER_SECOND

UNIT = "events/s"
CPU_STATES_BUSY = (0, 1, 2, 5, 6, 7)  # user, nice, system, irq, softirq, steal

# name, window, stages, whether it ends at the sink
MEASUREMENTS = (
    ("spine_produce_64", 64, (SINK, SOURCE), False),
    ("spine_end_to_end_64", 64, (SINK, RELAY, SOURCE), True),
    ("spine_end_to_end", 512, (SINK, RELAY, SOURCE), True),
)


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
        self.cpu = {name: now[name] - ours[name] for name in now}
        self.wall = time.monotonic() - wall
        others = cpu_seconds_of_machine() - machine - sum(self.cpu.values())
        self.others = max(0.0, others / self.wall)
        return self


class Pair:
    """The yardstick, then the measurement."""

    def __init__(self, home, row, sizes):
        name, window, stages, is_end_to_end = row
        span = Span(home)
        took = home.ask("bench_sqlite", home.path("yardstick.db"), sizes.rows)["rows"]
        self.yardstick = sizes.rows * 1000 / took
        self.others = [span.end().others]
        home.start(stages)
        span = Span(home)
        words = ["-c", home.path(f"{CLIENT}.yaml"), "-n", sizes.events, "-w", window,
                 "-u", sizes.warm_up] + (["-s"] if is_end_to_end else [])
        took = home.ask("bench_client", *words)["stored" if is_end_to_end else "accepted"]
        span.end()
        home.stop()
        self.others.append(span.others)
        self.value = sizes.events * 1000 / took
        self.ratio = self.value / self.yardstick
        events = sizes.events + sizes.warm_up
        names = {"ended": "client", SOURCE: "source", RELAY: "relay", SINK: "sink"}
        self.cpu_us = {names[name]: seconds * 1e6 / events for name, seconds in span.cpu.items()}


class Sizes:
    """How much is measured: pairs, the yardstick's rows, events with their warm-up."""

    def __init__(self, is_quick):
        self.pairs = 3 if is_quick else 5
        self.rows = 51_200 if is_quick else 102_400
        self.events = 20_000 if is_quick else 60_000
        self.warm_up = 3_000 if is_quick else 6_000


def median(pairs, member):
    return statistics.median(getattr(pair, member) for pair in pairs)


def measure(home, sizes, names, tell):
    """{measurement: [Pair, …]}; pairs of all measurements in turn, so that drift meets all."""
    rows = [row for row in MEASUREMENTS if row[0] in names]
    pairs = {row[0]: [] for row in rows}
    for number in range(1, sizes.pairs + 1):
        for row in rows:
            pair = Pair(home, row, sizes)
            pairs[row[0]].append(pair)
            tell(f"pair {number}/{sizes.pairs}: sqlite_64 {pair.yardstick:,.0f}, "
                 f"{row[0]} {pair.value:,.0f} ({pair.ratio:.2f}); others had "
                 f"{pair.others[0]:.0%} and {pair.others[1]:.0%} of a core")
    return pairs


def report(pairs):
    """The table as text."""
    yardsticks = [pair.yardstick for one in pairs.values() for pair in one]
    lines = [f"{'':22} {UNIT:>10} {'ratio to sqlite_64':>20}   lowest to highest ratio",
             f"{'sqlite_64':22} {statistics.median(yardsticks):>10,.0f} {'1.00':>20}   "
             f"{min(yardsticks):,.0f} to {max(yardsticks):,.0f} rows/s"]
    for name, one in pairs.items():
        ratios = [pair.ratio for pair in one]
        lines.append(f"{name:22} {median(one, 'value'):>10,.0f} {median(one, 'ratio'):>20.2f}   "
                     f"{min(ratios):.2f} to {max(ratios):.2f}")
    lines += ["", f"{'CPU per event, us':22} " + " ".join(
        f"{name:>8}" for name in ("client", "source", "relay", "sink"))]
    for name, one in pairs.items():
        parts = {part: statistics.median(pair.cpu_us.get(part, 0.0) for pair in one)
                 for part in ("client", "source", "relay", "sink")}
        lines.append(f"{name:22} " + " ".join(f"{value:>8.1f}" for value in parts.values()))
    others = [share for one in pairs.values() for pair in one for share in pair.others]
    lines.append(f"\nother processes had {statistics.median(others):.0%} of a core "
                 f"(at most {max(others):.0%}); {os.cpu_count()} cores")
    return "\n".join(lines)


def write_json(path, pairs):
    yardsticks = [pair.yardstick for one in pairs.values() for pair in one]
    content = {
        "yardsticks": {"sqlite_64": round(statistics.median(yardsticks), 1)},
        "results": [{"name": name, "value": round(median(one, "value"), 1), "unit": UNIT,
                     "ratio_to_sqlite_64": round(median(one, "ratio"), 4)}
                    for name, one in pairs.items()],
    }
    with open(path, "w", encoding="ascii") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
