"""An installation in a temporary folder: made by deploy/home, started, stopped, killed and asked.

Owns: the folder and every process started through it. `with Home(...) as home` ends them all and
removes the folder when the block succeeded; after a failure the folder stays and is named.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

from netra_process import Process
from netra_wait import wait_for
from smtp_server import maildir_mails

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SERVICES = ("intake", "classification", "notification", "audit-log")
READY_SECONDS = 30
FLOW_SECONDS = 60


class Answer:
    """What `netra` said: exit status, stdout, stderr."""

    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.status}, stdout {self.out!r}, stderr {self.err!r}"


class Home:
    """Without `origin` it is a demonstration; `folder`: where its folder is made, else /tmp."""

    def __init__(self, binaries, workers=1, wrapper=(), origin=None, folder=None):
        self.binaries = os.path.abspath(binaries)
        self.workers = [f"worker-{n + 1}" for n in range(workers)]
        self.wrapper = list(wrapper)
        self.processes = {}
        self.extra = []
        self.folder = tempfile.mkdtemp(prefix="netra-test-", dir=folder)
        self.home = os.path.join(self.folder, "home")
        self.keep = False
        self.make(workers, origin)

    def make(self, workers, origin):
        done = subprocess.run(
            [os.path.join(ROOT, "deploy", "home"), self.home, "--workers", str(workers),
             *(["--origin", origin] if origin else [])],
            env=dict(os.environ, NETRA_BIN=self.binaries), capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"deploy/home: exit {done.returncode}: {done.stderr}")

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.kill_everything()
        if kind is None and not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        elif kind is not None:
            print(f"      kept: {self.folder}", flush=True)
        return False

    def kill_everything(self):
        for process in list(self.processes.values()) + self.extra:
            process.send(signal.SIGCONT)
            process.kill()

    # ---- where things are ----

    def path(self, *parts):
        return os.path.join(self.home, *parts)

    def conf(self, name):
        return self.path("conf", f"{name}.yaml")

    def store(self, name):
        return self.path("stores", f"{name}.db")

    def log_path(self, name):
        return self.path("log", f"{name}.log")

    def log(self, name):
        try:
            with open(self.log_path(name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def table(self, name):
        """A table's path: ruleset, calendar, routing or templates."""
        return self.path("rules", f"{name}.yaml")

    def change(self, path, *pairs):
        """Replaces texts, each of which must be there, in a configuration or table."""
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for old, new in pairs:
            if old not in text:
                raise AssertionError(f"{path}: there is no {old!r}")
            text = text.replace(old, new)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def use_smtp(self, url, retry_base_ms=50):
        """Gives notification an SMTP server, and every other office of the routing table that
        channel."""
        with open(self.conf("notification"), "a", encoding="utf-8") as file:
            file.write(f"smtp: {{ url: \"{url}\", from: netra@test.invalid }}\n"
                       f"retry_base_ms: {retry_base_ms}\n")
        with open(self.table("routing"), encoding="utf-8") as file:
            parts = re.split("channel: (?:smtp|maildir)", file.read())
        text = parts[0]
        for number, part in enumerate(parts[1:]):
            text += ("channel: maildir" if number % 2 else "channel: smtp") + part
        with open(self.table("routing"), "w", encoding="utf-8") as file:
            file.write(text)

    def mails(self):
        """[(path, bytes)] of what lies in the home's Maildirs."""
        return maildir_mails(self.path("mail"))

    def key(self, name):
        """A key file's lines as {name: bytes}."""
        with open(self.path("keys", f"{name}.key"), encoding="ascii") as file:
            rows = [line.split() for line in file.read().splitlines()[1:]]
        return {row[0]: bytes.fromhex(row[1]) for row in rows
                if len(row) == 2 and row[0] != "epoch"}

    def listen(self, name):
        """The addresses a service binds: {"inlet": …, "door": …, "http": …}."""
        with open(self.conf(name), encoding="utf-8") as file:
            text = file.read()
        found = re.search(r"^listen:(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        own = found.group(1) if found else ""
        return dict(re.findall(r"(inlet|door|http):\s*\"?([^\"\s,}]+)", own))

    # ---- processes ----

    def program(self, name):
        kind = "worker" if name.startswith("worker") else name
        return os.path.join(self.binaries, f"netra-{kind}")

    def start(self, name, faults=None, env=None, wait=False, wrapper=None, cores=None):
        if name in self.processes and self.processes[name].is_alive():
            raise AssertionError(f"{name} runs already")
        env = dict(env or {})
        if faults:
            env["NETRA_FAULTS"] = faults
        words = (self.wrapper if wrapper is None else wrapper) + [
            self.program(name), "-c", self.conf(name)]
        os.makedirs(self.path("log"), exist_ok=True)
        self.processes[name] = Process(words, self.log_path(name), env=env, cores=cores)
        if wait:
            self.wait_ready(name)
        return self.processes[name]

    def stop(self, name, expected=0):
        status = self.processes[name].stop()
        if expected is not None and status != expected:
            raise AssertionError(f"{name} ended with {status} after SIGTERM, not {expected}; its "
                                 f"log ends: {self.log(name)[-1500:]}")
        return status

    def kill(self, name):
        return self.processes[name].kill()

    def restart(self, name, faults=None):
        if self.processes[name].is_alive():
            self.stop(name)
        return self.start(name, faults)

    def start_all(self, faults=None, wait=True):
        """`faults`: {name: NETRA_FAULTS}."""
        for name in ("audit-log", "notification", "classification", "intake", *self.workers):
            if name not in self.processes or not self.processes[name].is_alive():
                self.start(name, (faults or {}).get(name))
        if wait:
            for name in SERVICES:
                self.wait_ready(name)

    def stop_all(self):
        """SIGTERM to everything, upstream first; every exit status must be 0."""
        for name in (*self.workers, "intake", "classification", "notification", "audit-log"):
            if name in self.processes and self.processes[name].is_alive():
                self.stop(name)

    def is_alive(self, name):
        return name in self.processes and self.processes[name].is_alive()

    # ---- asking ----

    def http(self, name, path):
        """(status, text) of a service's HTTP; (0, "") when nobody answers."""
        try:
            address = f"http://{self.listen(name)['http']}{path}"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self, name):
        return self.http(name, "/readyz")[0] == 200

    def wait_ready(self, name, seconds=READY_SECONDS):
        def ready():
            if not self.is_alive(name):
                status = self.processes[name].status()
                raise AssertionError(f"{name} ended with {status} before it was ready; its log "
                                     f"ends: {self.log(name)[-1500:]}")
            return self.is_ready(name)
        wait_for(ready, seconds, lambda: f"{name} is not ready: {self.http(name, '/readyz')}, "
                                         f"its log ends: {self.log(name)[-800:]}")

    def metrics(self, name):
        """{metric with its labels: number}; empty when nobody answers."""
        rows = [line.rsplit(" ", 1) for line in self.http(name, "/metrics")[1].splitlines()
                if line and not line.startswith("#")]
        return {row[0]: float(row[1]) for row in rows if len(row) == 2}

    def metric(self, name, thing):
        """netra_<service>_<thing>, all labels added up; 0 when absent."""
        prefix = f"netra_{name.replace('-', '_')}_{thing}"
        return sum(value for key, value in self.metrics(name).items()
                   if key == prefix or key.startswith(prefix + "{"))

    def netra(self, *words, stdin=None, timeout=60, expect=None):
        done = subprocess.run(
            [os.path.join(self.binaries, "netra"), *words, "--home", self.home], text=True,
            input=stdin, capture_output=True, timeout=timeout,
            env=dict(os.environ, ASAN_OPTIONS="exitcode=99", LC_ALL="C"))
        answer = Answer(done)
        if expect is not None and answer.status != expect:
            raise AssertionError(f"netra {' '.join(words)}: expected exit {expect}: {answer!r}")
        return answer

    def services(self):
        """`netra service list --json` as {name: row}."""
        rows = self.netra("service", "list", "--json", "--timeout", "2").json()
        return {row["service"]: row for row in rows}

    def submit(self, text=None, submission_id=None, expect=0, timeout=60):
        words = ["case", "submit", "-", "--json"]
        if submission_id:
            words += ["--submission-id", submission_id]
        answer = self.netra(*words, stdin=text or submission(), expect=expect, timeout=timeout)
        return answer.json() if expect == 0 else answer


NUMBER = [0]


def submission(text=None, region="36.04"):
    """A submission's JSON, a line, different each time unless `text` is given."""
    NUMBER[0] += 1
    return json.dumps({"region": region,
                       "incident": {"description": text or f"laporan nomor {NUMBER[0]}"}})
