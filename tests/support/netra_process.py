"""One process of ours: started with its own environment, its output in a file, ended by its pid.

A process that is still there when the test dies is killed by the kernel (PR_SET_PDEATHSIG).
"""
import ctypes
import os
import resource
import signal
import subprocess

from netra_wait import wait_for

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
STOP_SECONDS = 30


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def allow_cores():
    die_with_parent()
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


class Process:
    """A running program. `out` and `err` are paths; they may be the same. `cores`: a folder to run
    in, with core dumps allowed as far as the caller may allow them."""

    def __init__(self, words, err, out=None, env=None, append=True, cores=None):
        mode = "ab" if append else "wb"
        full = dict(os.environ)
        full.setdefault("ASAN_OPTIONS", "abort_on_error=0:exitcode=99")
        full.setdefault("UBSAN_OPTIONS", "halt_on_error=1:exitcode=99:print_stacktrace=1")
        full.pop("NETRA_FAULTS", None)
        full.update(env or {})
        with open(err, mode) as err_file, open(out or os.devnull, mode) as out_file:
            self.popen = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out_file,
                                          stderr=err_file, env=full, cwd=cores,
                                          preexec_fn=allow_cores if cores else die_with_parent)
        self.pid = self.popen.pid

    def is_alive(self):
        return self.popen.poll() is None

    def status(self):
        """The exit status (negative: the signal it died of), or None while it runs."""
        return self.popen.poll()

    def send(self, number):
        if self.is_alive():
            self.popen.send_signal(number)

    def kill(self):
        self.send(signal.SIGKILL)
        return self.popen.wait()

    def wait_end(self, seconds, what):
        wait_for(lambda: not self.is_alive(), seconds, what)
        return self.popen.returncode

    def stop(self, seconds=STOP_SECONDS):
        """SIGTERM; its exit status."""
        self.send(signal.SIGTERM)
        return self.wait_end(seconds, f"pid {self.pid} has not ended after SIGTERM")
