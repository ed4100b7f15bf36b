"""What must be complete: statuses, fault points, mutants, services, proto files."""
import re

from rule import rule
from tree import line_of

STATUS_FILE = "common/base/status.h"
FAULT_FILE = "common/base/fault_point.h"
MUTANT_FILE = "common/base/mutant.h"
MUTANT_TABLE = "tests/mutants/table"
TESTS = r"tests/(?!tidy/).*"


def _rows(tree, path, list_name):
    """The X(name, …) rows of an X-macro, each with its line."""
    if not tree.has(path):
        return
    text = tree.code_and_strings(path)
    begin = text.find(f"#define {list_name}(X)")
    if begin < 0:
        return
    end = re.compile(r"[^\\]\n").search(text, begin)
    for match in re.finditer(r"\bX\(\s*(\w+)\s*,", text[begin:end.end() if end else len(text)]):
        yield match.group(1), line_of(text, begin + match.start())


def _test_texts(tree):
    return [tree.text(path) for path in tree.matching(TESTS) if not path.endswith(".md")]


@rule("status-is-tested",
      "provoke it in a test and name it there: STATUS_X in C, \"X\" in Python; or take the status "
      "off the list")
def check_statuses(tree):
    texts = _test_texts(tree)
    for name, line in _rows(tree, STATUS_FILE, "STATUS_LIST"):
        named = re.compile(rf"\bSTATUS_{name}\b|[\"' ]{name}\b")
        if not any(named.search(text) for text in texts):
            yield STATUS_FILE, line, f"{name} is in no test"


@rule("status-is-used", "return it somewhere, or take it off the list")
def check_statuses_used(tree):
    texts = [tree.code(path) for path in tree.matching(r"(common|services)/.*\.[ch]")]
    for name, line in _rows(tree, STATUS_FILE, "STATUS_LIST"):
        used = re.compile(rf"\bSTATUS_{name}\b")
        if not any(used.search(text) for text in texts):
            yield STATUS_FILE, line, f"nothing yields STATUS_{name}"


@rule("fault-point-stands-once",
      "a point names one place: put FAULT_POINT(name) where its row says, and nowhere else")
def check_fault_points(tree):
    texts = [tree.code(path) for path in tree.matching(r"(common|services)/.*\.c")]
    for name, line in _rows(tree, FAULT_FILE, "FAULT_POINT_LIST"):
        passed = re.compile(rf"\bFAULT_POINT(?:_KEYED|_STATUS)?\(\s*{name}\b")
        count = sum(len(passed.findall(text)) for text in texts)
        if count != 1:
            yield FAULT_FILE, line, f"{name} stands at {count} places"


@rule("fault-point-is-tested", "arm it by its name in a test (tests/crash), or drop the point")
def check_fault_tests(tree):
    texts = _test_texts(tree)
    for name, line in _rows(tree, FAULT_FILE, "FAULT_POINT_LIST"):
        if not any(re.search(rf"\b{name}\b", text) for text in texts):
            yield FAULT_FILE, line, f"{name} is in no test"


@rule("mutant-stands-once",
      "a mutant is one mistake: put MUTANT(name) at the one place where it would be made; a name "
      "that is on no list is false everywhere")
def check_mutants(tree):
    listed = dict(_rows(tree, MUTANT_FILE, "MUTANT_LIST"))
    places = {}
    for path in tree.matching(r"(common|services)/.*\.c"):
        code = tree.code(path)
        for match in re.finditer(r"\bMUTANT\(\s*(\w+)", code):
            places.setdefault(match.group(1), []).append((path, line_of(code, match.start())))
    for name, line in listed.items():
        if len(places.get(name, ())) != 1:
            yield MUTANT_FILE, line, f"{name} stands at {len(places.get(name, ()))} places"
    for name in places.keys() - listed.keys():
        yield (*places[name][0], f"MUTANT_LIST has no {name}")


@rule("mutant-is-killed",
      "say in tests/mutants/table which test notices it; a name there is one of MUTANT_LIST")
def check_mutant_table(tree):
    listed = dict(_rows(tree, MUTANT_FILE, "MUTANT_LIST"))
    lines = tree.lines(MUTANT_TABLE) if tree.has(MUTANT_TABLE) else []
    rows = {words[0]: number for number, words in
            enumerate((line.split("#")[0].split() for line in lines), 1) if words}
    for name in listed.keys() - rows.keys():
        yield MUTANT_FILE, listed[name], f"{name} has no killer"
    for name in rows.keys() - listed.keys():
        yield MUTANT_TABLE, rows[name], f"MUTANT_LIST has no {name}"


@rule("decoder-is-fuzzed",
      "give it to a target of tests/fuzz, and name the file in the table of tests/fuzz/README.md")
def check_decoders(tree):
    readme = "tests/fuzz/README.md"
    for path in tree.matching(r"(common|services)/.*_wire\.c") if tree.has(readme) else ():
        if f"`{path.split('/')[-1]}`" not in tree.text(readme):
            yield path, 1, f"{readme} does not name it"


# What a service's folder holds beside its README and CMakeLists.txt; NAME has _ for -.
SERVICE_FILES = ("{name}.h", "{name}.c", "{name}_wire.c", "{name}_store.c", "{name}_main.c")
PROGRAM_FILES = {"worker": ("{name}_main.c",), "netra": ("{name}_main.c",)}


@rule("service-is-complete",
      "a service's folder has README.md, CMakeLists.txt, the pure X.h and X.c, X_wire.c, "
      "X_store.c and X_main.c (worker and netra: X_main.c)")
def check_services(tree):
    folders = {path.split("/")[1] for path in tree.matching(r"services/[^/]+/.*")}
    for folder in sorted(folders):
        name = folder.replace("-", "_")
        wanted = PROGRAM_FILES.get(folder, SERVICE_FILES) + ("README.md", "CMakeLists.txt")
        for file in wanted:
            path = f"services/{folder}/{file.format(name=name)}"
            if not tree.has(path):
                yield path, 1, "is absent"


@rule("service-readme",
      "a service's README says under these very words what it consumes, produces, keeps, refuses, "
      "and its limits")
def check_service_readmes(tree):
    for path in tree.matching(r"services/[^/]+/README\.md"):
        for word in ("consumes", "produces", "keeps", "refuses", "limits"):
            if word not in tree.text(path).lower():
                yield path, 1, f"the word `{word}` is absent"


def _declarations(text):
    """(kind, name, first value or '', line, is_commented) of enums, messages, fields, values."""
    lines = text.split("\n")
    inside = []  # names of the open blocks, kinds first
    for number, line in enumerate(lines, 1):
        bare = re.sub(r"//.*", "", line).strip()
        above = lines[number - 2].strip() if number > 1 else ""
        is_commented = "//" in line or above.startswith("//")
        block = re.match(r"(message|enum|oneof)\s+(\w+)\s*\{", bare)
        if block:
            inside.append((block.group(1), block.group(2)))
            yield block.group(1), block.group(2), "", number, is_commented
        elif inside and re.match(r"[\w.<>, ]+=\s*-?\d+", bare):
            name, value = re.search(r"(\w+)\s*=\s*(-?\d+)", bare).groups()
            kind = "value" if inside[-1][0] == "enum" else "field"
            yield kind, f"{inside[-1][1]}.{name}", value, number, is_commented
        for _ in range(bare.count("}")):
            if inside:
                inside.pop()


@rule("proto-is-commented",
      "say above it or beside it what it means, with its unit: contracts are read by people who "
      "have no code")
def check_proto_comments(tree):
    for path in tree.matching(r"proto/.*\.proto"):
        for kind, name, value, line, is_commented in _declarations(tree.text(path)):
            is_zero = kind == "value" and value == "0"
            if not is_commented and not is_zero and kind != "oneof":
                yield path, line, f"{kind} {name} has no comment"


@rule("proto-enum-zero", "begin each enum with ITS_NAME_UNSPECIFIED = 0: absent is not a value")
def check_proto_zero(tree):
    for path in tree.matching(r"proto/.*\.proto"):
        expected, line_of_enum = None, 0
        for kind, name, value, line, _ in _declarations(tree.text(path)):
            if kind == "enum":
                expected = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper() + "_UNSPECIFIED"
                line_of_enum = line
            elif expected:
                if kind != "value" or name.split(".")[1] != expected or value != "0":
                    yield path, line_of_enum, f"the first value is not {expected} = 0"
                expected = None


@rule("proto-presence",
      "proto3 without `optional` and `required`: an absent field is its zero, and the edge checks "
      "that what must be there is there")
def check_proto_presence(tree):
    for path in tree.matching(r"proto/.*\.proto"):
        text = re.sub(r"//[^\n]*", "", tree.text(path))
        for match in re.finditer(r"^\s*(optional|required)\s", text, re.M):
            yield path, line_of(text, match.start(1)), f"`{match.group(1)}`"
        if 'syntax = "proto3";' not in text or not re.search(r"^package netra\.v\d+;", text, re.M):
            yield path, 1, "is not proto3 in package netra.vN"


@rule("proto-readme-lists-all", "add a row to the table of proto/README.md")
def check_proto_readme(tree):
    files = tree.matching(r"proto/.*\.proto")
    readme = tree.text("proto/README.md") if tree.has("proto/README.md") else ""
    for path in files:
        if path.split("/")[-1] not in readme:
            yield path, 1, "is not in proto/README.md"
    for name in set(re.findall(r"`(\w+\.proto)`", readme)):
        if not any(path.endswith("/" + name) for path in files):
            yield "proto/README.md", 1, f"{name} is listed and does not exist"
