"""The kinds of killers: how each is run, and what it must say for a mutant to be dead.

Each kind knows three things: the words to run it by; where it says that a promise was broken
(nothing else counts: neither a crash of the killer nor an exit status that says something else);
and what to run without the mutant, which must pass.
"""
import os
import re
import subprocess
from collections import namedtuple

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS_MAX = 180
SEEDS_AT_ONCE = 20

# `where`: the seed or the test that failed; `again`: (kind, argument) that must pass without.
Killed = namedtuple("Killed", "where again")


class Trouble(Exception):
    """Why a row is none: the mutant survived, or its killer is of no use."""


def runner(kind, binaries):
    return [os.path.join(ROOT, "tests", kind, "run"), "--bin", binaries]


def unit_words(binaries, argument):
    return [os.path.join(binaries, argument)]


def unit_where(argument, output):
    """cmocka counts failures in its exit status, and lists them."""
    match = re.search(r"^\[  FAILED  \] (?!\d+ test)(.+)$", output, re.M)
    return match and (match.group(1), ("unit", argument))


def pipeline_words(binaries, argument):
    return [*runner("pipeline", binaries), "--only", argument]


def pipeline_where(argument, output):
    """An exception that is no assertion says its name."""
    match = re.search(r"^FAIL (.+) \([\d.]+ s\)\n +(?!\w+(?:Error|Exception): )", output, re.M)
    return match and (match.group(1), ("pipeline", argument))


def crash_words(binaries, argument):
    return [*runner("crash", binaries), *argument.split()]


def crash_where(argument, output):
    match = re.search(r"^FAIL (.+)$", output, re.M)
    return match and (match.group(1), ("crash", argument))


def simulation_words(binaries, argument):
    return [*runner("simulation", binaries), "--seeds", argument]


def simulation_where(argument, output):
    """Without the mutant the seed that found it must pass; all others are the simulation's own."""
    del argument
    match = re.search(r"^seed (\d+): (?!the process died)(.*)$", output, re.M)
    return match and (f"seed {match.group(1)}: {match.group(2)}",
                      ("simulation", f"{match.group(1)}..{match.group(1)}"))


KINDS = {
    "unit": (unit_words, unit_where),
    "pipeline": (pipeline_words, pipeline_where),
    "crash": (crash_words, crash_where),
    "simulation": (simulation_words, simulation_where),
}


def run(words, mutant):
    env = {key: value for key, value in os.environ.items()
           if key not in ("NETRA_FAULTS", "NETRA_MUTANT")}
    if mutant is not None:
        env["NETRA_MUTANT"] = mutant
    try:
        answer = subprocess.run(words, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                errors="replace", timeout=SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired as error:
        raise Trouble(f"not over after {SECONDS_MAX} s") from error
    except OSError as error:
        raise Trouble(str(error)) from error
    return answer


def last_lines(text):
    return " | ".join(text.strip().splitlines()[-3:])[-300:]


def parts_of(killer):
    """Arguments to run one after the other until one finds something: seeds, some at a time."""
    if killer.kind != "simulation":
        return [killer.argument]
    first, last = (int(number) for number in killer.argument.split(".."))
    return [f"{start}..{min(start + SEEDS_AT_ONCE - 1, last)}"
            for start in range(first, last + 1, SEEDS_AT_ONCE)]


def kill(binaries, mutant, killer):
    """What noticed the mutant."""
    words_of, where_of = KINDS[killer.kind]
    for argument in parts_of(killer):
        answer = run(words_of(binaries, argument), mutant)
        if answer.returncode != 0:
            break
    else:
        raise Trouble("SURVIVED")
    where = where_of(killer.argument, answer.stdout)
    is_verdict = answer.returncode > 0 if killer.kind == "unit" else answer.returncode == 1
    if not where or not is_verdict:
        raise Trouble(f"ended with {answer.returncode} and no broken promise: "
                      f"{last_lines(answer.stdout)}")
    return Killed(*where)


def pass_without(binaries, again):
    """The same without the mutant."""
    kind, argument = again
    answer = run(KINDS[kind][0](binaries, argument), None)
    if answer.returncode != 0:
        raise Trouble(f"{kind} {argument} fails without a mutant too: "
                      f"{last_lines(answer.stdout)}")
