#!/usr/bin/python3
"""What ten and a hundred million cases, and several machines, would need: a model of a growth run.

    tests/bench/model.py --growth FILE [--bench FILE] [--markdown FILE]

`--growth` is the JSON of `tests/bench/run --only growth`, `--bench` that of a whole run, for
audit-log's own limit. Exit status 1: a prediction is more than 25 % off what was measured.

The model. Memory: what it was at the mark before the last, whatever the number of cases. Time: the
processors' time per case that was measured there, and the share of the processors that was busy,
stay as they are. Stores: a + b × cases for each service, a and b from the two marks before the
last (from the first and last where there are but two). What it was made from is not checked; so
the last mark is a prediction where there are three. Several machines: the services of a region and
their workers split among them, audit-log stays one process; what it takes of one core per case is
its limit.
"""
import argparse
import json
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]

from bench_report import fill_markdown, markdown_table, number  # noqa: E402

TOLERANCE = 0.25
MIB = 1024 * 1024
GIB = 1024 * MIB
TARGETS = (10_000_000, 100_000_000)
MACHINES = (1, 2, 4, 8, 16, 32)
SECONDS_PER_HOUR = 3_600
LOG = "audit-log"


class Model:
    def __init__(self, growth, bench):
        self.marks, self.cores = growth["growth"], growth["cores"]
        self.base = self.marks[-2] if len(self.marks) > 1 else self.marks[0]
        self.bench = bench
        self.cpu_us = {name: used for name, used in self.base["cpu_us"].items()}
        self.busy = self.base["rate"] * sum(self.cpu_us.values()) / 1e6 / self.cores
        self.pair = self.marks[-3:-1] if len(self.marks) > 2 else [self.marks[0], self.marks[-1]]
        self.store_line = {name: line_through(self.pair[0], self.pair[1], name)
                           for name in self.base["store"]}

    def rate(self):
        return self.busy * self.cores * 1e6 / sum(self.cpu_us.values())

    def memory(self):
        return sum(self.base["memory"].values())

    def store(self, name, cases):
        base, per_case = self.store_line[name]
        return base + per_case * cases

    def stores(self, cases):
        return sum(self.store(name, cases) for name in self.store_line)

    # ---- several machines ----

    def log_rate_max(self):
        """Cases a second that the one audit-log takes: by its own CPU, or by what it was measured
        to append."""
        limits = [1e6 / self.cpu_us[LOG]]
        appended = {row["name"]: row["value"] for row in self.bench.get("results", [])}
        if "audit_append" in appended:
            limits.append(appended["audit_append"] * self.base["cases"] / self.base["leaves"])
        return min(limits)

    def rate_of_machines(self, machines):
        """Cases a second; the load generator is the nodes' own, on machines of theirs."""
        ours = sum(used for name, used in self.cpu_us.items() if name != "client")
        return min(machines * self.cores * self.busy * 1e6 / ours, self.log_rate_max())

    # ---- tables ----

    def check(self):
        """[what, at which mark, predicted, measured, off by] of every prediction."""
        found = []
        for mark in self.marks:
            if mark is not self.base:
                found += self.check_process(mark)
            if mark not in self.pair:
                found += [(f"store, {name}, MiB", mark["cases"],
                           self.store(name, mark["cases"]) / MIB, size / MIB)
                          for name, size in mark["store"].items()]
        return [(*row, row[2] / row[3] - 1) for row in found]

    def check_process(self, mark):
        return [("cases/s", mark["cases"], self.rate(), mark["rate"]),
                ("CPU, us/case", mark["cases"], sum(self.cpu_us.values()),
                 sum(mark["cpu_us"].values())),
                ("resident, MiB", mark["cases"], self.memory() / MIB,
                 sum(mark["memory"].values()) / MIB)]

    def needs(self):
        """[cases, stores, memory, hours at one machine's rate] for the last mark and TARGETS."""
        return [[f"{cases:,}", number(self.stores(cases) / GIB), number(self.memory() / MIB),
                 number(cases / self.rate() / SECONDS_PER_HOUR)]
                for cases in (self.marks[-1]["cases"], *TARGETS)]

    def machines(self):
        rows = []
        for count in MACHINES:
            rate = self.rate_of_machines(count)
            limit = LOG if rate >= self.log_rate_max() else "processors"
            rows.append([str(count), number(rate), limit,
                         *[number(cases / rate / SECONDS_PER_HOUR) for cases in TARGETS]])
        return rows


def line_through(one, other, name):
    """(bytes at no case, bytes per case) through a service's store at two marks."""
    cases = other["cases"] - one["cases"]
    per_case = (other["store"][name] - one["store"][name]) / cases if cases else 0.0
    return one["store"][name] - per_case * one["cases"], per_case


CHECK_HEAD = ["what", "cases", "predicted", "measured", "off by"]
NEEDS_HEAD = ["cases", "stores, GiB", "resident, MiB", "hours at this rate on one machine"]
MACHINES_HEAD = ["machines", "cases/s", "limited by", "hours for 10 million",
                 "hours for 100 million"]


def check_lines(model):
    return [[what, f"{cases:,}", number(predicted), number(measured), f"{off:+.0%}"]
            for what, cases, predicted, measured, off in model.check()]


def main(words):
    parser = argparse.ArgumentParser(prog="tests/bench/model.py",
                                     description=__doc__.split("\n")[0])
    parser.add_argument("--growth", metavar="FILE", required=True)
    parser.add_argument("--bench", metavar="FILE")
    parser.add_argument("--markdown", metavar="FILE",
                        help="also write the tables there, between the markers of that page")
    options = parser.parse_args(words)
    model = Model(read(options.growth), read(options.bench) if options.bench else {})
    blocks = {"model-check": markdown_table(CHECK_HEAD, check_lines(model)),
              "model-needs": markdown_table(NEEDS_HEAD, model.needs()),
              "model-machines": markdown_table(MACHINES_HEAD, model.machines())}
    print("\n\n".join(blocks.values()))
    if options.markdown:
        fill_markdown(options.markdown, blocks)
    off = [row for row in model.check() if abs(row[4]) > TOLERANCE]
    for what, cases, predicted, measured, by in off:
        print(f"model.py: {what} at {cases:,} cases: predicted {number(predicted)}, measured "
              f"{number(measured)}: {by:+.0%}", file=sys.stderr)
    return 1 if off else 0


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
