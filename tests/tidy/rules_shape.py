"""How files look: lengths, nesting, blanks, opening comments, guards, run bits."""
import re

from rule import rule
from tree import line_of, without_directives

LINE_COLUMNS_MAX = 99
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
BRACES_MAX = 4  # the function's own pair is the first

# Files that may be longer for now: path -> lines. It only ever shrinks.
FILE_LINES_RATCHET = {}

C_FILES = r"(common|services|tests)/.*\.[ch]"
CODE_FILES = (r"(common|services|tests|deploy|cmake|\.ci)/.*|.*\.(proto|cmake)"
              r"|(.*/)?CMakeLists\.txt")
PAPERS_AND_DATA = r".*\.(md|jsonl?|csv|txt|yaml)|tests/data/.*|LICENSE"


@rule("line-length",
      f"break the line: at most {LINE_COLUMNS_MAX} columns; clang-format does it in C")
def check_line_length(tree):
    for path in tree.matching(CODE_FILES):
        if re.fullmatch(PAPERS_AND_DATA, path) and not path.endswith("CMakeLists.txt"):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            if len(line) > LINE_COLUMNS_MAX:
                yield path, number, f"{len(line)} columns"


@rule("file-length",
      f"split it by noun: at most {FILE_LINES_MAX} lines; a file on the ratchet list "
      "(tests/tidy/rules_shape.py) never grows, and its number follows it down")
def check_file_length(tree):
    for path in tree.matching(r".*\.(c|h|py|proto)|tests/(.*/)?(run|full|prove)|deploy/[a-z]+"):
        count = len(tree.lines(path)) - 1
        allowed = FILE_LINES_RATCHET.get(path)
        if allowed is None and count > FILE_LINES_MAX:
            yield path, FILE_LINES_MAX + 1, f"{count} lines"
        elif allowed is not None and count != allowed:
            yield path, 1, f"{count} lines where the ratchet says {allowed}"


def functions(code):
    """(name, first offset, body, its offset) of each function; code is bare of directives."""
    depth, start, opened, opened_is_function = 0, 0, 0, False
    for match in re.finditer(r"[{};]", code):
        mark = match.group()
        if mark == "{":
            if depth == 0:
                head = code[start:match.start()]
                name = re.search(r"(\w+)\s*\(", head)
                opened_is_function = bool(
                    name and head.rstrip().endswith(")") and "=" not in head.split("(")[0])
                opened = match.start()
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                if opened_is_function:
                    head = code[start:opened]
                    begin = start + len(head) - len(head.lstrip())
                    yield (re.search(r"(\w+)\s*\(", head).group(1), begin,
                           code[opened:match.end()], opened)
                    opened_is_function = False
                start = match.end()
        elif depth == 0:
            start = match.end()


@rule("function-length", f"a function fits a screen, {FUNCTION_LINES_MAX} lines: name its parts")
def check_function_length(tree):
    for path in tree.matching(C_FILES):
        code = without_directives(tree.code(path))
        for name, begin, body, opened in functions(code):
            lines = code.count("\n", begin, opened + len(body)) + 1
            if lines > FUNCTION_LINES_MAX:
                yield path, line_of(code, begin), f"{name} has {lines} lines"


@rule("nesting", f"return early or name the inner part: at most {BRACES_MAX} braces deep")
def check_nesting(tree):
    # Braces of initialisers hold values, not control flow.
    value = re.compile(r"(=|,|\{|\(|return|\((?:const )?(?:struct|enum|union)\s[^()]*\)"
                       r"|\[[^\]]*\]\s*\))\s*$")
    for path in tree.matching(C_FILES):
        code = without_directives(tree.code(path))
        for name, _, body, opened in functions(code):
            stack = []
            for match in re.finditer(r"[{}]", body):
                if match.group() == "}":
                    if stack:
                        stack.pop()
                    continue
                is_value = bool(stack) and (stack[-1] or bool(
                    value.search(body[max(0, match.start() - 80):match.start()])))
                stack.append(is_value)
                if stack.count(False) > BRACES_MAX and not is_value:
                    yield (path, line_of(code, opened + match.start()),
                           f"{name} is {stack.count(False)} braces deep")


@rule("blanks", "indent with spaces, end lines at their last character, with LF alone")
def check_blanks(tree):
    for path in tree.paths:
        if re.fullmatch(r"tests/data/.*|LICENSE", path):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            if "\t" in line:
                yield path, number, "a tab"
            if line != line.rstrip():
                yield path, number, "blanks at the line's end"


@rule("final-newline", "end the file with exactly one newline")
def check_final_newline(tree):
    for path in tree.paths:
        text = tree.text(path)
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield path, len(tree.lines(path)), "the file's end"


@rule("opening-comment",
      "open with a comment that says what the file is for, then Why / Owns / Units / Limits / "
      "Errors where there is something to say")
def check_opening(tree):
    for path in tree.matching(C_FILES):
        if not re.match(r"/\*\n \* \S|/\* \S", tree.text(path)):
            yield path, 1, "no opening comment"
    for path in tree.matching(r"proto/.*\.proto"):
        if not tree.text(path).startswith("// "):
            yield path, 1, "no opening comment"
    for path in tree.paths:
        if re.fullmatch(r"(tests|deploy|\.ci)/.*\.py", path) and not re.match(
                r'(#!.*\n)?"""\S', tree.text(path)):
            yield path, 1, "no docstring"
        elif tree.text(path).startswith("#!") and not re.match(
                r'#!.*\n(# \S|"""\S)', tree.text(path)):
            yield path, 2, "no comment under the interpreter's line"


@rule("include-guard", "name the guard after the path, without its common/ or services/")
def check_guard(tree):
    for path in tree.matching(r"(common|services|tests)/.*\.h"):
        stem = re.sub(r"^(common|services)/", "", path)
        guard = "NETRA_" + re.sub(r"[^A-Z0-9]", "_", stem.upper())
        code = tree.code(path)
        if not re.match(rf"\s*#ifndef {guard}\n#define {guard}\n", code) \
                or not code.rstrip().endswith("#endif"):
            yield path, 1, f"{guard} is not the guard around it all"


@rule("run-bit", "chmod +x what begins with #!, and begin what has a run bit with #!")
def check_run_bit(tree):
    for path in tree.paths:
        has_interpreter = tree.text(path).startswith("#!")
        if has_interpreter != tree.is_executable(path):
            yield path, 1, ("begins with #! and has no run bit" if has_interpreter
                            else "has a run bit and no #!")


@rule("shell-stops", "begin a bash script with `set -euo pipefail`, and let no failure pass")
def check_shell(tree):
    pass_over = re.compile(r"\|\|[ \t]*(true|:)(\s|$)")
    for path in tree.paths:
        if not re.match(r"#!.*\b(ba)?sh\b", tree.text(path)):
            continue
        if not re.search(r"^set -euo pipefail$", tree.text(path), re.M):
            yield path, 1, "`set -euo pipefail` is absent"
        for number, line in enumerate(tree.lines(path), 1):
            if pass_over.search(line.split(" #")[0]):
                yield path, number, "a failure is passed over"
