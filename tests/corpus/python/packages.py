"""Files that real packages bring: data, configuration, templates, sources."""

import pathlib
import shutil
import site

# Endings that models' folders have, the kind of file, and how many are taken.
KINDS = [
    ("onnx", "onnx", 60), ("pb", "protobuf", 20), ("npy", "npy", 10), ("npz", "npz", 10), ("pkl", "pickle", 10),
    ("pickle", "pickle", 10), ("h5", "hdf5", 10), ("json", "json", 30), ("yaml", "yaml", 15), ("yml", "yaml", 15),
    ("gz", "gzip", 15), ("bz2", "bz2", 5), ("xz", "xz", 5), ("zip", "zip", 5), ("mat", "matlab", 15),
    ("csv", "csv", 10), ("txt", "text", 20), ("md", "text", 10), ("rst", "text", 10), ("toml", "text", 10),
    ("html", "html", 10), ("xml", "xml", 10), ("jinja", "template", 10), ("tpl", "template", 10), ("png", "image", 5),
    ("wav", "sound", 10), ("dat", "binary", 10), ("cfg", "text", 5), ("sav", "binary", 20),
]
SOURCES = [("transformers/models", "modeling_*.py", 60), ("transformers/models", "configuration_*.py", 20),
           ("transformers/models", "tokenization_*.py", 20), ("keras/src/layers", "*.py", 20)]
LARGEST = 20 << 20


def spread(files, count):
    """So many of the files, from all over the list."""
    files = sorted(files)
    step = max(1, len(files) // count)
    return files[::step][:count]


# Files that are broken or hostile on purpose: tests of libraries.
ON_PURPOSE = ("bad", "corrupt", "broken", "invalid", "malform", "truncat", "hostile", "evil", "wrong")


def take(folder):
    root = pathlib.Path(next(path for path in site.getsitepackages() if "site-packages" in path and "local" in path))

    def copy(path, format):
        name = str(path.relative_to(root)).replace("/", "-").replace(" ", "-")
        shutil.copyfile(path, folder("benign", f"package-{name}", "from packages", format) / path.name)

    def is_fit(path):
        small = path.is_file() and 0 < path.stat().st_size < LARGEST
        return small and not any(word in path.name.lower() for word in ON_PURPOSE)

    for ending, format, count in KINDS:
        files = [path for path in root.rglob(f"*.{ending}") if is_fit(path)]
        for path in spread(files, count):
            copy(path, format)
    for within, pattern, count in SOURCES:
        for path in spread(filter(is_fit, (root / within).rglob(pattern)), count):
            copy(path, "python")
