"""The stages as real processes: keys and configuration once, fresh stores for every measurement.

Owns: a folder of its own and every process started through it; both end with the `with` block.
"""
import os
import random
import resource
import shutil
import socket
import subprocess
import urllib.error
import urllib.request

from netra_process import Process
from netra_wait import wait_for

SOURCE, RELAY, SINK, CLIENT = "bench-source", "bench-relay", "audit-log", "bench-client"
PROGRAMS = {SOURCE: "bench_source", RELAY: "bench_relay", SINK: "bench_sink"}
PIPELINE_PEERS = {SOURCE: (RELAY, SINK), RELAY: (SOURCE, SINK), SINK: (SOURCE, RELAY)}
READY_SECONDS = 30
CLIENT_SECONDS = 300
# Nobody takes from the source while its door alone is measured.
BACKLOG_ENTRIES_MAX = 10_000_000
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def free_ports(count):
    """Ports that are free now, below the range the system lends out."""
    ports = set()
    while len(ports) < count:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                ports.add(port)
    return list(ports)


def cpu_seconds_of(pid):
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def memory_of(pid):
    """(resident now, most ever resident, anonymous now), bytes."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        rows = dict(line.split(":", 1) for line in file)
    return tuple(int(rows[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM", "RssAnon"))


def cpu_seconds_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class BenchHome:
    def __init__(self, binaries, folder):
        self.binaries = os.path.abspath(binaries)
        self.folder = os.path.abspath(folder)
        self.processes = {}
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder, mode=0o700)
        names = (*PROGRAMS, CLIENT)
        self.public = {name: self.new_key(name) for name in names}
        ports = free_ports(3 * len(PROGRAMS))
        self.listen = {name: dict(zip(("inlet", "door", "http"), ports[3 * n:]))
                       for n, name in enumerate(PROGRAMS)}
        for name in names:
            with open(self.path(f"{name}.yaml"), "w", encoding="ascii") as file:
                file.write(self.configuration(name))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.kill_all()
        if kind is None:
            shutil.rmtree(self.folder)
        else:
            print(f"kept: {self.folder}", flush=True)
        return False

    # ---- what they need ----

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.binaries, name)

    def new_key(self, name):
        """A new key pair; its public key for messages."""
        path = self.path(f"{name}.key")
        netra = self.program("netra")
        subprocess.run([netra, "key", "new", path], check=True, stdout=subprocess.DEVNULL)
        shown = subprocess.run([netra, "key", "show", path], check=True, capture_output=True,
                               text=True).stdout
        rows = dict(line.split()[:2] for line in shown.splitlines() if len(line.split()) > 1)
        return rows["curve_public"]

    def peer(self, name, *kinds):
        where = "".join(f' {kind}: "tcp://127.0.0.1:{self.listen[name][kind]}",' for kind in kinds)
        return f"  - {{ name: {name},{where} public_key: {self.public[name]} }}\n"

    def configuration(self, name):
        text = f"service: {name}\norigin: demo.invalid/bench\nkey: {name}.key\n"
        if name == CLIENT:
            return text + "peers:\n" + self.peer(SOURCE, "door") + self.peer(SINK, "door")
        listen = self.listen[name]
        text += (f"store: {name}.db\n"
                 f"listen: {{ inlet: \"tcp://127.0.0.1:{listen['inlet']}\","
                 f" door: \"tcp://127.0.0.1:{listen['door']}\","
                 f" http: \"127.0.0.1:{listen['http']}\" }}\n"
                 f"limits: {{ backlog_entries_max: {BACKLOG_ENTRIES_MAX} }}\n"
                 "log: { level: warn }\npeers:\n")
        peers = "".join(self.peer(peer, "inlet") for peer in PIPELINE_PEERS[name])
        return text + peers + self.peer(CLIENT)

    # ---- processes ----

    def is_ready(self, name):
        if not self.processes[name].is_alive():
            raise AssertionError(f"{name} ended with {self.processes[name].status()}: "
                                 f"{self.log(name)}")
        try:
            address = f"http://127.0.0.1:{self.listen[name]['http']}/readyz"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.HTTPError, OSError):
            return False

    def start(self, names, build=""):
        """Starts the stages with empty stores and waits until each is ready. `build`: "_plain" for
        the programs that encrypt nothing."""
        self.remove_stores()
        for name in names:
            self.processes[name] = Process(
                [self.program(PROGRAMS[name] + build), "-c", self.path(f"{name}.yaml")],
                self.path(f"{name}.log"), append=False)
        for name in names:
            wait_for(lambda: self.is_ready(name), READY_SECONDS, f"{name} is not ready")

    def stop_one(self, name):
        status = self.processes.pop(name).stop()
        if status != 0:
            raise AssertionError(f"{name} ended with {status}: {self.log(name)}")

    def stop(self):
        for name in list(self.processes):
            self.stop_one(name)
        self.remove_stores()

    def kill_all(self):
        for process in self.processes.values():
            process.kill()

    def remove_stores(self):
        for file in os.listdir(self.folder):
            if ".db" in file:
                os.remove(self.path(file))

    def log(self, name):
        with open(self.path(f"{name}.log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-1500:]

    # ---- measuring ----

    def cpu_seconds(self):
        """Of each stage so far, and of all children that have ended."""
        seconds = {name: cpu_seconds_of(process.pid) for name, process in self.processes.items()}
        return dict(seconds, ended=cpu_seconds_of_children())

    def samples(self, program, *words):
        """Runs a program to its end; its lines `NAME NUMBER` as {name: [number, …]}."""
        done = subprocess.run([self.program(program), *map(str, words)], capture_output=True,
                              text=True, timeout=CLIENT_SECONDS, check=False)
        if done.returncode != 0:
            logs = "\n".join(f"{name}: {self.log(name)}" for name in self.processes)
            raise AssertionError(f"{program} ended with {done.returncode}: {done.stderr}\n{logs}")
        found = {}
        for line in done.stdout.splitlines():
            name, number = line.split()
            found.setdefault(name, []).append(float(number))
        return found

    def ask(self, program, *words):
        """The same where each name comes once: {name: number}."""
        return {name: numbers[0] for name, numbers in self.samples(program, *words).items()}
