"""The real services under load: from a node's request to what the request brings about.

A measurement has a home of its own, made by deploy/home in the folder that is measured. The client
is bench_client with a node's key; when everything has arrived is asked at the doors.
"""
import os
import re
import shutil
import subprocess

from bench_home import CLIENT, CLIENT_SECONDS, SOURCE, cpu_seconds_of, cpu_seconds_of_children
from netra_home import Home
from netra_peer import Status
from netra_wait import wait_for
from reports import all_reports

NARRATIVE_BYTES = 1024
# Words that no rule knows, to make a report as long as it is to be.
FILLER = ("Keterangan tambahan menyusul bersama salinan berkas yang sudah dibaca petugas loket "
          "pada pagi hari itu di ruang depan. ")
LIMITS = "limits: { backlog_entries_max: 10000000 }\nlog: { level: warn }\n"
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
            with open(self.home.conf(name), "a", encoding="ascii") as file:
                file.write(LIMITS)
        self.narratives = os.path.join(self.home.folder, "narratives")
        self.config = os.path.join(self.home.folder, "client.yaml")
        write_narratives(self.narratives)
        self.write_config()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return self.home.__exit__(kind, value, trace)

    def write_config(self):
        """The client's: it knows intake's door by the name of the spine's first stage."""
        with open(self.home.conf("netra"), encoding="utf-8") as file:
            text = file.read()
        row = re.search(r"name: intake,(.*)\}", text).group(1)
        with open(self.config, "w", encoding="ascii") as file:
            file.write(f"service: {CLIENT}\norigin: demo.invalid/bench\n"
                       f"key: {self.home.path('keys', 'node.key')}\npeers:\n"
                       f"  - {{ name: {SOURCE},{row}}}\n")

    def cpu_seconds(self):
        seconds = {name: cpu_seconds_of(process.pid)
                   for name, process in self.home.processes.items() if process.is_alive()}
        return dict(seconds, ended=cpu_seconds_of_children())

    def send(self, cases, warm_up, window=64):
        """Submits; how many milliseconds until the last receipt."""
        words = [os.path.join(self.home.binaries, "bench_client"), "-c", self.config, "-f",
                 self.narratives, "-n", str(cases), "-u", str(warm_up), "-w", str(window)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=CLIENT_SECONDS,
                              check=False)
        if done.returncode != 0:
            raise AssertionError(f"bench_client ended with {done.returncode}: {done.stderr}\n"
                                 f"{self.home.log('intake')[-1500:]}")
        return int(done.stdout.split()[1])

    def wait_arrived(self, status):
        """Until every case is decided, its decision's leaf committed and its notices queued."""
        wait_for(lambda: has_arrived(status), ARRIVAL_SECONDS, "the cases do not arrive")

    def remove(self):
        self.home.kill_everything()
        shutil.rmtree(self.home.folder, ignore_errors=True)


def applied(status, service, producer):
    """Through which seq a service has applied a producer's stream."""
    return next((stream.seq for stream in status.of(service).consumes
                 if stream.peer == producer), 0)


def has_arrived(status):
    """Nothing of intake's waits to be decided, and whoever takes decisions has them all."""
    intake, classification = status.of("intake"), status.of("classification")
    if applied(status, "classification", "intake") < intake.seq:
        return False
    return all(applied(status, service, "classification") >= classification.seq
               for service in ("notification", "audit-log"))
