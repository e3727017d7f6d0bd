"""The tables: read, asked and written."""

import textwrap
from collections import defaultdict

HARM = ("execution", "process", "import", "access", "deserialiser", "network", "files", "native", "disturbance")
HOMES = ("standard-library", "library")


class Tables:
    """What the tables by hand say, by the longest known part of a path."""

    def __init__(self, files):
        self.root = {}
        for file in files:
            self.read(file.read_text())

    def read(self, text):
        verdict, modules = None, []
        for line in text.splitlines():
            line = line.partition("#")[0]
            if line.strip().startswith("["):
                verdict = line.strip().strip("[]")
                continue
            before, colon, after = line.partition(":")
            if colon:
                modules, line = before.split(), after
            if verdict in HOMES:
                continue
            for name in line.split():
                for module in modules:
                    self.enter(module.split(".") + [n for n in name.split(".") if n != "*"], verdict)

    def enter(self, segments, verdict):
        node = self.root
        for segment in segments:
            node = node.setdefault(segment, {})
        node.setdefault("=", verdict)

    def tier(self, path):
        node, below = self.root, None
        for segment in path.split("."):
            node = node.get(segment)
            if node is None:
                return below
            if node.get("=") in HARM:
                below = node["="]
        return node.get("=", below)


def write(file, title, sections):
    """Writes a table: sections are a verdict and its paths, each a module and a
    name."""
    lines = [f"# {line}" for line in title.splitlines()]
    for verdict, names in sections:
        if not names:
            continue
        lines += ["", f"[{verdict}]"]
        modules = defaultdict(set)
        for module, name in names:
            modules[module].add(name)
        for module in sorted(modules):
            text = f"{module}: " + " ".join(sorted(modules[module]))
            lines += textwrap.wrap(text, 110, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    file.write_text("\n".join(lines) + "\n")
