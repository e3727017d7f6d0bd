"""From what is reached to what is said of a name.

    python3 -m names.judge TABLES FACTS… [--base FACTS]

Each of FACTS is a universe of its own together with those of `--base`: the
versions of a library don't mix. A name that is dangerous in one of them is
dangerous; one that is innocuous in some is that where it is dangerous in none.
"""

import argparse
import pathlib
import pickle
import sys
from collections import defaultdict

from .reach import Universe
from .tables import HARM, Tables, write

# The order in which a name's families are told: the worst one.
RANK = {family: rank for rank, family in enumerate(
    ("execution", "process", "import", "deserialiser", "native", "network", "files", "access", "disturbance"))}
# Of methods these count, where more than what the instance holds decides.
STRONG = {"execution", "process", "import", "deserialiser", "native"}
# What fills an instance that was made without its constructor.
FILLING = ("__new__", "__setstate__", "__setitem__", "append", "extend", "__setattr__")
# Packages whose classes are listed where they are innocuous.
OWN = set("""numpy scipy pandas sklearn joblib torch torchvision torchaudio torchmetrics timm ultralytics pytorch_lightning lightning
lightning_fabric fastai transformers accelerate peft trl datasets sentence_transformers tokenizers xgboost lightgbm catboost
imblearn category_encoders statsmodels nltk gensim spacy thinc flair keras omegaconf easydict addict box skops umap hdbscan shap
stable_baselines3 gymnasium gym speechbrain pyannote mmengine diffusers nemo optuna matplotlib networkx sympy tensorflow
deepspeed evaluate torchtext dask functorch lightning_utilities pydantic safetensors catalogue""".split())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", type=pathlib.Path)
    parser.add_argument("facts", nargs="+", type=pathlib.Path)
    parser.add_argument("--base", nargs="*", default=[], type=pathlib.Path)
    parser.add_argument("--why", type=pathlib.Path)
    args = parser.parse_args()
    base = [module for file in args.base for module in pickle.loads(file.read_bytes())]
    said = Said(Tables(sorted(args.tables.glob("*.txt"))))
    for group in args.facts:
        own = pickle.loads(group.read_bytes())
        universe = Universe([*base, *own])
        universe.join()
        said.universe(universe, {m.path for m in own})
        print(group.name, len(universe.functions), len(said.danger), len(said.innocuous), len(said.callback),
              len(said.constructor), flush=True)
        said.write(args.tables / "found")
    if args.why:
        args.why.with_suffix(".refused").write_text("\n".join(f"{p}\t{r}" for p, r in said.refusals))
        args.why.write_text("\n".join(f"{p}\t{f}\t{why}" for p, (f, why) in sorted(said.danger.items())))


class Said:
    def __init__(self, hand):
        self.hand = hand
        self.danger = {}
        self.constructor = {}
        self.innocuous = set()
        self.callback = set()
        self.modules = set()
        self.aliases = set()
        self.refusals = []

    def universe(self, universe, own):
        """Judges what the modules of `own` define, and what they import."""
        self.modules |= own
        for path, function in universe.functions.items():
            if self.module(path) not in own:
                continue
            if function.owner:
                self.method(universe, path)
            else:
                self.function(universe, path)
        for path in universe.classes:
            if self.module(path) in own:
                self.klass(universe, path)
        self.again(universe, own)

    def module(self, path):
        """The module that a path lies in."""
        parts = path.split(".")
        for end in range(len(parts) - 1, 0, -1):
            if ".".join(parts[:end]) in self.modules:
                return ".".join(parts[:end])
        return parts[0]

    def function(self, universe, path):
        # That an attribute is read by name somewhere below brings nothing: what
        # reads it itself may hand it out.
        dangers = {f: w for f, w in universe.dangers(path).items() if f != "access" or w[0] == "builtins.getattr"}
        if dangers:
            family = min(dangers, key=RANK.get)
            self.danger.setdefault(path, (family, dangers[family][0]))

    def method(self, universe, path):
        dangers = {f: w for f, w in universe.dangers(path).items() if f in STRONG}
        name = path.rpartition(".")[2]
        if dangers and name not in ("__init__", "__new__", "__post_init__"):
            family = min(dangers, key=RANK.get)
            self.danger.setdefault(path, (family, dangers[family][0]))

    def klass(self, universe, path):
        dangers, plain, calls = universe.making(path)
        if self.makes(universe, path, dangers) or path.split(".")[0] not in OWN:
            return
        if not universe.storing(path):
            self.refuse(path, "a base that is not known")
        elif plain - {"access", "import", "files"}:
            self.refuse(path, "reaches " + " ".join(sorted(plain)))
        elif calls or dangers or plain:
            # It calls what it is given, keeps an attribute that it is told to
            # read, or reads a file of its own library.
            self.callback.add(path)
        else:
            self.innocuous.add(path)

    def refuse(self, path, why):
        self.refusals.append((path, why))

    def makes(self, universe, path, dangers):
        """Whether making an instance is dangerous: of itself, or in the
        constructor alone."""
        made = {f: w for f, w in dangers.items() if f != "access"}
        if not made:
            return False
        filled = {}
        for name in FILLING:
            method = universe.method(path, name)
            if method:
                dangers = universe.dangers(method)
                filled.update({f: w for f, w in dangers.items() if f in STRONG or f == "network"})
        if filled:
            worst = min(filled, key=RANK.get)
            self.danger.setdefault(path, (worst, filled[worst][0]))
        else:
            self.constructor.setdefault(path, min(made, key=RANK.get))
        return True

    def again(self, universe, own):
        """The same names under the modules that import them."""
        for module in own:
            facts = universe.modules[module]
            names = dict(facts.names)
            for star in facts.stars:
                if star in universe.modules:
                    names.update({n: f"{star}.{n}" for n in universe.modules[star].names if n[0] != "_"})
            for name, target in names.items():
                path = universe.path(target)
                here = f"{module}.{name}"
                if path == here:
                    continue
                self.aliases.add((here, path))

    def write(self, folder):
        for here, path in self.aliases:
            if here in self.danger or here in self.constructor:
                continue
            if path in self.danger:
                self.danger[here] = (self.danger[path][0], path)
            elif path in self.constructor:
                self.constructor[here] = self.constructor[path]
            elif self.hand.tier(path) in HARM and self.hand.tier(path) not in ("disturbance", "access"):
                name = path.rpartition(".")[2]
                if path.split(".")[0] in PRIMITIVE and "." in path and (name[0].islower() or name in ("Popen", "CDLL")):
                    self.danger[here] = (self.hand.tier(path), path)
            elif path in self.innocuous and here.count(".") <= 2:
                self.innocuous.add(here)
            elif path in self.callback and here.count(".") <= 2:
                self.callback.add(here)
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.txt"):
            old.unlink()
        roots = defaultdict(lambda: defaultdict(set))
        for path, (family, _) in self.danger.items():
            self.place(roots, path, family)
        for path, family in self.constructor.items():
            if path not in self.danger:
                self.place(roots, path, f"constructor-{family}")
        for path in self.callback - self.innocuous:
            if path not in self.danger and path not in self.constructor:
                self.place(roots, path, "callback")
        for path in self.innocuous:
            if path not in self.danger and path not in self.constructor:
                self.place(roots, path, "innocuous")
        for root, sections in roots.items():
            write(folder / f"{root}.txt", TITLE.format(root), sorted(sections.items()))

    def place(self, roots, path, verdict):
        if self.hand.tier(path) is not None:
            return
        module = self.module(path)
        name = path[len(module) + 1:]
        if name and all(part.isidentifier() for part in path.split(".")):
            roots[path.partition(".")[0]][verdict].add((module, name))


# Modules whose functions are dangerous under whichever name they are imported.
PRIMITIVE = {"os", "subprocess", "shutil", "pickle", "marshal", "importlib", "runpy", "ctypes", "pty", "posix",
             "imp", "socket", "code", "webbrowser", "pydoc", "tempfile", "zipfile", "tarfile", "pkgutil", "builtins"}
TITLE = "Found by reading the sources of {}, with tools/names; not to be edited."


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    main()
