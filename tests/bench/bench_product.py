"""The real services under load: from a node's request to what the request brings about.

A measurement has a home of its own, made by deploy/home in the folder that is measured. The client
is bench_client with a node's key; when everything has arrived is asked at the doors.
"""
import os
import re
import subprocess

from bench_home import (CLIENT, CLIENT_SECONDS, SINK, SOURCE, cpu_seconds_of,
                        cpu_seconds_of_children, memory_of)
from netra_home import SERVICES, Home
from netra_peer import Status
from netra_process import die_with_parent
from netra_wait import wait_for
from reports import all_reports

NARRATIVE_BYTES = 1024
# Words that no rule knows, to make a report as long as it is to be.
FILLER = ("Keterangan tambahan menyusul bersama salinan berkas yang sudah dibaca petugas loket "
          "pada pagi hari itu di ruang depan. ")
LIMITS = "limits:\n  backlog_entries_max: 10000000\n"
ARRIVAL_SECONDS = 300


def write_narratives(path):
    """The labelled reports' descriptions, each filled up to NARRATIVE_BYTES, a line each."""
    with open(path, "w", encoding="utf-8") as file:
        for report in all_reports():
            text = " ".join(report.submission["incident"]["description"].split())
            text = (text + " " + FILLER * 12).encode()[:NARRATIVE_BYTES]
            file.write(text.decode(errors="ignore") + "\n")


class ProductHome:
    """The installation of one measurement; as far as Span and Pair ask, like a BenchHome."""

    def __init__(self, binaries, folder, workers):
        self.home = Home(binaries, workers=workers, folder=folder)
        for name in ("intake", "classification", "notification", "audit-log"):
            self.home.change(self.home.conf(name), ("limits:\n", LIMITS))
            with open(self.home.conf(name), "a", encoding="ascii") as file:
                file.write("log: { level: warn }\n")
        self.narratives = os.path.join(self.home.folder, "narratives")
        self.config = os.path.join(self.home.folder, "client.yaml")
        self.reader_config = os.path.join(self.home.folder, "reader.yaml")
        self.client = None
        write_narratives(self.narratives)
        self.write_configs()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return self.home.__exit__(kind, value, trace)

    def write_configs(self):
        """The clients': they know doors by the names of the spine's stages. The node's reports
        come through one, the auditor's readings through the other."""
        with open(self.home.conf("netra"), encoding="utf-8") as file:
            text = file.read()
        peers = "".join(f"  - {{ name: {alias},{address_of(text, name)}}}\n" for alias, name in
                        ((SOURCE, "intake"), (SINK, "audit-log")))
        for path, who in ((self.config, "node"), (self.reader_config, "auditor")):
            with open(path, "w", encoding="ascii") as file:
                file.write(f"service: {CLIENT}\norigin: demo.invalid/bench\n"
                           f"key: {self.home.path('keys', who + '.key')}\npeers:\n{peers}")

    def start_intake(self):
        """intake and audit-log; the others are there for intake's start alone."""
        for name in SERVICES:
            self.home.start(name)
        self.home.wait_ready("intake")
        for name in ("classification", "notification"):
            self.home.stop(name)

    def cpu_seconds(self):
        seconds = {name: cpu_seconds_of(process.pid)
                   for name, process in self.home.processes.items() if process.is_alive()}
        if self.client is not None:
            seconds["client"] = cpu_seconds_of(self.client.process.pid)
        return dict(seconds, ended=cpu_seconds_of_children())

    def feeder(self, window=64):
        """A client that stays, counted with the processes of this home."""
        self.client = Feeder(self, window)
        return self.client

    def memory(self):
        """{process: (resident now, most ever, anonymous now)}, bytes."""
        return {name: memory_of(process.pid) for name, process in self.home.processes.items()
                if process.is_alive()}

    def store_bytes(self):
        """{service: bytes of its store on disk, the write-ahead log included}."""
        return {name: sum(os.path.getsize(self.home.store(name) + suffix)
                          for suffix in ("", "-wal")
                          if os.path.exists(self.home.store(name) + suffix))
                for name in SERVICES}

    def send(self, cases, warm_up, window=64, connections=1):
        """Submits; how many milliseconds until the last receipt."""
        lines = self.run("bench_client", "-c", self.config, "-f", self.narratives, "-n", cases,
                         "-u", warm_up, "-w", window, "-k", connections)
        return float(lines[0].split()[1])

    def walk(self, leaves):
        """Reads that many of the log's leaves or more; (how many, milliseconds)."""
        found = dict(line.split() for line in
                     self.run("bench_walk", "-c", self.reader_config, "-n", leaves))
        return int(found["leaves"]), float(found["walked"])

    def latencies(self, cases, warm_up, pace):
        """Microseconds from each request until its decision's leaf and notices are committed."""
        lines = self.run("bench_latency", "-c", self.config, "-f", self.narratives, "-n", cases,
                         "-u", warm_up, "-p", pace, "-s", self.home.store("audit-log"),
                         "-s", self.home.store("notification"))
        return [float(line.split()[1]) for line in lines if line.startswith("us ")]

    def run(self, program, *words):
        """Runs one of the benchmark's programs to its end; its lines."""
        done = subprocess.run([os.path.join(self.home.binaries, program), *map(str, words)],
                              capture_output=True, text=True, timeout=CLIENT_SECONDS, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{program} ended with {done.returncode}: {done.stderr}\n"
                                 f"{self.home.log('intake')[-1500:]}")
        return done.stdout.splitlines()

    def wait_decided(self, status, through):
        """Until audit-log and notification have committed that many decisions: each one's leaf
        and notices."""
        wait_for(lambda: decided(status) >= through, ARRIVAL_SECONDS, "the cases do not arrive")


class Feeder:
    """A bench_client that is told how many reports to hand in, whenever there is something to
    tell; its connection and memory stay."""

    def __init__(self, product, window):
        self.errors = os.path.join(product.home.folder, "feeder.log")
        words = [os.path.join(product.home.binaries, "bench_client"), "-c", product.config, "-f",
                 product.narratives, "-i", "-w", str(window)]
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(words, stdin=subprocess.PIPE, text=True, bufsize=1,
                                            stdout=subprocess.DEVNULL, stderr=errors,
                                            preexec_fn=die_with_parent)
        self.told = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.process.kill()
        self.process.stdin.close()
        if self.process.wait(timeout=CLIENT_SECONDS) != 0 and kind is None:
            raise AssertionError(f"bench_client ended with {self.process.returncode}: "
                                 f"{self.said()}")
        return False

    def said(self):
        with open(self.errors, encoding="utf-8", errors="replace") as file:
            return file.read()

    def feed(self, count):
        """Has that many more handed in, after those told before."""
        if self.process.poll() is not None:
            raise AssertionError(f"bench_client ended: {self.said()}")
        self.process.stdin.write(f"{count}\n")
        self.told += count


def address_of(text, name):
    """What netra.yaml says of a peer: its door and key."""
    return re.search(rf"name: {name},(.*)\}}", text).group(1)


def applied(status, service, producer):
    """Through which seq a service has applied a producer's stream."""
    return next((stream.seq for stream in status.of(service).consumes
                 if stream.peer == producer), 0)


def decided(status):
    """How many of classification's events, one for each decision, both that take them have."""
    found = [status.of(service) for service in ("notification", "audit-log")]
    if not all(found):
        return 0
    return min(next(stream.seq for stream in one.consumes if stream.peer == "classification")
               for one in found)
