"""Waiting for conditions with a deadline; there is no other way of waiting in these tests.

Units: seconds.
"""
import time

POLL_SECONDS = 0.02


class TooLate(AssertionError):
    """A condition did not become true before its deadline."""


def wait_for(condition, seconds, what):
    """Polls until `condition()` is truthy and returns that; raises TooLate after `seconds`. `what`
    went wrong: a text, or a function that makes it then."""
    deadline = time.monotonic() + seconds
    while True:
        said = condition()
        if said:
            return said
        if time.monotonic() >= deadline:
            raise TooLate(f"after {seconds} s: {what() if callable(what) else what}")
        time.sleep(POLL_SECONDS)


def holds_for(condition, seconds, what):
    """Fails as soon as `condition()` is false within `seconds`: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            raise AssertionError(what)
        time.sleep(POLL_SECONDS)
