"""What a service says, and with what it ends, when its home is not as it should be; and that no
byte of a submission rests anywhere in the clear.
"""
import os
import shutil
import socket
import sqlite3
import subprocess

from netra_home import submission
from pipeline_support import check, journey, wait_drained

SERVICES = ("intake", "classification", "notification", "audit-log")
CONFIGURED = SERVICES + ("worker-1",)


def run_service(home, name, conf=None, env=None):
    """Starts a service that must not come up; (exit status, stderr)."""
    done = subprocess.run([home.program(name), "-c", conf or home.conf(name)], timeout=30,
                          env=dict(os.environ, **(env or {})), text=True, capture_output=True)
    return done.returncode, done.stderr


def expect(home, name, status, word, *more, conf=None, env=None):
    """It ends with `status` and one message that has the word and what else is given."""
    found, text = run_service(home, name, conf, env)
    check(found == status, f"{name}: exit {found}, expected {status}: {text}")
    lines = [line for line in text.splitlines() if word in line]
    check(len(lines) == 1, f"{name}: {len(lines)} messages of {word}: {text}")
    for each in more:
        check(each in lines[0], f"{name}: {each!r} is not in {lines[0]!r}")
    others = [line for line in text.splitlines() if "level=error" in line and word not in line]
    check(not others, f"{name}: said more than once: {text}")


def changed(home, name, change):
    """A changed copy of a configuration, beside it."""
    path = home.path("conf", f"changed-{name}.yaml")
    with open(home.conf(name), encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(change(text))
    return path


def unknown_key(bench):
    home = bench.running()
    for name in CONFIGURED:
        conf = changed(home, name, lambda text: text + "orign: x\n")
        expect(home, name, 2, "CONFIG_INVALID", "orign", os.path.basename(conf), "origin",
               conf=conf)


def wrong_type(bench):
    home = bench.running()
    for name in SERVICES:
        conf = changed(home, name, lambda text: text.replace(
            "limits:\n", "limits:\n  backlog_entries_max: many\n"))
        expect(home, name, 2, "CONFIG_INVALID", "backlog_entries_max", conf=conf)
        conf = changed(home, name, lambda text: text.replace("peers:", "peers: 7\nx:", 1))
        expect(home, name, 2, "CONFIG_INVALID", conf=conf)


def wrong_override(bench):
    home = bench.running()
    expect(home, "intake", 2, "CONFIG_INVALID", "NETRA_LIMITS_BACKLOG_ENTRIES_MAX",
           env={"NETRA_LIMITS_BACKLOG_ENTRIES_MAX": "many"})


def one_protection_officer_twice(bench):
    with bench.fresh() as home:
        with open(home.conf("netra"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        first = lines.index("protection_officers:") + 1
        lines[first + 1] = lines[first]
        with open(home.conf("netra"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        answer = home.netra("rules", "list", expect=2)
        check("the same key twice" in answer.err, f"not told: {answer!r}")


def missing_files(bench):
    home = bench.running()
    for name in CONFIGURED:
        expect(home, name, 2, "CONFIG_MISSING", "nowhere.yaml", conf=home.path("nowhere.yaml"))
        conf = changed(home, name, lambda text: text.replace("/keys/", "/keys/none-"))
        expect(home, name, 2, "KEY_FILE_INVALID", "none-", conf=conf)


def key_that_others_may_read(bench):
    with bench.fresh() as home:
        os.chmod(home.path("keys", "intake.key"), 0o644)
        expect(home, "intake", 2, "KEY_FILE_INVALID", "intake.key")


def port_in_use(bench):
    with bench.fresh() as home:
        for name in SERVICES:
            for kind in ("inlet", "door", "http"):
                address = home.listen(name)[kind].split("//")[-1]
                host, port = address.rsplit(":", 1)
                with socket.socket() as taken:
                    taken.bind((host, int(port)))
                    taken.listen()
                    expect(home, name, 1, "ADDRESS_IN_USE", port)


def already_running(bench):
    home = bench.running()
    for name in SERVICES:
        expect(home, name, 1, "ALREADY_RUNNING")


def home_that_cannot_be_written(bench):
    with bench.fresh() as home:
        blocker = home.path("blocker")
        with open(blocker, "w", encoding="ascii") as file:
            file.write("a file where a folder should be\n")
        for name in SERVICES:
            expect(home, name, 1, "STORE_UNUSABLE", "blocker",
                   env={"NETRA_STORE": os.path.join(blocker, "x.db")})
            expect(home, name, 1, "STORE_UNUSABLE",
                   env={"NETRA_STORE": home.path("no", "such", "folder", "x.db")})
            expect(home, name, 1, "STORE_UNUSABLE",
                   env={"NETRA_STORE": "/proc/no-place-to-write/x.db"})


def stopped_home(bench):
    home = bench.fresh()
    home.start_all()
    journey(home)
    wait_drained(home)
    home.stop_all()
    return home


def spoilt_stores(bench):
    with stopped_home(bench) as home:
        for name in SERVICES:
            kept = home.store(name) + ".kept"
            shutil.copy2(home.store(name), kept)
            with sqlite3.connect(home.store(name)) as database:
                database.execute("PRAGMA user_version = 999")
            database.close()
            expect(home, name, 7, "STORE_NEWER")
            shutil.copy2(kept, home.store(name))
            spoil_second_page(home.store(name))
            expect(home, name, 6, "STORE_CORRUPT")
            with open(home.store(name), "wb") as file:
                file.write(b"this is no store at all" * 500)
            expect(home, name, 6, "STORE_CORRUPT")
            other = SERVICES[SERVICES.index(name) - 1]
            remove_side_files(home, name)
            shutil.copy2(home.store(other) + ".kept" if os.path.exists(
                home.store(other) + ".kept") else home.store(other), home.store(name))
            expect(home, name, 7, "STORE_FOREIGN")
            shutil.copy2(kept, home.store(name))
        home.start_all()
        journey(home)
        home.stop_all()


def spoil_second_page(path):
    with open(path, "r+b") as file:
        page_size = int.from_bytes(file.read(18)[16:18], "big")
        page_size = 65536 if page_size == 1 else page_size
        file.seek(page_size)
        file.write(os.urandom(page_size))


def remove_side_files(home, name):
    for suffix in ("-wal", "-shm"):
        if os.path.exists(home.store(name) + suffix):
            os.unlink(home.store(name) + suffix)


def checking_only(bench):
    with bench.fresh() as home:
        for name in CONFIGURED:
            done = subprocess.run([home.program(name), "-c", home.conf(name), "-n"], timeout=30,
                                  capture_output=True, text=True)
            check(done.returncode == 0, f"{name} -n: exit {done.returncode}: {done.stderr}")
        check(not os.listdir(home.path("stores")), "-n made a store")


def no_content_in_the_clear(bench):
    marker = "penanda-" + os.urandom(12).hex()
    with bench.fresh() as home:
        home.start_all()
        journey(home, text=submission(marker))
        home.submit('{"region": "99.99", "incident": {"description": "%s"}' % marker, expect=5)
        wait_drained(home)
        home.kill("intake")  # what a crash leaves behind is looked at too
        home.start("intake", wait=True)
        home.stop_all()
        for folder, _, names in os.walk(home.home):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    check(marker.encode() not in file.read(),
                          f"{name} has the content in the clear")


TESTS = (
    ("an unknown key is named with file and nearest key", unknown_key),
    ("a value of the wrong type is named", wrong_type),
    ("an override of the wrong type is named", wrong_override),
    ("two protection officers with one key are refused", one_protection_officer_twice),
    ("a missing configuration or key file is named", missing_files),
    ("a key file that others may read is refused", key_that_others_may_read),
    ("a port in use is named", port_in_use),
    ("a second process of the same service is refused", already_running),
    ("a home that can't be written is refused", home_that_cannot_be_written),
    ("corrupt, newer and foreign stores are refused", spoilt_stores),
    ("-n checks the configuration and makes nothing", checking_only),
    ("no byte of a submission rests in the clear", no_content_in_the_clear),
)
