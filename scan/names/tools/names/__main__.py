"""Reads sources for what their names do; `names.judge` makes tables of it.

    cd scan/names/tools
    python3 -m names SOURCES… --facts FACTS
    python3 -m names.judge ../tables FACTS… --base FACTS

Each of SOURCES is a folder of packages as they lie in `site-packages`, or the
standard library's own folder: all of one call are read as one. Versions of the
same library are read by calls of their own. Nothing is imported or run.

A function is dangerous where one of its parameters flows into a primitive
(`sinks`); a class where that holds for its constructor or what else a pickle
calls of it; a class is innocuous where making and filling an instance reaches
no primitive, whatever is given, and every base is known. What the tables by
hand say is never said otherwise here.
"""

import argparse
import pathlib
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor

from . import compiled, facts

sys.setrecursionlimit(5000)
SKIPPED = {"site-packages", "__pycache__", "node_modules", "lib-dynload", "turtledemo", "tests", "test"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", nargs="+", type=pathlib.Path)
    parser.add_argument("--facts", type=pathlib.Path, required=True, help="keeps what was read, to go on from")
    parser.add_argument("--compiled", action="store_true", help="reads Cython's sources instead")
    args = parser.parse_args()
    suffix = "pyx" if args.compiled else "py"
    jobs = [(source, path) for source in args.sources for path in files(source, suffix)]
    found = []
    with ProcessPoolExecutor(2) as pool:
        for number, module in enumerate(pool.map(read, jobs, chunksize=64)):
            if module:
                found.append(module)
            if number % 5000 == 0:
                print(number, len(jobs), flush=True)
    with args.facts.open("wb") as out:
        pickle.dump(found, out, protocol=5)


def files(source, suffix):
    for path in sorted(source.rglob(f"*.{suffix}")):
        parts = path.relative_to(source).parts
        if not SKIPPED.intersection(parts) and path.stat().st_size < 2_000_000:
            yield path


def read(job):
    source, path = job
    parts = list(path.relative_to(source).with_suffix("").parts)
    package = parts[-1] == "__init__"
    if package:
        parts.pop()
    if not parts or not all(part.isidentifier() for part in parts):
        return None
    if path.suffix == ".pyx":
        return compiled.read(".".join(parts), path.read_text(errors="replace"))
    try:
        return facts.read(".".join(parts), package, path.read_bytes())
    except (SyntaxError, ValueError, RecursionError):
        return None


if __name__ == "__main__":
    main()
