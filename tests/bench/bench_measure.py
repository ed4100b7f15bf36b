"""Pairs of the yardsticks and one measurement, and what all pairs say together."""
import os
import statistics
import time

from bench_home import free_ports
from bench_rows import MEASUREMENTS, PACE, PERCENTILES, Span, percentile


# Another round is begun only if it will end within this, should it take as long as the first.
QUICK_SECONDS = 225


class Sizes:
    """How much is measured: pairs, and how many of what each program is given."""

    def __init__(self, is_quick):
        self.seconds_max = QUICK_SECONDS if is_quick else float("inf")
        self.pairs = 2 if is_quick else 5
        self.rows = 25_600 if is_quick else 102_400
        self.events = 10_000 if is_quick else 60_000
        self.warm_up = 2_000 if is_quick else 6_000
        self.cases = 2_500 if is_quick else 10_000
        self.cases_warm_up = 300 if is_quick else 1_000
        self.receipts = 5_000 if is_quick else 20_000
        self.backlog = 10_000 if is_quick else 60_000
        self.paced = 150 if is_quick else 1_000
        self.messages = 50_000 if is_quick else 400_000
        self.digests = 200_000 if is_quick else 2_000_000


class Pair:
    """The yardsticks, then the measurement: {row: value} and {row: ratio to its yardstick}."""

    def __init__(self, home, measurement, sizes):
        self.yardsticks = {}
        os.sync()  # what was measured before would be written back beside this
        span = Span(home)
        took = home.ask("bench_sqlite", home.path("yardstick.db"), sizes.rows)["rows"]
        self.yardsticks["sqlite_64"] = sizes.rows * 1000 / took
        self.others = [span.end().others]
        home.remove_stores()
        if measurement.is_paced:
            self.measure_appends(home, sizes)
        os.sync()
        found = measurement.measure(home, sizes)
        self.others.append(found.span.others)
        self.rows = {row.name: row for row in found.rows}
        self.ratios = {row.name: row.value / self.yardsticks[row.yardstick]
                       for row in found.rows if row.yardstick}
        self.cpu_us = {name: seconds * 1e6 / found.events
                       for name, seconds in found.span.cpu.items()}

    def measure_appends(self, home, sizes):
        """Milliseconds of one synced append at the pace of what is measured after it."""
        samples = home.samples("bench_append", home.path("append.db"), sizes.paced, PACE)["us"]
        for which, share in PERCENTILES:
            self.yardsticks[f"append_{which}"] = percentile(samples, share) / 1000
        home.remove_stores()

    def tell(self):
        said = []
        for name, row in list(self.rows.items())[:3]:
            ratio = f" ({self.ratios[name]:.2f})" if name in self.ratios else ""
            value = f"{row.value:,.0f}" if row.value >= 100 else f"{row.value:.2f}"
            said.append(f"{name} {value}{ratio}")
        return (f"sqlite_64 {self.yardsticks['sqlite_64']:,.0f}, {', '.join(said)}; others had "
                f"{self.others[0]:.0%} and {self.others[1]:.0%} of a core")


def measure_machine(home, sizes):
    """The yardsticks that no disk has a part in, once a round."""
    port = free_ports(1)[0]
    return {
        "zeromq_curve":
            sizes.messages * 1000 / home.ask("bench_curve", port, sizes.messages)["messages"],
        "sha256_1k":
            sizes.digests * 1000 / home.ask("bench_sha256", sizes.digests)["digests"],
    }


class Results:
    """{measurement: [Pair, …]} and the yardsticks of the rounds."""

    def __init__(self, pairs, machine):
        self.pairs, self.machine = pairs, machine

    def all_pairs(self):
        return [pair for one in self.pairs.values() for pair in one]

    def yardsticks(self):
        """{name: (median, lowest, highest)} of everything measured under that name."""
        found = {}
        for each in [pair.yardsticks for pair in self.all_pairs()] + self.machine:
            for name, value in each.items():
                found.setdefault(name, []).append(value)
        return {name: (statistics.median(values), min(values), max(values))
                for name, values in found.items()}

    def rows(self):
        """Each row's Summary, in the order of measuring."""
        return [Summary(name, one) for one in self.pairs.values() for name in one[0].rows]

    def cpu_us(self):
        """{measurement: {process: median CPU per event, us}}."""
        return {name: {part: statistics.median(pair.cpu_us[part] for pair in one)
                       for part in one[0].cpu_us} for name, one in self.pairs.items()}

    def others(self):
        """(median, most) of a core that other processes had."""
        shares = [share for pair in self.all_pairs() for share in pair.others]
        return statistics.median(shares), max(shares)


class Summary:
    """One row over all its pairs: medians, and the ratio's range."""

    def __init__(self, name, pairs):
        rows = [pair.rows[name] for pair in pairs]
        self.name, self.unit, self.yardstick = name, rows[0].unit, rows[0].yardstick
        self.value = statistics.median(row.value for row in rows)
        ratios = [pair.ratios[name] for pair in pairs if name in pair.ratios]
        self.ratio = statistics.median(ratios) if ratios else None
        self.range = (min(ratios), max(ratios)) if ratios else None


def measure(home, sizes, names, tell):
    """Pairs of all measurements in turn, so that drift meets all."""
    chosen = [row for row in MEASUREMENTS if not names or row.name in names
              or any(name in names for name in row.row_names)]
    pairs = {row.name: [] for row in chosen}
    machine = []
    began = time.monotonic()
    for number in range(1, sizes.pairs + 1):
        if (time.monotonic() - began) * number / max(1, number - 1) > sizes.seconds_max:
            tell(f"no time for pair {number}: the machine is slow or busy")
            break
        machine.append(measure_machine(home, sizes))
        for row in chosen:
            pair = Pair(home, row, sizes)
            pairs[row.name].append(pair)
            tell(f"pair {number}/{sizes.pairs}: {pair.tell()}")
    return Results(pairs, machine)
