"""README.md's walk-through, run line by line as it is written."""
import os
import re
import subprocess

from filled import fill
from netra_home import ROOT
from pipeline_support import check

SECTION = "## The five things people do next"


def commands():
    """[(a command, the exit status it is said to have)] of the section's lines after `$ `."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        text = file.read()
    check(SECTION in text, f"README.md has no section {SECTION!r}")
    section = re.split(r"^## ", text.split(SECTION, 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line.strip() for line in section.splitlines()]
    found = []
    for number, line in enumerate(lines):
        if not line.startswith("$ "):
            continue
        after = lines[number + 1] if number + 1 < len(lines) else ""
        said = re.search(r"# exit (\d+)", line) or re.match(r"# exit (\d+)", after)
        found.append((line[2:], int(said.group(1)) if said else 0))
    return found


def the_walk_through_works_as_written(bench):
    home, _ = bench.filled(fill)
    rows = commands()
    check(len(rows) >= 5, f"{len(rows)} commands in {SECTION!r}")
    environment = dict(os.environ, NETRA_HOME=home.home, NETRA_BIN=home.binaries, LC_ALL="C")
    script = []
    for number, (command, _) in enumerate(rows):
        script += [command, f'echo "line {number}: $?" >&3']
    done = subprocess.run(["bash", "-c", "exec 3>&2 2>&1\n" + "\n".join(script)], cwd=ROOT,
                          env=environment, text=True, capture_output=True, timeout=120,
                          check=False)
    told = dict(re.findall(r"^line (\d+): (\d+)$", done.stderr, re.MULTILINE))
    for number, (command, wanted) in enumerate(rows):
        status = told.get(str(number))
        check(status == str(wanted),
              f"`{command}` ended with {status}, not {wanted}: {done.stdout[-1500:]}")


TESTS = (("the README's walk-through works line by line", the_walk_through_works_as_written),)
