"""The repository as the rules see it: files, their text, C code without comments or strings.

Files are those that git tracks and those it would track: what .gitignore names is not the
repository. Without git (an unpacked archive) the folders are walked instead.
"""
import os
import re
import subprocess

# Inputs of fuzz targets are bytes, even where they look like text.
CORPORA = ("tests/fuzz/corpus/", "tests/fuzz/found/")
SKIPPED_FOLDERS = {".git", "build", ".netra", "__pycache__"}

# One token that hides code from the rules: a comment, a string, a character.
_HIDING = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
# A preprocessor line with its continuations.
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE | re.DOTALL)


def _blank(text):
    """The same length and the same lines, nothing to see."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return _HIDING.sub(
        lambda m: _blank(m.group()) if m.group().startswith("/") else m.group(), text)


def without_comments_and_strings(text):
    return _HIDING.sub(
        lambda m: _blank(m.group()) if m.group().startswith("/")
        else m.group()[0] + _blank(m.group()[1:-1]) + m.group()[-1], text)


def without_directives(text):
    return _DIRECTIVE.sub(lambda m: _blank(m.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def _listed_by_git(root):
    answer = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        stdout=subprocess.PIPE, check=True)
    return [path for path in answer.stdout.decode().split("\0") if path]


def _walked(root):
    paths = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
        paths += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return paths


class Tree:
    """Paths are relative to the root, sorted; only regular files whose bytes are UTF-8 text."""

    def __init__(self, root):
        self.root = root
        in_git = os.path.exists(os.path.join(root, ".git"))
        listed = _listed_by_git(root) if in_git else _walked(root)
        self._texts, self._kept = {}, {}
        for path in sorted(set(listed)):
            if path.startswith(CORPORA):
                continue
            full = os.path.join(root, path)
            if os.path.isfile(full) and not os.path.islink(full):
                with open(full, "rb") as file:
                    content = file.read()
                if b"\0" not in content:
                    self._texts[path] = content.decode("utf-8", errors="replace")
        self.paths = list(self._texts)

    def text(self, path):
        return self._texts[path]

    def has(self, path):
        return path in self._texts

    def matching(self, pattern):
        """Paths that match the regular expression as a whole."""
        matcher = re.compile(pattern)
        return [path for path in self.paths if matcher.fullmatch(path)]

    def _keep(self, kind, path, function):
        if (kind, path) not in self._kept:
            self._kept[kind, path] = function()
        return self._kept[kind, path]

    def lines(self, path):
        return self._keep("lines", path, lambda: self._texts[path].split("\n"))

    def code(self, path):
        """C without comments and without the insides of strings."""
        return self._keep("code", path, lambda: without_comments_and_strings(self._texts[path]))

    def code_and_strings(self, path):
        return self._keep("strings", path, lambda: without_comments(self._texts[path]))

    def is_executable(self, path):
        return os.access(os.path.join(self.root, path), os.X_OK)
