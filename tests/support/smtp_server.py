"""SMTP servers of the tests: one that fails as it is told to and remembers what it was given, and
a real one (Debian's aiosmtpd, a process of its own) that delivers into a Maildir.

Both listen on a loopback port of their own choosing.
"""
import email
import os
import socket
import socketserver
import threading

from netra_process import Process
from netra_wait import wait_for

ANSWER_SECONDS = 120  # the longest that a held answer is held
CODES = {"4xx": "451 4.3.0 try again later", "5xx": "550 5.1.1 no such mailbox"}


class Mail:
    """A message as it came: `is_answered` says whether the client was told that we have it."""

    def __init__(self, sender, recipients, content, is_answered):
        self.sender = sender
        self.recipients = recipients
        self.content = content
        self.is_answered = is_answered
        self.message_id = message_id_of(content)


def message_id_of(content):
    """A message's Message-ID without <>; "" when it has none."""
    found = email.message_from_bytes(content).get("Message-ID", "")
    return found.strip().strip("<>")


class Session(socketserver.StreamRequestHandler):
    """One connection: the few words of RFC 5321 that a sending client needs."""

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def handle(self):
        try:
            self.talk()
        except (ConnectionError, OSError, ValueError):
            return

    def talk(self):
        server = self.server.owner
        server.wait_released()
        self.say("220 fault.invalid ESMTP")
        sender, recipients = "", []
        while True:
            line = self.rfile.readline(4096).decode("ascii", "replace").strip()
            if not line:
                return
            word = line[:4].upper()
            if word in ("EHLO", "HELO"):
                self.say("250 fault.invalid")
            elif word == "MAIL":
                sender, recipients = line.split(":", 1)[1].split(" ")[0].strip("<> "), []
                self.say("250 2.1.0 ok")
            elif word == "RCPT":
                recipients.append(line.split(":", 1)[1].strip("<> "))
                self.say(CODES[server.take_fault("rcpt")] if server.is_next("rcpt")
                         else "250 2.1.5 ok")
            elif word == "DATA":
                if not self.take_message(server, sender, recipients):
                    return
            elif word == "QUIT":
                self.say("221 2.0.0 bye")
                return
            elif word in ("RSET", "NOOP"):
                self.say("250 2.0.0 ok")
            else:
                self.say("502 5.5.1 not here")

    def take_message(self, server, sender, recipients):
        """Whether the connection goes on."""
        server.wait_at_data()
        self.say("354 go on")
        lines = []
        while True:
            line = self.rfile.readline(1 << 20)
            if not line:
                return False  # cut before the end: not ours
            if line in (b".\r\n", b".\n"):
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        server.wait_released()
        if server.is_next("data"):
            self.say(CODES[server.take_fault("data")])
            return True
        is_cut = server.is_next("cut")
        if is_cut:
            server.take_fault("cut")
        server.keep(Mail(sender, recipients, b"".join(lines), not is_cut))
        if is_cut:
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self.say("250 2.0.0 taken")
        return True


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port, owner):
        super().__init__(("127.0.0.1", port), Session)
        self.owner = owner
        self.connections = set()

    def process_request(self, request, client_address):
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.connections.discard(request)
        super().shutdown_request(request)

    def cut_all(self):
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it ended by itself meanwhile

    def handle_error(self, request, client_address):
        """A client that is killed in the middle is no error of ours."""


class FaultServer:
    """Takes mail, or fails on order: `fail("rcpt", "4xx")`, `fail("data", "5xx")`, `fail("cut")`,
    each for `times` messages; `hold()` makes it slow until `release()`, `hold_data()` lets
    nobody begin a message; `stop()` and `start()` take it down and up again on the same port."""

    def __init__(self):
        self.lock = threading.Lock()
        self.mails = []
        self.faults = []
        self.met = 0
        self.gate = threading.Event()
        self.gate.set()
        self.data_gate = threading.Event()
        self.data_gate.set()
        self.at_data = 0  # how many have asked to begin a message
        self.port = 0
        self.listener = None
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.release()
        self.stop()
        return False

    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def start(self):
        self.listener = Listener(self.port, self)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        if self.listener is not None:
            self.listener.shutdown()
            self.listener.server_close()
            self.listener.cut_all()
            self.listener = None

    # ---- orders ----

    def hold(self):
        self.gate.clear()

    def hold_data(self):
        self.data_gate.clear()

    def release(self):
        self.gate.set()
        self.data_gate.set()

    def wait_at_data(self):
        with self.lock:
            self.at_data += 1
        self.data_gate.wait(ANSWER_SECONDS)

    def wait_released(self):
        self.gate.wait(ANSWER_SECONDS)

    def fail(self, where, code="", times=1):
        with self.lock:
            self.faults += [(where, code)] * times

    def is_next(self, where):
        with self.lock:
            return bool(self.faults) and self.faults[0][0] == where

    def take_fault(self, where):
        with self.lock:
            assert self.faults[0][0] == where
            self.met += 1
            return self.faults.pop(0)[1]

    # ---- what came ----

    def keep(self, mail):
        with self.lock:
            self.mails.append(mail)

    def all(self):
        with self.lock:
            return list(self.mails)

    def by_id(self):
        """{Message-ID: [Mail, …]}"""
        found = {}
        for mail in self.all():
            found.setdefault(mail.message_id, []).append(mail)
        return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RealServer:
    """Debian's aiosmtpd, delivering everything into the Maildir `folder`."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        words = ["/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.port}", "-c",
                 "aiosmtpd.handlers.Mailbox", folder]
        self.process = Process(words, folder + ".log")
        wait_for(self.is_listening, 20, "the SMTP server does not listen")

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.process.kill()
        return False

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def mails(self):
        return maildir_mails(self.folder)


def maildir_mails(folder):
    """[(path, bytes)] of every message in the Maildirs below a folder; what is still being
    written (tmp) is none."""
    found = []
    for where, _, names in os.walk(folder):
        if os.path.basename(where) not in ("new", "cur"):
            continue
        for name in sorted(names):
            path = os.path.join(where, name)
            with open(path, "rb") as file:
                found.append((path, file.read()))
    return found
