"""Which file may know which: layers, pure parts, the only places for SQL and protobuf."""
import re

from rule import rule
from tree import line_of

# The edges of a service: X_main.c, X_wire.c, X_store.c and whatever else begins with X_, the
# service's own name, and these by name. Every other file of its folder is pure.
EDGE_FILES = r"channel_\w+\.[ch]|lease_desk\.[ch]"
# Programs that are edges as a whole: they ask at doors and keep nothing.
EDGE_FOLDERS = ("netra", "worker")
# Parts of common/ that are pure: no store, no protobuf, no clock.
PURE_COMMON = (
    r"common/delivery/(window|inbox|retry|entry_queue|position)\.[ch]"
    r"|common/service/disk\.[ch]")

# folder -> what it may include of ours
MAY_INCLUDE = {
    "common/base": r"common/base/.*",
    "common/store": r"common/(base|store)/.*",
    "common/wire": r"common/(base|wire)/.*",
    "common/case": r"common/(base|wire|case)/.*|netra/v1/.*",
    "common/transport": r"common/(base|transport)/.*|common/wire/limits\.h",
    "common/delivery": r"common/(base|store|wire|delivery)/.*|netra/v1/.*",
    "common/service": r"common/.*|netra/v1/.*",
}

# A service that may know a part of another's pure domain: folder -> allowed headers
MAY_BORROW = {
    "worker": r"services/classification/"
              r"(classification|verdict|ruleset|classification_(tables|wire))\.h",
    "netra": r"services/audit-log/(note|checkpoint|tile|tiles)\.h"
        r"|services/intake/receipt_tree\.h"
        r"|services/classification/(verdict|ruleset|classification_tables)\.h"
        r"|services/notification/(routing|notification_tables)\.h"
        r"|services/(intake|classification|notification)/\w+_store\.h",
}

NOT_PURE = (
    r"sqlite3\.h|zmq\.h|czmq\.h|.*\.pb-c\.h|protobuf-c/.*|microhttpd\.h|cyaml/.*|jansson\.h"
    r"|unistd\.h|fcntl\.h|time\.h|sys/.*|pthread\.h"
    r"|common/(service|store|transport|delivery)/.*|common/base/(log|fault_point)\.h"
    r"|(?:.*/)?\w+_(wire|store|main)\.h")

SEES_PROTOBUF = (
    r".*_wire\.[ch]|common/delivery/link_\w+\.c|common/(service|case)/.*"
    r"|services/(netra|worker)/.*|tests/.*")

PLAIN_FILE = "tests/bench/mechanism_plain.c"

HOLDS_SQL = (
    r".*_store\.[ch]|common/(store|delivery)/.*|common/service/register\w*\.c|tests/.*")


def _includes(tree, path):
    text = tree.code_and_strings(path)
    for match in re.finditer(r"^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"\n]+)[>\"]", text, re.M):
        yield line_of(text, match.start()), match.group(1), match.group(2)


def _is_pure(path):
    if re.fullmatch(PURE_COMMON, path):
        return True
    match = re.fullmatch(r"services/([a-z-]+)/([a-z0-9_]+\.[ch])", path)
    if not match or match.group(1) in EDGE_FOLDERS:
        return False
    is_edge = match.group(2).startswith(match.group(1).replace("-", "_") + "_")
    return not is_edge and not re.fullmatch(EDGE_FILES, match.group(2))


@rule("layers-look-down",
      "base < store, wire < delivery < service, and transport stands on base (common/README.md): "
      "move the shared piece down, or pass it in as a parameter or a struct of functions")
def check_layers(tree):
    for path in tree.matching(r"common/.*\.[ch]"):
        layer = "/".join(path.split("/")[:2])
        if layer not in MAY_INCLUDE:
            yield path, 1, f"{layer}/ is no layer that tests/tidy/rules_layers.py knows"
            continue
        for line, quote, name in _includes(tree, path):
            is_ours = quote == '"' and "/" in name
            if is_ours and not re.fullmatch(MAY_INCLUDE[layer], name):
                yield path, line, f"{layer}/ includes {name}"


@rule("include-by-full-path", "write the path from the repository's root: \"common/base/view.h\"")
def check_full_paths(tree):
    for path in tree.matching(r"(common|services)/.*\.[ch]"):
        for line, quote, name in _includes(tree, path):
            is_generated = name.endswith(".pb-c.h")
            if quote == '"' and not is_generated and not tree.has(name):
                yield path, line, f"{name} is no file of the repository"


@rule("services-apart",
      "a service knows another's messages (proto/), never its code; what two need lies in common/")
def check_services(tree):
    for path in tree.matching(r"services/.*\.[ch]"):
        folder = path.split("/")[1]
        for line, _, name in _includes(tree, path):
            other = re.match(r"services/([a-z-]+)/", name)
            borrowed = folder in MAY_BORROW and re.fullmatch(MAY_BORROW[folder], name)
            if other and other.group(1) != folder and not borrowed:
                yield path, line, f"services/{folder}/ includes {name}"


@rule("domain-is-pure",
      "rules take values and yield values: translate in X_wire.c, keep in X_store.c, act in "
      "X_main.c; time and chance come as parameters")
def check_pure(tree):
    for path in filter(_is_pure, tree.paths):
        for line, _, name in _includes(tree, path):
            if re.fullmatch(NOT_PURE, name) and not re.fullmatch(PURE_COMMON, name):
                yield path, line, f"a pure file includes {name}"


@rule("protobuf-at-the-edge",
      "include generated headers in X_wire.c alone and give the rest a struct of its own")
def check_protobuf(tree):
    for path in tree.matching(r"(common|services|tests)/.*\.[ch]"):
        if re.fullmatch(SEES_PROTOBUF, path):
            continue
        for line, _, name in _includes(tree, path):
            if name.endswith(".pb-c.h"):
                yield path, line, f"{name} is included"


@rule("sql-in-the-store-file",
      "put statements and migrations into X_store.c (common: store/, delivery/, register) and "
      "call them by what they mean")
def check_sql(tree):
    statement = re.compile(
        r'"\s*(SELECT\s|INSERT\s+(OR\s|INTO\s)|REPLACE\s+INTO\s|UPDATE\s+\w+\s+SET'
        r'|DELETE\s+FROM\s'
        r'|CREATE\s+(TABLE|INDEX|UNIQUE|TRIGGER|VIEW)|ALTER\s+TABLE\s|DROP\s+(TABLE|INDEX)'
        r'|PRAGMA\s|BEGIN\s+IMMEDIATE|SAVEPOINT\s|WITH\s+(RECURSIVE\s|\w+\s+AS))')
    for path in tree.matching(r"(common|services|tests)/.*\.[ch]"):
        if re.fullmatch(HOLDS_SQL, path):
            continue
        text = tree.code_and_strings(path)
        for match in statement.finditer(text):
            yield path, line_of(text, match.start()), "SQL stands here"


@rule("curve-alone",
      "every connection of Netra's is CURVE's: only tests/bench measures one without, in targets "
      "that nothing else links")
def check_curve(tree):
    for path in tree.matching(r"(common|services|tests)/.*\.[ch]"):
        if path == PLAIN_FILE:
            continue
        code = tree.code(path)
        for match in re.finditer(r"\bZMQ_(PLAIN|GSSAPI)\w*", code):
            yield path, line_of(code, match.start()), f"{match.group()} stands here"
    for path in tree.matching(r"(.*/)?CMakeLists\.txt|.*\.cmake"):
        if path.startswith("tests/bench/"):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            if re.search(r"mechanism_plain|_plain\b", line):
                yield path, number, "links what encrypts nothing"


@rule("no-source-include", "compile the file as a source of the target; test it by its header")
def check_source_include(tree):
    for path in tree.matching(r"(common|services|tests)/.*\.[ch]"):
        for line, _, name in _includes(tree, path):
            if name.endswith(".c"):
                yield path, line, f"{name} is included"


@rule("no-wrapped-symbols", "pass a struct of functions (clock, transport, random_source) instead")
def check_wrap(tree):
    option = "--" + "wrap"
    for path in tree.matching(r"(.*/)?CMakeLists\.txt|.*\.cmake|CMakePresets\.json"):
        for number, line in enumerate(tree.lines(path), 1):
            if option in line:
                yield path, number, f"the linker's {option} replaces a symbol"
