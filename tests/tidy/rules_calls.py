"""Calls that are not made here, each with what is called instead."""
import re

from rule import declare_words, rule
from tree import line_of

OUR_C = r"(common|services|tests)/.*\.[ch]"

# Files that may allocate or free beside the arena: path -> (calls, the reason).
ALLOCATION_ALLOWED = {
    "common/transport/transport_zmq.c":
        (r"calloc|free", "one state of a fixed size, made at start, which outlives every arena"),
}

# name, instead, (calls, paths where they may stand)
BANNED = [
    ("no-allocation",
     "take memory from the turn's arena (common/base/arena.h), or give state a fixed size; what "
     "can't is listed with its reason in tests/tidy/rules_calls.py",
     (r"malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|free|strdup|strndup"
      r"|asprintf|vasprintf|alloca",
      r"common/base/arena\.c|tests/.*")),
    ("no-unbounded-text",
     "use snprintf with the buffer's size and look at its result, or memcpy with a checked length",
     (r"strcpy|stpcpy|strcat|strncat|strncpy|sprintf|vsprintf|gets", r"")),
    ("no-strtok", "walk the text with strcspn and strspn: strtok hides state and writes into it",
     (r"strtok|strtok_r|strsep", r"")),
    ("no-unchecked-number",
     "use strtoull or strtoll and check end, range and errno: atoi can't say that it failed",
     (r"atoi|atol|atoll|atof|sscanf|scanf|fscanf", r"")),
    ("no-shell", "use posix_spawn with an argument list: a shell reads what users typed",
     (r"system|popen|wordexp", r"")),
    ("no-sleep", "wait for a condition with a deadline: poll, the transport's wait, a timer",
     (r"sleep|usleep|nanosleep|clock_nanosleep", r"")),
    ("no-weak-random", "fill from a struct random_source (common/base/random.h)",
     (r"rand|srand|rand_r|random|srandom|drand48|lrand48", r"")),
    ("no-clock",
     "take a struct clock as a parameter (common/base/clock.h); the edge reads it once",
     (r"time|gettimeofday|clock_gettime|clock|timespec_get", r"common/base/clock\.c|tests/.*")),
    ("no-stdout",
     "services write to their log alone (common/base/log.h); only the command prints",
     (r"printf|puts|putchar|vprintf",
      r"services/netra/.*|tests/.*|common/service/service_main\.c")),
    ("no-raw-sql-call", "use common/store/store.h: its statements map every code to a status",
     (r"sqlite3_exec|sqlite3_prepare\w*|sqlite3_step|sqlite3_get_table|sqlite3_open\w*",
      r"common/store/.*|tests/.*")),
    ("no-assert", "use INVARIANT (common/base/invariant.h): it stays on in a release",
     (r"assert", r"tests/.*")),
    ("no-jump", "return early; handles are released by CLEANUP (common/base/cleanup.h)",
     (r"longjmp|setjmp|siglongjmp|sigsetjmp", r"")),
    ("no-exit", "return a status to the caller; the program's end is main's return",
     (r"exit|quick_exit|atexit",
      r"common/base/fault_point\.c|services/[a-z-]+/\w+_main\.c|tests/.*")),
]


def _check_of(row):
    calls, allowed = row
    # Not a member (`clock->time(…)`), not a declaration's own name after a type is excused.
    call = re.compile(rf"(?<![\w.>])({calls})\s*\(")

    def check(tree):
        for path in tree.matching(OUR_C):
            if allowed and re.fullmatch(allowed, path):
                continue
            code = tree.code(path)
            for match in call.finditer(code):
                if re.fullmatch(ALLOCATION_ALLOWED.get(path, ("",))[0], match.group(1)):
                    continue
                yield path, line_of(code, match.start()), f"{match.group(1)}() is called"
    return check


declare_words(BANNED, _check_of)


@rule("no-goto", "return early; handles are released by CLEANUP (common/base/cleanup.h)")
def check_goto(tree):
    for path in tree.matching(OUR_C):
        code = tree.code(path)
        for match in re.finditer(r"\bgoto\b", code):
            yield path, line_of(code, match.start()), "goto stands here"


@rule("allowed-list-holds", "take the file off the list in tests/tidy/rules_calls.py")
def check_allowed_list(tree):
    if not tree.has("tests/tidy/rules_calls.py"):
        return
    for path, (calls, _) in ALLOCATION_ALLOWED.items():
        if not tree.has(path) or not re.search(rf"(?<![\w.>])({calls})\s*\(", tree.code(path)):
            yield "tests/tidy/rules_calls.py", 1, f"{path} is allowed {calls} and does not call it"


@rule("no-sleep-in-tests",
      "wait for a condition with a deadline; a poll's pause is a named constant in the waiting "
      "helper, never a number at the call")
def check_sleeping_tests(tree):
    pause = re.compile(r"\b(?:time\.)?sleep\b *\(? *[0-9]")
    for path in tree.matching(r"(tests|deploy|\.ci)/.*"):
        if path.endswith((".c", ".h", ".md")):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            if pause.search(line.split("#")[0]):
                yield path, number, "a test sleeps for a fixed time"


@rule("no-own-enum-default",
      "name every enumerator and drop `default:`: the compiler then finds the switch that a new "
      "one needs (an integer from the wire keeps its `default:`, which rejects)")
def check_default(tree):
    files = tree.matching(OUR_C)
    headers = "\n".join(tree.code(path) for path in files if path.endswith(".h"))
    for path in files:
        code = tree.code(path)
        for match in re.finditer(r"\bswitch\s*\(([^{]*)\)\s*\{", code):
            body, start = _block_after(code, match.start(1))
            default = re.search(r"\bdefault\s*:", _without_inner_switches(body))
            if default and _is_own_enum(match.group(1), code, headers):
                yield path, line_of(code, start + default.start()), "default: over our own enum"


def _is_own_enum(expression, code, headers):
    """Whether the expression's last name is declared with an enum type, as text can tell."""
    names = re.findall(r"[a-z_]\w*", expression)
    if not names:
        return False
    declared = re.compile(rf"\benum \w+ \**{names[-1]}\b")
    integer = re.compile(rf"\b(u?int\d*_t|size_t|unsigned|int|long|char) \**{names[-1]}\b")
    return bool(declared.search(code) or declared.search(headers)) and not integer.search(code)


def _block_after(code, offset):
    """The braces' content after the parenthesis that is open at offset, and where it starts."""
    depth = 1
    while offset < len(code) and depth:
        depth += {"(": 1, ")": -1}.get(code[offset], 0)
        offset += 1
    start = code.find("{", offset)
    if start < 0 or code[offset:start].strip():
        return "", offset
    depth, end = 1, start + 1
    while end < len(code) and depth:
        depth += {"{": 1, "}": -1}.get(code[end], 0)
        end += 1
    return code[start + 1:end - 1], start + 1


def _without_inner_switches(body):
    for match in list(re.finditer(r"\bswitch\s*\(", body)):
        inner, start = _block_after(body, match.end())
        body = body[:start] + re.sub(r"[^\n]", " ", inner) + body[start + len(inner):]
    return body
