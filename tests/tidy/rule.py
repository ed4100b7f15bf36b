"""How a rule is declared: a name, what to do instead, a check that yields (path, line, detail)."""

RULES = {}


class Rule:
    def __init__(self, name, instead, check):
        self.name = name
        self.instead = instead
        self.check = check


def rule(name, instead):
    """Declares the decorated generator as a rule; `instead` is told with each of its findings."""
    def declare(check):
        if name in RULES:
            raise ValueError(f"two rules are named {name}")
        RULES[name] = Rule(name, instead, check)
        return check
    return declare


def declare_words(names_and_insteads, check_of):
    """A family of rules that differ in a table row only: check_of(row) makes each one's check."""
    for name, instead, row in names_and_insteads:
        rule(name, instead)(check_of(row))


def findings(tree, names=None):
    """Every (path, line, rule, detail), in the order of paths and lines."""
    found = []
    for name, declared in RULES.items():
        if names is None or name in names:
            found += [(path, line, declared, detail)
                      for path, line, detail in declared.check(tree)]
    return sorted(found, key=lambda one: (one[0], one[1], one[2].name))
