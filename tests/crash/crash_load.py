"""The load: node clients that import files of reports, killed and run again until each file's
import ends with 0, and then correct the first case of the file. What they were told is in result
files and in what they printed.
"""
import json
import os
import uuid

from ledger_store import values_of
from netra_process import Process
from reports import numbered, report, write_lines

STARVING_ROWS = 20
EXIT_TRY_LATER = 9


class Client:
    """One node's processes: an import and a correction a file, one file after the other."""

    def __init__(self, home, name, key_path, folder):
        self.home = home
        self.name = name
        self.key_path = key_path
        self.folder = folder
        self.files = []
        self.correction = None  # its words while the newest file's first case is corrected
        self.process = None
        self.faults = None
        self.is_held = False  # it gets no new file: a kill waits for its end
        self.finished = 0  # files imported, their first case corrected
        self.told_path = os.path.join(folder, f"{name}.told.jsonl")
        self.sent_path = os.path.join(folder, f"{name}.sent.jsonl")
        self.err_path = os.path.join(folder, f"{name}.err")
        self.unexpected = []

    def result_path(self, path=None):
        return (path or self.files[-1])[:-len(".jsonl")] + ".result.jsonl"

    def told_paths(self):
        paths = [self.result_path(path) for path in self.files] + [self.told_path, self.sent_path]
        return [path for path in paths if os.path.exists(path)]

    def is_idle(self):
        return self.process is None

    def take(self, path):
        self.files.append(path)
        self.start()

    def start(self):
        words = [os.path.join(self.home.binaries, "netra"), "case",
                 *(self.correction or ("import", self.files[-1])),
                 "--json", "--home", self.home.home, "--key", self.key_path]
        env = {}
        if self.faults and not self.correction:
            env["NETRA_FAULTS"] = self.faults
            self.faults = None
        self.process = Process(words, self.err_path, out=self.told_path, env=env)

    def start_correction(self):
        """Its id is written down before it is sent, so that running it again changes nothing."""
        first = next(row for row in values_of(self.result_path()) if row.get("case_number"))
        number = len(self.files)
        with open(self.files[-1], encoding="utf-8") as file:
            content = json.loads(file.readlines()[first["row"] - 1])
        content["incident"]["description"] += " Diperbaiki."
        content["submission_id"] = str(uuid.uuid4())
        with open(self.sent_path, "a", encoding="ascii") as file:
            file.write(json.dumps({"submission_id": content["submission_id"]}) + "\n")
        path = os.path.join(self.folder, f"{self.name}-correct-{number}.json")
        write_lines(path, [json.dumps(content)])
        self.correction = ("correct", first["case_number"], path)
        self.start()

    # ---- as a victim ----

    def is_alive(self):
        return self.process is not None and self.process.is_alive()

    def tick(self, is_our_kill):
        """Runs a file again that was killed; notes whatever else went wrong."""
        if self.process is None or self.process.is_alive():
            return
        status = self.process.status()
        self.process = None
        is_ours = is_our_kill(status)
        if status == 0 and self.correction is None:
            self.start_correction()
            return
        if status == 0:
            self.correction = None
            self.finished += 1
            return
        is_later = self.correction is not None and status == EXIT_TRY_LATER
        if not is_ours and not is_later:
            with open(self.err_path, encoding="utf-8", errors="replace") as file:
                self.unexpected.append(f"{self.name} ended with {status}: {file.read()[-800:]}")
            if len(self.unexpected) > 3:
                return
        self.start()


class Load:
    """Hands files to idle clients, in step with the kills."""

    def __init__(self, home, names, key_paths, wanted, kills):
        self.folder = os.path.join(home.folder, "load")
        os.makedirs(self.folder, exist_ok=True)
        self.clients = [Client(home, name, path, self.folder)
                        for name, path in zip(names, key_paths)]
        self.last_path = os.path.join(self.folder, "last.told.jsonl")
        self.wanted = wanted
        self.kills = max(kills, 1)
        self.rows_a_file = max(20, wanted // self.kills)
        self.given = 0
        self.files = 0

    def tick(self, kills_done, is_starving):
        """`is_starving`: a kill waits for traffic; then more is sent than was asked for."""
        is_over = kills_done >= self.kills
        due = self.wanted if is_over else self.wanted * (kills_done + 4) // self.kills
        for client in self.clients:
            is_due = self.given < min(due, self.wanted)
            wants_more = is_due or (is_starving and not is_over)
            if not client.is_idle() or client.is_held or not wants_more:
                continue
            count = min(self.rows_a_file, self.wanted - self.given) if is_due else STARVING_ROWS
            path = os.path.join(self.folder, f"rows-{self.files}.jsonl")
            write_lines(path, [numbered(self.given + row) for row in range(count)])
            self.files += 1
            self.given += count
            client.take(path)

    def is_done(self):
        return self.given >= self.wanted and all(client.is_idle() for client in self.clients)

    def submit_last(self, home):
        """One report alone, when nothing else is under way; a violation, of which offices are
        told."""
        told = home.submit(report("D097").text())
        with open(self.last_path, "w", encoding="ascii") as file:
            file.write(json.dumps(told) + "\n")

    def told_paths(self):
        paths = [path for client in self.clients for path in client.told_paths()]
        return paths + ([self.last_path] if os.path.exists(self.last_path) else [])
