"""What mutants there are (common/base/mutant.h), and who is to notice each (table)."""
import os
import re
from collections import namedtuple

Mutant = namedtuple("Mutant", "name what rule")


class Killer(namedtuple("Killer", "kind argument")):
    def __str__(self):
        return f"{self.kind} {self.argument}"


def read_list(root):
    """{name: Mutant}, in the list's order."""
    with open(os.path.join(root, "common", "base", "mutant.h"), encoding="utf-8") as file:
        text = file.read()
    rows = re.findall(r'X\((\w+),\s*"([^"]*)",[\s\\]*"([^"]*)"\)', text)
    return {name: Mutant(name, what, rule) for name, what, rule in rows}


def read_table(folder):
    """{name: [Killer]}: a line each, `mutant kind argument…`; # begins a comment."""
    table = {}
    with open(os.path.join(folder, "table"), encoding="utf-8") as file:
        for line in file:
            words = line.split("#")[0].split(maxsplit=2)
            if words:
                table.setdefault(words[0], []).append(Killer(words[1], words[2].strip()))
    return table
