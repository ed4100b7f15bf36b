"""What proves the rules: a small tree that keeps them all, and changes to it that break one each.

A row is (rule, sentence, {path: text}); None as text takes the file away. A row whose rule is None
is innocent: it looks like a violation and must not be reported. Paths in RUN_BITS are executable.
"""

# Words that must not stand in this file as they are: they would be findings themselves.
UNFINISHED = "TO" "DO"
MACHINE = "/ho" "me/somebody/netra"
PASS_OVER = "|| tr" "ue"
PAUSE = "slee" "p 1"

RUN_BITS = {"tests/run", "deploy/up"}


def c_file(body):
    return "/* What it is for. */\n" + body


def header(guard, body=""):
    return f"/* What it is for. */\n#ifndef {guard}\n#define {guard}\n{body}\n#endif\n"


def function(body, name="work"):
    return c_file(f"int {name}(int value)\n{{\n{body}\n}}\n")


SERVICE = "Consumes, produces, keeps, refuses; limits: none.\n"

CLEAN = {
    "README.md":
        "# Netra\n\nTry `deploy/up`, then `tests/run`. See [docs](docs/glossary.md#words).\n",
    "docs/glossary.md": "# Glossary\n\n## Words\n",
    "docs/protocol.md": "# Protocol\n\n1. The first rule.\n",
    "docs/decisions/0001-first.md": "# 0001. First\n",
    "docs/decisions/0002-second.md": "# 0002. Second\n",
    "CMakeLists.txt": "project(netra)\n",
    "deploy/up": "#!/usr/bin/env bash\n# Starts it.\nset -euo pipefail\n",
    "tests/README.md":
        "# Tests\n\n`unit/` asks whether parts work, `mutants/` whether tests do.\n",
    "tests/run": "#!/usr/bin/env bash\n# Tests it.\nset -euo pipefail\n",
    "tests/unit/status_test.c":
        c_file("int a = STATUS_OK;\nint b = STATUS_GONE;\nint c; /* began */\n"),
    "common/base/status.h": header(
        "NETRA_BASE_STATUS_H",
        '#define STATUS_LIST(X)     \\\n    X(OK, "done")          \\\n    X(GONE, "gone")\n'
        "enum colour { COLOUR_RED, COLOUR_BLUE };\n"),
    "common/base/fault_point.h": header(
        "NETRA_BASE_FAULT_POINT_H",
        '#define FAULT_POINT_LIST(X) \\\n    X(began, "after begin")\n'),
    "common/base/work.c": function(
        "    FAULT_POINT(began);\n    return value ? STATUS_OK : STATUS_GONE;"),
    "common/base/mutant.h": header(
        "NETRA_BASE_MUTANT_H",
        '#define MUTANT_LIST(X) \\\n    X(too_late, "it is late", "promise 1")\n'),
    "common/base/wait.c": function("    return MUTANT(too_late) ? 0 : value;", "wait_for"),
    "tests/mutants/table": "# Who notices it.\ntoo_late unit unit_wait\n",
    "services/intake/README.md": SERVICE,
    "services/intake/CMakeLists.txt": "netra_program(netra-intake)\n",
    "services/intake/intake.h": header("NETRA_INTAKE_INTAKE_H"),
    "services/intake/intake.c": c_file('#include "services/intake/intake.h"\n'),
    "services/intake/intake_wire.c": c_file('#include "netra/v1/link.pb-c.h"\n'),
    "services/intake/intake_store.c": c_file('const char *text = "SELECT 1";\n'),
    "services/intake/intake_main.c": c_file("int main(void);\n"),
    "proto/README.md": "# Contracts\n\n`link.proto`\n",
    "proto/netra/v1/link.proto":
        "// Links.\nsyntax = \"proto3\";\npackage netra.v1;\n\n// Kinds.\nenum LinkKind {\n"
        "  LINK_KIND_UNSPECIFIED = 0;\n  LINK_KIND_ONE = 1;  // one\n}\n\n// A link.\n"
        "message Link {\n  uint64 seq = 1;  // its number\n}\n",
}


def _proto(text):
    opening = "// Links.\nsyntax = \"proto3\";\npackage netra.v1;\n"
    return {"proto/netra/v1/link.proto": opening + text}


def _call(rule, call, path="common/base/other.c"):
    return rule, f"{call} in {path}", {path: function(f"    {call};\n    return value;")}


CALLS = [
    _call("no-allocation", "malloc(1)"),
    _call("no-allocation", "strdup(name)", "services/intake/intake_main.c"),
    _call("no-unbounded-text", "strcpy(to, from)"),
    _call("no-unbounded-text", "sprintf(to, from)", "tests/unit/other_test.c"),
    _call("no-strtok", "strtok(text, blanks)"),
    _call("no-unchecked-number", "atoi(text)"),
    _call("no-shell", "system(text)"),
    _call("no-sleep", "usleep(1)"),
    _call("no-weak-random", "rand()"),
    _call("no-clock", "time(NULL)"),
    _call("no-clock", "clock_gettime(which, &now)", "common/service/loop.c"),
    _call("no-stdout", "printf(text)"),
    _call("no-raw-sql-call", "sqlite3_exec(database, text)", "services/intake/intake_store.c"),
    _call("no-assert", "assert(value)"),
    _call("no-jump", "longjmp(place, 1)"),
    _call("no-exit", "exit(1)"),
    ("no-goto", "goto instead of an early return", {
        "common/base/other.c": function("    goto end;\nend:\n    return value;")}),
    ("allowed-list-holds", "a file on the list that does not allocate", {
        "tests/tidy/rules_calls.py": '"""Rules."""\n',
        "tests/README.md": "# Tests\n\n`mutants/`, `unit/` and `tidy/`.\n"}),
    ("no-sleep-in-tests", "a script that waits for a fixed time", {
        "tests/unit/wait.py": f'"""Waits."""\ntime.{PAUSE.replace(" ", "(")})\n'}),
    ("no-sleep-in-tests", "a shell script that waits for a fixed time", {
        "deploy/up": CLEAN["deploy/up"] + PAUSE + "\n"}),
    ("no-own-enum-default", "default: over an enum of ours", {
        "common/base/other.c": c_file(
            "int paint(enum colour colour)\n{\n    switch (colour) {\n    case COLOUR_RED:\n"
            "        return 1;\n    default:\n        return 0;\n    }\n}\n")}),
    (None, "default: over an integer from the wire", {
        "common/base/other.c": function(
            "    switch (value) {\n    case COLOUR_RED:\n        return 1;\n    default:\n"
            "        return 0;\n    }")}),
    (None, "banned words in comments, strings, members and longer names", {
        "common/base/other.c": function(
            '    /* malloc(1) and goto */\n    say("system(1)");\n    clock->time(1);\n'
            "    arena_free(value);\n    return value;")}),
]

LAYERS = [
    ("layers-look-down", "base includes the store", {
        "common/base/other.c": c_file('#include "common/store/store.h"\n'),
        "common/store/store.h": header("NETRA_STORE_STORE_H")}),
    ("layers-look-down", "transport includes more of wire than its limits", {
        "common/transport/other.c": c_file('#include "common/wire/seal.h"\n'),
        "common/wire/seal.h": header("NETRA_WIRE_SEAL_H")}),
    ("layers-look-down", "delivery includes transport", {
        "common/delivery/link.c": c_file('#include "common/transport/transport.h"\n'),
        "common/transport/transport.h": header("NETRA_TRANSPORT_TRANSPORT_H")}),
    ("layers-look-down", "common includes a service", {
        "common/service/other.c": c_file('#include "services/intake/intake.h"\n')}),
    ("layers-look-down", "a layer that nobody named", {
        "common/extra/other.c": c_file("int a;\n")}),
    ("include-by-full-path", "a header by its bare name", {
        "common/base/other.c": c_file('#include "status.h"\n')}),
    ("services-apart", "a service includes another", {
        "services/netra/README.md": SERVICE, "services/netra/CMakeLists.txt": "a()\n",
        "services/netra/netra_main.c": c_file('#include "services/intake/intake.h"\n')}),
    ("domain-is-pure", "a rule includes SQLite", {
        "services/intake/intake.c": c_file("#include <sqlite3.h>\n")}),
    ("domain-is-pure", "a rule includes the skeleton", {
        "services/intake/rule.c": c_file('#include "common/service/service.h"\n'),
        "common/service/service.h": header("NETRA_SERVICE_SERVICE_H")}),
    ("domain-is-pure", "a pure state machine of delivery includes the store", {
        "common/delivery/window.c": c_file('#include "common/store/store.h"\n'),
        "common/store/store.h": header("NETRA_STORE_STORE_H")}),
    ("protobuf-at-the-edge", "generated code in the store file", {
        "services/intake/intake_store.c": c_file('#include "netra/v1/link.pb-c.h"\n')}),
    ("sql-in-the-store-file", "SQL in a main file", {
        "services/intake/intake_main.c": c_file('const char *text = "DELETE FROM case";\n')}),
    ("curve-alone", "a socket without encryption", {
        "common/transport/other.c": c_file("int option = ZMQ_PLAIN_SERVER;\n")}),
    ("curve-alone", "a program that links the benchmark's transport", {
        "services/intake/CMakeLists.txt": "netra_program(a LINK bench_service_plain)\n"}),
    ("no-source-include", "a test includes a source", {
        "tests/unit/other_test.c": c_file('#include "common/base/work.c"\n')}),
    ("no-wrapped-symbols", "a test wraps a symbol", {
        "CMakeLists.txt": "target_link_options(a PRIVATE -Wl,--" "wrap=time)\n"}),
]

SHAPE = [
    ("line-length", "a line of 100 columns", {
        "common/base/other.c": c_file("/*" + "a" * 98 + "\n*/\n")}),
    (None, "a line of 99 columns", {
        "common/base/other.c": c_file("/*" + "é" * 97 + "\n*/\n")}),
    ("file-length", "a file of 401 lines", {"common/base/other.c": c_file("int a;\n" * 400)}),
    (None, "a file of 400 lines", {"common/base/other.c": c_file("int a;\n" * 399)}),
    ("function-length", "a function of 71 lines", {
        "common/base/other.c": function("    value++;\n" * 67 + "    return value;")}),
    (None, "a function of 70 lines", {
        "common/base/other.c": function("    value++;\n" * 66 + "    return value;")}),
    ("nesting", "five braces deep", {
        "common/base/other.c": function(
            "    if (a) {\nif (b) {\nif (c) {\nif (d) {\n}}}}\n    return 1;")}),
    (None, "four braces deep, and an initialiser within", {
        "common/base/other.c": function(
            "    if (a) {\nif (b) {\nif (c) {\nstruct x y = {.z = {1}};\n}}}\n    return 1;")}),
    ("blanks", "a tab", {"common/base/other.c": c_file("int\ta;\n")}),
    ("blanks", "a blank at a line's end", {"docs/glossary.md": "# Glossary \n\n## Words\n"}),
    ("final-newline", "no newline at the end", {"docs/glossary.md": "# Glossary\n\n## Words"}),
    ("final-newline", "two newlines at the end", {
        "docs/glossary.md": "# Glossary\n\n## Words\n\n"}),
    ("opening-comment", "a C file without one", {"common/base/other.c": "int a;\n"}),
    ("opening-comment", "a script without one", {
        "tests/run": "#!/usr/bin/env bash\nset -euo pipefail\n"}),
    ("include-guard", "a guard of another name", {"common/base/other.h": header("OTHER_H")}),
    ("run-bit", "a script that can't be run", {"tests/more": CLEAN["tests/run"]}),
    ("run-bit", "a run bit on what is no script", {"deploy/up": "text\n"}),
    ("shell-stops", "a failure is passed over", {
        "tests/run": CLEAN["tests/run"] + "make " + PASS_OVER + "\n"}),
    ("shell-stops", "a script that goes on after a failure", {
        "tests/run": "#!/usr/bin/env bash\n# Tests it.\n"}),
]

CONTRACT = [
    ("status-is-tested", "a status that no test names", {
        "tests/unit/status_test.c": c_file("int a = STATUS_OK; /* began */\n")}),
    ("status-is-used", "a status that nothing yields", {
        "common/base/work.c": function("    FAULT_POINT(began);\n    return STATUS_OK;")}),
    ("fault-point-stands-once", "a point that stands nowhere", {
        "common/base/work.c": function("    return value ? STATUS_OK : STATUS_GONE;")}),
    ("fault-point-stands-once", "a point that stands at two places", {
        "common/base/other.c": function("    FAULT_POINT_KEYED(began, 1);\n    return value;")}),
    ("fault-point-is-tested", "a point that no test arms", {
        "tests/unit/status_test.c": c_file("int a = STATUS_OK;\nint b = STATUS_GONE;\n")}),
    ("mutant-stands-once", "a mutant that stands nowhere", {"common/base/wait.c": None}),
    ("mutant-stands-once", "a mutant that stands at two places", {
        "common/base/other.c": function("    return MUTANT(too_late) ? 0 : value;")}),
    ("mutant-stands-once", "a mutant that no list names", {
        "common/base/other.c": function("    return MUTANT(too_early) ? 0 : value;")}),
    ("mutant-is-killed", "a mutant that no test is said to notice", {
        "tests/mutants/table": "# too_late\n"}),
    ("mutant-is-killed", "a killer of a mutant that is gone", {
        "tests/mutants/table": CLEAN["tests/mutants/table"] + "gone unit unit_wait\n"}),
    ("decoder-is-fuzzed", "a decoder that no fuzz target is said to take", {
        "tests/fuzz/README.md": "# Fuzzing\n",
        "tests/README.md": "# Tests\n\n`fuzz/`, `mutants/` and `unit/`.\n"}),
    ("service-is-complete", "a service without its pure file", {"services/intake/intake.c": None}),
    ("service-readme", "a README that does not say what is refused", {
        "services/intake/README.md": "Consumes, produces, keeps; limits: none.\n"}),
    ("proto-is-commented", "a field without a comment", _proto(
        "// A link.\nmessage Link {\n  uint64 seq = 1;\n}\n")),
    ("proto-is-commented", "a message without a comment", _proto(
        "\nmessage Link {\n  uint64 seq = 1;  // its number\n}\n")),
    ("proto-enum-zero", "an enum whose zero means something", _proto(
        "// Kinds.\nenum LinkKind {\n  LINK_KIND_ONE = 0;  // one\n}\n")),
    ("proto-presence", "an optional field", _proto(
        "// A link.\nmessage Link {\n  optional uint64 seq = 1;  // its number\n}\n")),
    ("proto-readme-lists-all", "a file that the table lacks", {
        "proto/README.md": "# Contracts\n"}),
    ("proto-readme-lists-all", "a row without its file", {
        "proto/README.md": "# Contracts\n\n`link.proto` `gone.proto`\n"}),
]

PAPERS = [
    ("nothing-unfinished", "a word that promises work", {
        "docs/glossary.md": f"## Words\n{UNFINISHED}\n"}),
    ("no-machine-path", "a path of one machine", {"docs/glossary.md": f"## Words\n`{MACHINE}`\n"}),
    ("readme-names-the-commands", "a README without the second command", {
        "README.md": "Try `deploy/up`.\n"}),
    ("link-resolves", "a link to no file", {
        "README.md": CLEAN["README.md"] + "[a](docs/gone.md)\n"}),
    ("link-resolves", "a link to no heading", {
        "README.md": CLEAN["README.md"] + "[a](docs/glossary.md#gone)\n"}),
    ("decisions-numbered", "a gap in the numbers", {
        "docs/decisions/0002-second.md": None, "docs/decisions/0003-third.md": "# 0003. Third\n"}),
    ("protocol-rule-exists", "a citation of no rule", {
        "common/base/other.c": c_file("int a; /* protocol" ".md 99 */\n")}),
    ("test-folder-is-explained", "a test folder without its question", {
        "tests/fuzz/seed.py": '"""Seeds."""\n'}),
]

ROWS = CALLS + LAYERS + SHAPE + CONTRACT + PAPERS
