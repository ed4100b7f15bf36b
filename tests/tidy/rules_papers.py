"""Papers and words: links, decisions, what the README must name, what no file may say."""
import os
import re

from rule import rule

# Written apart, so that this file does not break its own rule.
UNFINISHED = r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK")) + r")\b"
MACHINE_PATH = r"(?:^|[^A-Za-z0-9_./${}-])/(" + "|".join(("wo" "rk", "fa" "rm", "ho" "me")) + \
    r"|ro" r"ot)/"


@rule("nothing-unfinished", "finish it, or leave it out and say in the commit what is left out")
def check_words(tree):
    for path in tree.paths:
        for number, line in enumerate(tree.lines(path), 1):
            match = re.search(UNFINISHED, line)
            if match:
                yield path, number, f"the word {match.group(1)}"


@rule("no-machine-path",
      "take the path from the repository's root, from --home, or from a variable")
def check_machine_paths(tree):
    for path in tree.paths:
        for number, line in enumerate(tree.lines(path), 1):
            match = re.search(MACHINE_PATH, line)
            if match:
                yield path, number, f"the path /{match.group(1)}/ is of one machine"


@rule("readme-names-the-commands", "name deploy/up and tests/run in README.md: the two commands")
def check_readme(tree):
    readme = tree.text("README.md") if tree.has("README.md") else ""
    for command in ("deploy/up", "tests/run"):
        if command not in readme:
            yield "README.md", 1, f"does not name {command}"


def slug(heading):
    """The anchor that forges make of a heading."""
    text = re.sub(r"[`*]", "", heading.strip().lower())
    return re.sub(r" ", "-", re.sub(r"[^\w\- ]", "", text))


def _anchors(text):
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.M)}


@rule("link-resolves", "point the link at a file (and heading) that exists")
def check_links(tree):
    folders = {os.path.dirname(path) for path in tree.paths}
    folders |= {parent for folder in folders for parent in _parents(folder)}
    for path in tree.matching(r".*\.md"):
        in_code = False
        for number, line in enumerate(tree.lines(path), 1):
            in_code ^= line.startswith("```")
            if in_code:
                continue
            for target in re.findall(r"\]\(([^)\s]+)\)", line):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, anchor = target.partition("#")
                full = path
                if name:
                    full = os.path.normpath(os.path.join(os.path.dirname(path), name))
                if not tree.has(full) and full not in folders:
                    yield path, number, f"{target} does not exist"
                elif anchor and tree.has(full) and anchor not in _anchors(tree.text(full)):
                    yield path, number, f"{target} has no such heading"


def _parents(folder):
    while folder:
        yield folder
        folder = os.path.dirname(folder)


@rule("decisions-numbered",
      "docs/decisions/NNNN-title.md counts from 0001 without a gap and opens with "
      "`# NNNN. Title`; a decision that was replaced stays and says by which")
def check_decisions(tree):
    paths = tree.matching(r"docs/decisions/.*")
    for expected, path in enumerate(paths, 1):
        number = f"{expected:04d}"
        if not re.fullmatch(rf"docs/decisions/{number}-[a-z0-9-]+\.md", path):
            yield path, 1, f"is not docs/decisions/{number}-title.md"
        elif not tree.text(path).startswith(f"# {number}. "):
            yield path, 1, f"does not open with `# {number}. Title`"


@rule("protocol-rule-exists",
      "cite a rule that docs/protocol.md has: `protocol.md N`, or `protocol.md N-M`")
def check_citations(tree):
    if not tree.has("docs/protocol.md"):
        return
    numbers = re.findall(r"^(\d+)\. ", tree.text("docs/protocol.md"), re.M)
    rules = {int(number) for number in numbers}
    for path in tree.matching(r".*\.(c|h|proto|py|md)"):
        for line_number, line in enumerate(tree.lines(path), 1):
            for cited in re.findall(r"protocol\.md (\d+)", line):
                if int(cited) not in rules:
                    yield path, line_number, f"protocol.md has no rule {cited}"


@rule("test-folder-is-explained", "say in tests/README.md which question the folder answers")
def check_tests_readme(tree):
    readme = tree.text("tests/README.md") if tree.has("tests/README.md") else ""
    folders = {path.split("/")[1] for path in tree.matching(r"tests/[^/]+/.*")}
    for folder in sorted(folders):
        if f"`{folder}/`" not in readme:
            yield "tests/README.md", 1, f"`{folder}/` is not in it"
