"""Writes what real libraries make: models that nothing is wrong with, and inert
pickles in containers that only those libraries write.

    python make.py FOLDER

FOLDER holds what `corpus-write` wrote. Nothing is ever loaded: bytes go in, and
files come out.
"""

import bz2
import io
import json
import lzma
import os
import pathlib
import sys
import tarfile
import warnings
import zipfile

os.environ["KERAS_BACKEND"] = "jax"
warnings.filterwarnings("ignore")

import h5py
import joblib
import lz4.frame
import numpy
import py7zr
import zstandard

import honest
import packages

FOLDER = pathlib.Path(sys.argv[1])
SAMPLES = []


def folder(verdict, name, family, format):
    """The folder of a new sample."""
    SAMPLES.append({"name": name, "family": family, "format": format, "verdict": verdict})
    path = FOLDER / verdict / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def malicious(format, what, file, write):
    write(folder("malicious", f"made-{format}-{what}".replace(" ", "-"), "made by libraries", format) / file)


def benign(format, what, file, write):
    write(folder("benign", f"made-{format}-{what}".replace(" ", "-"), "made by libraries", format) / file)


def payload():
    return (FOLDER / "malicious/pickle-stream-plain-2/model.pkl").read_bytes()


def streams(evil):
    makers = {
        "bz2": ("pkl.bz2", bz2.compress),
        "xz": ("pkl.xz", lzma.compress),
        "lzma": ("pkl.lzma", lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE)),
        "zstd": ("pkl.zst", zstandard.compress),
        "lz4": ("pkl.lz4", lz4.frame.compress),
    }
    good = bytes(range(256)) * 200
    for format, (ending, pack) in makers.items():
        malicious(format, "pickle", f"model.{ending}", lambda path: path.write_bytes(pack(evil)))
        malicious(format, "named-pkl", "model.pkl", lambda path: path.write_bytes(pack(evil)))
        malicious(format, "repeated", f"model.{ending}", lambda path: path.write_bytes(pack(b"N0" * 9000 + evil)))
        malicious(format, "twice", f"model.{ending}", lambda path: path.write_bytes(pack(pack(evil))))
        benign(format, "bytes", f"model.{ending}", lambda path: path.write_bytes(pack(good)))


def archives(evil):
    def zipped(method):
        def write(path):
            with zipfile.ZipFile(path, "w", method) as archive:
                archive.writestr("notes.txt", "words " * 200)
                archive.writestr("archive/data.pkl", b"N0" * 400 + evil)

        return write

    malicious("zip", "bz2", "model.zip", zipped(zipfile.ZIP_BZIP2))
    malicious("zip", "lzma", "model.zip", zipped(zipfile.ZIP_LZMA))
    malicious("zip", "deflate", "model.pt", zipped(zipfile.ZIP_DEFLATED))

    def seven(filters, header=True):
        def write(path):
            with py7zr.SevenZipFile(path, "w", filters=filters) as archive:
                archive.set_encoded_header_mode(header)
                archive.writestr(b"words " * 200, "notes.txt")
                archive.writestr(evil, "data.pkl")

        return write

    malicious("7z", "lzma2", "model.7z", seven([{"id": py7zr.FILTER_LZMA2, "preset": 1}]))
    malicious("7z", "lzma", "model.7z", seven([{"id": py7zr.FILTER_LZMA}]))
    malicious("7z", "bzip2", "model.7z", seven([{"id": py7zr.FILTER_BZIP2}]))
    malicious("7z", "deflate", "model.7z", seven([{"id": py7zr.FILTER_DEFLATE}]))
    malicious("7z", "plain-header", "model.7z", seven([{"id": py7zr.FILTER_LZMA2, "preset": 1}], False))
    malicious("7z", "zstd", "model.7z", seven([{"id": py7zr.FILTER_ZSTD}]))

    def encrypted(path):
        with py7zr.SevenZipFile(path, "w", password="inert") as archive:
            archive.writestr(evil, "data.pkl")

    malicious("7z", "encrypted", "model.7z", encrypted)
    for format, mode in [("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)]:

        def write(path):
            with tarfile.open(path, "w:gz", format=mode) as archive:
                member = tarfile.TarInfo("d/" * 90 + "däta.pkl")
                member.size = len(evil)
                archive.addfile(member, io.BytesIO(evil))

        malicious("tar", format, "model.tar.gz", write)


LAMBDA = {
    "class_name": "Sequential",
    "config": {"name": "s", "layers": [{"class_name": "Lambda", "config": {"name": "l",
               "function": ["Tg==\n", None, None], "function_type": "lambda", "module": "__main__"}}]},
}


def hdf5():
    config = json.dumps(LAMBDA)

    def attribute(value, **options):
        def write(path):
            with h5py.File(path, "w", **options) as file:
                file.attrs["model_config"] = value
                file.create_dataset("w", data=numpy.zeros(8))

        return write

    malicious("keras h5", "fixed", "model.h5", attribute(numpy.bytes_(config)))
    malicious("keras h5", "variable", "model.h5", attribute(config))
    malicious("keras h5", "latest", "model.h5", attribute(config, libver="latest"))
    malicious("keras h5", "block", "model.h5", attribute(config, userblock_size=1024))

    def dense(path):
        with h5py.File(path, "w", libver="latest") as file:
            for index in range(60):
                file.attrs[f"a{index}"] = "x" * 50
            file.attrs["model_config"] = config

    malicious("keras h5", "dense", "model.h5", dense)

    def linked(path):
        with h5py.File(path, "w") as file:
            file["w"] = h5py.ExternalLink("/nonexistent/inert.h5", "/w")

    def stored(path):
        with h5py.File(path, "w") as file:
            file.create_dataset("w", shape=(8,), dtype="f8", external=[("/nonexistent/inert.bin", 0, 64)])

    def within(path):
        with h5py.File(path, "w") as file:
            group = file.create_group("a/b/c")
            for index in range(40):
                group.create_group(f"g{index:02}")
            group["w"] = h5py.ExternalLink("../../inert.h5", "/w")

    malicious("hdf5", "external-link", "model.h5", linked)
    malicious("hdf5", "external-storage", "model.h5", stored)
    malicious("hdf5", "external-link-within", "weights.h5", within)


def compressed(evil):
    for method in ["zlib", "gzip", "bz2", "lzma", "xz"]:
        # The file object of joblib packs whatever bytes it is given.
        from joblib.compressor import _COMPRESSORS

        def write(path):
            with _COMPRESSORS[method].fileobj_factory(str(path), "wb") as file:
                file.write(evil)

        malicious("joblib", method, "model.joblib", write)


def main():
    evil = payload()
    streams(evil)
    archives(evil)
    hdf5()
    compressed(evil)
    honest.make(benign)
    packages.take(folder)
    written = FOLDER / "samples.json"
    samples = json.loads(written.read_text())
    names = {sample["name"] for sample in samples}
    samples += [sample for sample in SAMPLES if sample["name"] not in names]
    written.write_text(json.dumps(samples))
    print(f"{len(SAMPLES)} samples more, {len(samples)} together")


main()
