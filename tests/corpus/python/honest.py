"""Models as the libraries that people use save them."""

import argparse
import collections
import datetime
import fractions
import json
import pathlib
import pickle
import uuid

import cloudpickle
import h5py
import joblib
import lightgbm
import numpy
import onnx
import pandas
import scipy.interpolate
import scipy.sparse
import scipy.spatial
import scipy.stats
import sklearn.compose
import sklearn.datasets
import sklearn.model_selection
import sklearn.pipeline
import sklearn.preprocessing
import skops.io
import xgboost
import yaml
from sklearn.utils import all_estimators

FEATURES, LABELS = sklearn.datasets.load_iris(return_X_y=True)


def make(benign):
    values(benign)
    arrays(benign)
    tables(benign)
    estimators(benign)
    trees(benign)
    torches(benign)
    keras_models(benign)
    tensors(benign)
    graphs(benign)
    texts(benign)


def pickled(value, protocol=4):
    return lambda path: path.write_bytes(pickle.dumps(value, protocol))


def values(benign):
    plain = {
        "numbers": list(range(1000)),
        "words": {f"word{index}": index for index in range(500)},
        "ordered": collections.OrderedDict(a=1, b=2),
        "default": collections.defaultdict(list, a=[1]),
        "counter": collections.Counter("abracadabra"),
        "deque": collections.deque([1, 2], maxlen=9),
        "dates": [datetime.datetime(2024, 1, 1), datetime.date(2024, 1, 1), datetime.timedelta(3)],
        "fraction": fractions.Fraction(1, 3),
        "decimal": __import__("decimal").Decimal("1.5"),
        "set": {1, 2, 3},
        "frozen": frozenset("abc"),
        "bytes": bytes(range(256)),
        "array": bytearray(b"abc"),
        "complex": complex(1, 2),
        "range": range(9),
        "slice": slice(1, 2),
        "path": pathlib.PurePosixPath("a/b"),
        "uuid": uuid.UUID(int=7),
        "namespace": argparse.Namespace(lr=0.1, layers=[1, 2]),
        "text-of-code": "import os; os.system('echo')",
        "text-of-eval": {"doc": "never eval(input()) or exec", "cmd": "__import__('os')"},
    }
    for name, value in plain.items():
        for protocol in (0, 2, 5):
            benign("pickle", f"{name}-{protocol}", "data.pkl", pickled(value, protocol))


def arrays(benign):
    generator = numpy.random.default_rng(1)
    plain = {
        "floats": generator.random((30, 30)),
        "ints": numpy.arange(100),
        "texts": numpy.array(["a", "bc"]),
        "bools": numpy.array([True, False]),
        "fields": numpy.zeros(3, dtype=[("a", "<f8"), ("b", "<i4")]),
        "masked": numpy.ma.masked_array([1, 2], mask=[0, 1]),
        "scalar": numpy.float64(3),
        "dates": numpy.array(["2024-01-01"], dtype="datetime64[D]"),
        "objects": numpy.array([{"a": 1}, None, "x"], dtype=object),
        "fortran": numpy.asfortranarray(generator.random((5, 4))),
        "generator": generator,
        "state": numpy.random.RandomState(1),
    }
    for name, value in plain.items():
        for protocol in (2, 4, 5):
            benign("pickle", f"numpy-{name}-{protocol}", "data.pkl", pickled(value, protocol))
        benign("joblib", f"numpy-{name}", "data.joblib", lambda path: joblib.dump(value, path))
        if isinstance(value, numpy.ndarray) and name != "masked":
            benign("npy", name, "data.npy", lambda path: numpy.save(path, value, allow_pickle=True))
            benign("npz", name, "data.npz", lambda path: numpy.savez_compressed(path, a=value, b=value))
    sparse = scipy.sparse.random(40, 40, 0.1, random_state=1)
    for kind in ("csr", "csc", "coo", "lil", "dok", "bsr"):
        benign("pickle", f"scipy-{kind}", "data.pkl", pickled(sparse.asformat(kind)))
    benign("npz", "scipy", "data.npz", lambda path: scipy.sparse.save_npz(path, sparse))
    benign("pickle", "scipy-tree", "data.pkl", pickled(scipy.spatial.cKDTree(FEATURES)))
    benign("pickle", "scipy-norm", "data.pkl", pickled(scipy.stats.norm(1, 2)))
    curve = scipy.interpolate.CubicSpline(range(9), range(9))
    benign("pickle", "scipy-spline", "data.pkl", pickled(curve))


def tables(benign):
    table = pandas.DataFrame({"a": [1, 2], "b": ["x", None], "c": pandas.to_datetime(["2024-01-01"] * 2)})
    table["d"] = table["b"].astype("category")
    benign("pickle", "pandas-frame", "data.pkl", lambda path: table.to_pickle(path))
    benign("pickle", "pandas-series", "data.pkl", lambda path: table["c"].to_pickle(path))
    benign("pickle", "pandas-index", "data.pkl", pickled(table.set_index(["a", "b"])))
    for ending in ("gz", "bz2", "xz", "zip", "tar", "zst"):
        benign("pickle", f"pandas-{ending}", f"data.pkl.{ending}", lambda path: table.to_pickle(path))


def estimators(benign):
    methods = [0, 3, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("lzma", 3), ("xz", 3), ("lz4", 3)]
    count = 0
    for name, kind in all_estimators(type_filter=["classifier", "regressor", "cluster", "transformer"]):
        try:
            model = kind().fit(FEATURES, LABELS)
            pickle.dumps(model)
        except Exception:
            continue
        protocol = (2, 4, 5)[count % 3]
        benign("pickle", f"sklearn-{name}", "model.pkl", pickled(model, protocol))
        if count % 2 == 0:
            method = methods[count // 2 % len(methods)]
            benign("joblib", f"sklearn-{name}", "model.joblib", lambda path: joblib.dump(model, path, compress=method))
        if count % 8 == 1:
            benign("skops", name, "model.skops", lambda path: skops.io.dump(model, path))
        count += 1
    columns = sklearn.compose.ColumnTransformer([("a", sklearn.preprocessing.StandardScaler(), [0, 1])])
    pipeline = sklearn.pipeline.make_pipeline(columns, sklearn.linear_model.LogisticRegression())
    pipeline.fit(FEATURES, LABELS)
    benign("pickle", "sklearn-pipeline", "model.pkl", pickled(pipeline))
    benign("joblib", "sklearn-pipeline", "model.joblib", lambda path: joblib.dump(pipeline, path))
    search = sklearn.model_selection.GridSearchCV(sklearn.tree.DecisionTreeClassifier(), {"max_depth": [1, 2]})
    benign("pickle", "sklearn-search", "model.pkl", pickled(search.fit(FEATURES, LABELS)))
    benign("pickle", "cloudpickle-model", "model.pkl", lambda path: path.write_bytes(cloudpickle.dumps(pipeline)))


def trees(benign):
    model = xgboost.XGBClassifier(n_estimators=3).fit(FEATURES, LABELS)
    for ending in ("json", "ubj"):
        benign("xgboost", ending, f"model.{ending}", lambda path: model.save_model(path))
    benign("xgboost", "pickle", "model.pkl", pickled(model))
    benign("xgboost", "joblib", "model.joblib", lambda path: joblib.dump(model, path))
    benign("xgboost", "booster", "model.pkl", pickled(model.get_booster()))
    light = lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(FEATURES, LABELS)
    benign("lightgbm", "text", "model.txt", lambda path: light.booster_.save_model(path))
    benign("lightgbm", "pickle", "model.pkl", pickled(light))
    benign("lightgbm", "joblib", "model.joblib", lambda path: joblib.dump(light, path, compress=3))


def torches(benign):
    import torch

    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.LSTM(8, 4))
    model[0].weight.grad = torch.zeros(8, 4)
    optimizer = torch.optim.Adam(model.parameters())
    tensors = {
        "half": torch.zeros(3, dtype=torch.half), "brain": torch.zeros(3, dtype=torch.bfloat16),
        "complex": torch.zeros(3, dtype=torch.complex64), "bool": torch.zeros(3, dtype=torch.bool),
        "sparse": torch.eye(3).to_sparse(), "quantized": torch.quantize_per_tensor(torch.zeros(3), 1.0, 0, torch.qint8),
    }
    checkpoint = {
        "model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3,
        "args": argparse.Namespace(lr=0.1), "rng": torch.get_rng_state(), "loss": numpy.float64(0.3),
        "numpy": numpy.random.get_state(), "date": datetime.datetime(2024, 1, 1),
    }
    plain = {"state": model.state_dict(), "module": model, "checkpoint": checkpoint, "tensor": torch.zeros(9),
             "parameter": torch.nn.Parameter(torch.zeros(3)), "optimizer": optimizer, "size": torch.Size([1, 2]),
             "transformer": torch.nn.TransformerEncoderLayer(8, 2), "convolution": torch.nn.Conv2d(1, 2, 3),
             "embedding": torch.nn.Embedding(5, 3).state_dict(), "list": [torch.zeros(1)] * 30, **tensors}
    for name, value in plain.items():
        benign("torch", name, "model.pt", lambda path: torch.save(value, path))
        benign("torch", f"{name}-legacy", "pytorch_model.bin",
               lambda path: torch.save(value, path, _use_new_zipfile_serialization=False))
    benign("torch", "script", "model.pt", lambda path: torch.jit.script(model[:2]).save(str(path)))
    trace = torch.jit.trace(model[:2], torch.zeros(1, 4))
    benign("torch", "trace", "model.torchscript", lambda path: trace.save(str(path)))


def keras_models(benign):
    import keras

    inputs = keras.Input((8, 8, 1))
    hidden = keras.layers.Conv2D(4, 3, activation="relu", kernel_regularizer="l2")(inputs)
    hidden = keras.layers.Dropout(0.3)(keras.layers.GlobalAveragePooling2D()(hidden))
    functional = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(hidden))
    functional.compile(optimizer=keras.optimizers.Adam(1e-3), loss="categorical_crossentropy", metrics=["accuracy"])
    dense = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "gelu"), keras.layers.BatchNormalization()])
    words = keras.Sequential([keras.Input((9,)), keras.layers.Embedding(50, 4), keras.layers.Bidirectional(keras.layers.LSTM(3))])
    for name, model in {"functional": functional, "dense": dense, "words": words}.items():
        benign("keras", name, "model.keras", lambda path: model.save(path))
        benign("keras h5", name, "model.h5", lambda path: model.save(path))
        benign("keras h5", f"{name}-weights", "model.weights.h5", lambda path: model.save_weights(path))
        benign("keras json", name, "model.json", lambda path: path.write_text(model.to_json()))


def tensors(benign):
    import gguf
    from safetensors.numpy import save_file

    values = {"a.weight": numpy.random.default_rng(2).random((9, 7), dtype=numpy.float32), "b": numpy.arange(5)}
    benign("safetensors", "numpy", "model.safetensors", lambda path: save_file(values, path, {"format": "pt"}))

    def write(path):
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_context_length(128)
        writer.add_token_list(["a", "b", "<s>"])
        writer.add_array("tokenizer.ggml.scores", [0.5, 0.25, 1.0])
        writer.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}{% endfor %}")
        writer.add_tensor("w", values["a.weight"])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    benign("gguf", "writer", "model.gguf", write)

    def weights(path):
        with h5py.File(path, "w", libver="latest") as file:
            group = file.create_group("layer/dense")
            group.create_dataset("kernel", data=values["a.weight"], compression="gzip", chunks=(3, 3))
            group["alias"] = h5py.SoftLink("/layer/dense/kernel")
            file.attrs["names"] = ["a", "b"]

    benign("hdf5", "weights", "weights.h5", weights)


def graphs(benign):
    from onnx import TensorProto, helper, numpy_helper

    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 4])
    weight = numpy_helper.from_array(numpy.ones((4, 4), numpy.float32), "w")
    nodes = [helper.make_node("MatMul", ["x", "w"], ["h"]), helper.make_node("Relu", ["h"], ["y"])]
    model = helper.make_model(helper.make_graph(nodes, "g", [value("x")], [value("y")], [weight]))
    benign("onnx", "plain", "model.onnx", lambda path: onnx.save(model, path))
    options = {"save_as_external_data": True, "location": "model.data", "size_threshold": 0}
    benign("onnx", "external", "model.onnx", lambda path: onnx.save(model, path, **options))


def texts(benign):
    config = {"model": {"name": "bert", "layers": [1, 2]}, "date": datetime.date(2024, 1, 1)}
    benign("yaml", "config", "config.yaml", lambda path: path.write_text(yaml.safe_dump(config)))
    benign("json", "config", "config.json", lambda path: path.write_text(json.dumps({"architectures": ["BertModel"]})))
