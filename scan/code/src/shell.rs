//! Commands of shells: what a reviewer calls an attack.

mod ordinary;
mod place;
mod print;
mod trigger;

pub(crate) use ordinary::is_ordinary;
pub(crate) use place::{is_odd_host, is_secret, is_startup};
pub(crate) use print::printed_until;

/// What a command, an address or a path does harm by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// Runs what it downloads.
    Download,
    /// Runs what it decodes.
    Decode,
    /// Hands a shell to somebody else.
    Reverse,
    /// Destroys what the user has.
    Destroy,
    /// Makes itself run again later.
    Persist,
    /// Sends secrets away.
    Leak,
    /// Reads secrets.
    Secret,
}

impl Harm {
    /// To follow "a command that".
    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::Download => "runs what it downloads",
            Self::Decode => "runs what it decodes",
            Self::Reverse => "hands a shell to another machine",
            Self::Destroy => "destroys files or disks",
            Self::Persist => "makes itself run again later",
            Self::Leak => "sends secrets away",
            Self::Secret => "reads secrets",
        }
    }
}

const SHELLS: &[&str] = &[
    "sh",
    "bash",
    "zsh",
    "dash",
    "ksh",
    "fish",
    "python",
    "python2",
    "python3",
    "perl",
    "ruby",
    "node",
    "php",
    "iex",
    "invoke-expression",
    "cmd",
    "powershell",
    "pwsh",
    "lua",
    "osascript",
];

/// Bytes of a line that are looked at together.
const LONGEST: usize = 32 << 10;
/// Bytes that two such stretches of a line share.
const SHARED: usize = 1 << 10;

/// The harm that a text of commands does, as far as it can be told; comments
/// are the caller's.
pub(crate) fn harm(text: &str) -> Option<Harm> {
    text.lines().filter(|line| trigger::may_harm(line)).find_map(|line| {
        let mut begin = 0;
        while begin < line.len() {
            let end = line.ceil_char_boundary((begin + LONGEST).min(line.len()));
            let stretch = line[begin..end].trim();
            let found = of_line(&stretch.to_ascii_lowercase());
            // What is only printed does nothing.
            if found.is_some()
                && let Some(harm) = of_line(&print::without_prints(stretch).to_ascii_lowercase())
            {
                return Some(harm);
            }
            if end == line.len() {
                break;
            }
            begin = line.floor_char_boundary(end - SHARED);
        }
        None
    })
}

fn of_line(line: &str) -> Option<Harm> {
    let line = &line.replace("${ifs}", " ").replace("$ifs", " ").replace(['"', '\''], "");
    let has = |needle: &str| line.contains(needle);
    let any = |needles: &[&str]| needles.iter().any(|needle| line.contains(needle));
    if any(&["bash -i >&", "sh -i >&", "sh -i <&", "exec:/bin/", "exec:sh", "exec:bash"])
        || gives_shell(line)
        || reaches_socket(line)
        || has("mkfifo") && any(&["nc ", "telnet ", "openssl s_client"])
    {
        return Some(Harm::Reverse);
    }
    if destroys(line) {
        return Some(Harm::Destroy);
    }
    let downloads = downloads(line);
    if downloads && runs_input(line) || has("/dev/tcp/") && is_piped_to_shell(line) {
        return Some(Harm::Download);
    }
    if any(&["downloadstring(", "invoke-restmethod", "iwr ", "invoke-webrequest", "irm "])
        && any(&["iex", "invoke-expression"])
        || has("certutil") && has("-urlcache")
        || has("bitsadmin") && has("/transfer")
        || has("mshta") && any(&["http:", "https:", "javascript:", "vbscript:"])
        || has("regsvr32") && has("/i:http")
        || has("rundll32") && has("javascript:")
        || has("powershell") && any(&[" -enc ", " -e ", " -ec ", "-encodedcommand", "-encoded"])
    {
        return Some(Harm::Download);
    }
    if any(&[
        "base64 -d",
        "base64 --decode",
        "base64 -di",
        "xxd -r",
        "openssl enc -d",
        "openssl base64 -d",
        "rev |",
        "frombase64string",
    ]) && (runs_input(line) || any(&["iex", "eval ", "exec("]))
        || line.matches("\\x").count() >= 4
            && (has("printf") || has("echo -e") || has("$\\x"))
            && (has("eval ") || is_piped_to_shell(line))
    {
        return Some(Harm::Decode);
    }
    if any(&["python -c", "python3 -c"])
        && any(&[
            "b64decode",
            "socket.socket",
            "urlopen(",
            "exec(__import__",
            "fromhex",
            "unhexlify",
            "decompress(",
            "pty.spawn",
        ])
        && any(&["exec(", "connect(", "pty.spawn", "os.system"])
    {
        return Some(Harm::Decode);
    }
    let secret = is_secret(line) || names_secrets(line);
    let sends = any(&[
        "/dev/tcp/",
        "curl ",
        "wget ",
        "nc ",
        "ncat ",
        "scp ",
        "ftp ",
        "invoke-webrequest",
        "invoke-restmethod",
    ]);
    if sends
        && (secret
            || any(&[
                "env |",
                "printenv",
                "env|",
                "$(env",
                "`env",
                "$(whoami",
                "`whoami",
                "$(hostname",
                "`hostname",
            ]))
    {
        return Some(Harm::Leak);
    }
    if persists(line) {
        return Some(Harm::Persist);
    }
    (secret
        && any(&[
            "cat ", "cp ", "tar ", "zip ", "head ", "tail ", "less ", "more ", "type ", "base64 ",
        ]))
    .then_some(Harm::Secret)
}

/// Whether a program is one of the line's words.
fn calls(line: &str, program: &str) -> bool {
    line.split(|c: char| c.is_whitespace() || "|&;()$`<>{}".contains(c))
        .any(|word| word == program || word.rsplit('/').next() == Some(program))
}

fn downloads(line: &str) -> bool {
    ["curl", "wget", "fetch", "aria2c", "lwp-download", "curl.exe", "wget.exe"]
        .iter()
        .any(|program| calls(line, program))
}

/// Whether netcat is told to run a shell for whoever it talks to.
fn gives_shell(line: &str) -> bool {
    const NAMES: &[&str] = &["nc", "ncat", "netcat", "nc.exe", "nc.traditional"];
    line.split(['|', ';', '`', '(']).any(|command| {
        let mut words = command.split_whitespace();
        // A variable of that name is no program: `${nc}`.
        let name = |word: &str| NAMES.contains(&word.rsplit('/').next().unwrap_or(word));
        if !words.by_ref().any(name) {
            return false;
        }
        let mut asked = false;
        words.any(|word| {
            let runs = matches!(word, "--exec" | "--sh-exec")
                || asked && SHELLS.iter().any(|shell| word.ends_with(shell));
            asked = word.len() < 9 && word.starts_with('-') && word.ends_with(['e', 'c']);
            runs
        })
    }) || is_piped_to_shell(line)
        && line.split(['|', ';', '&', '(', '`']).any(|command| {
            let mut words = command.split_whitespace().take(4);
            words.any(|word| NAMES.contains(&word.rsplit('/').next().unwrap_or(word)))
        })
}

/// Whether a shell's streams are a connection that the shell itself opens.
fn reaches_socket(line: &str) -> bool {
    let streams =
        line.split("sh <&").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let Some((before, address)) =
        line.split_once("/dev/tcp/").or_else(|| line.split_once("/dev/udp/"))
    else {
        return streams;
    };
    let attached = ["-i ", "0>&1", "0<&", "<&1", "while read", "$line"];
    let opens = before.trim_end().ends_with("<>") && before.contains("exec ");
    streams
        || attached.iter().any(|how| line.contains(how))
        || opens && address.starts_with(|c: char| c.is_ascii_digit()) && is_odd_host(address)
}

/// Whether folders of keys are among the line's words.
fn names_secrets(line: &str) -> bool {
    line.split_whitespace().any(|word| {
        ["/.ssh", "/.aws", "/.gnupg", "/.kube"]
            .iter()
            .any(|folder| word.trim_end_matches('/').ends_with(folder))
    })
}

/// Whether a command is a shell or interpreter that runs its input.
pub(crate) fn is_shell(command: &str) -> bool {
    let mut words = command.split_whitespace();
    let program = words.find(|word| {
        !matches!(*word, "sudo" | "exec" | "env" | "nohup" | "-E" | "-e" | "-s")
            && !word.contains('=')
    });
    let Some(word) = program else { return false };
    let name = word
        .rsplit('/')
        .next()
        .unwrap_or(word)
        .trim_end_matches(|c: char| c == '"' || c == ')' || c == '.' || c.is_ascii_digit());
    if !SHELLS.contains(&name) {
        return false;
    }
    // A program that is named is what runs: its input is data.
    let is_script = matches!(name, "python" | "perl" | "ruby" | "node" | "php");
    let is_told = words.take(3).any(|word| {
        word.len() > 1 && word.starts_with('-') && word.contains(['c', 'm', 'e', 'p', 'r', 'n'])
    });
    !(is_script && is_told)
        || ["exec(", "eval(", "system("].iter().any(|runs| command.contains(runs))
}

/// Whether a shell or interpreter is given what comes before it.
fn is_piped_to_shell(line: &str) -> bool {
    line.split('|').skip(1).any(|part| is_shell(part.trim_start_matches('&')))
}

/// Whether a shell or interpreter is given what comes before it, or the file
/// that was made.
fn runs_input(line: &str) -> bool {
    let given = [
        "bash <(",
        "sh <(",
        "source <(",
        ". <(",
        "eval $(",
        "eval `",
        "-c $(",
        "-c `",
        "eval \"$(",
    ]
    .iter()
    .any(|begin| line.contains(begin));
    let after = line.split(['&', ';']).skip(1).map(str::trim).any(|part| {
        part.starts_with("chmod +x")
            || part.starts_with("chmod 7")
            || part.starts_with("./")
            || is_shell(part) && !part.contains("setup.py")
    });
    is_piped_to_shell(line) || given || after
}

fn destroys(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let removes =
        words.iter().position(|word| *word == "rm" || word.ends_with("/rm")).is_some_and(|rm| {
            let rest: Vec<&str> = words[rm + 1..].iter().take(8).copied().collect();
            let force = rest
                .iter()
                .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('r'))
                || rest.contains(&"--recursive");
            force
                && rest.iter().any(|word| {
                    matches!(
                        word.trim_end_matches([';', '&', ')']),
                        "/" | "/*"
                            | "~"
                            | "~/"
                            | "~/*"
                            | "$home"
                            | "${home}"
                            | "$home/*"
                            | "/home"
                            | "/etc"
                            | "/usr"
                            | "/var"
                            | "/boot"
                            | "--no-preserve-root"
                            | "/root"
                            | "/bin"
                            | "/lib"
                    )
                })
        });
    let any = |needles: &[&str]| needles.iter().any(|needle| line.contains(needle));
    removes
        || any(&[
            ":(){ :|:& };:",
            ":(){:|:&};:",
            "> /dev/sd",
            ">/dev/sd",
            "of=/dev/sd",
            "of=/dev/nvme",
            "of=/dev/hd",
            "> /dev/nvme",
            "dd if=/dev/zero of=/dev/",
        ])
        || words.first().is_some_and(|word| word.starts_with("mkfs"))
        || line.contains("mkfs.") && line.contains("/dev/")
        || line.contains("format c:")
        || any(&[
            "del /f /s /q c:",
            "del /s /q c:",
            "rd /s /q c:",
            "rmdir /s /q c:",
            "del /f /q /s c:",
            "vssadmin delete shadows",
            "cipher /w:c",
        ])
        || line.contains("chmod -r 777 /")
            && !line.contains("777 /tmp")
            && line.trim_end().ends_with("777 /")
        || line.contains("shred ") && line.contains("/dev/")
}

fn persists(line: &str) -> bool {
    // A variable that is named so is not the file.
    let line = &line.replace("authorized_keys_", "");
    let any = |needles: &[&str]| needles.iter().any(|needle| line.contains(needle));
    let writes = line.contains('>') || line.contains("tee ");
    any(&["crontab -"]) && (line.contains('|') || line.contains("crontab -r"))
        || writes && (is_startup(line) || line.contains("authorized_keys"))
        || line.contains("schtasks") && line.contains("/create")
        || line.contains("reg add") && line.contains("\\run")
        || line.contains("launchctl load") && line.contains("launchagents")
        || line.contains("/etc/sudoers") && writes
}

/// Whether a command only asks about the machine or the checkout, or builds.
pub(crate) fn is_harmless(command: &str) -> bool {
    let mut words =
        command.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let program = words.next().unwrap_or_default();
    let program = program.rsplit('/').next().unwrap_or(program);
    let known = matches!(
        program,
        "git"
            | "nvidia-smi"
            | "system_profiler"
            | "fc-list"
            | "lspci"
            | "ollama"
            | "rocm-smi"
            | "amd-smi"
            | "rocminfo"
            | "lscpu"
            | "uname"
            | "which"
            | "where"
            | "hostname"
            | "sysctl"
            | "ffmpeg"
            | "ffprobe"
            | "nvcc"
            | "hipcc"
            | "gcc"
            | "g++"
            | "clang"
            | "cmake"
            | "ninja"
            | "ldconfig"
            | "pkg-config"
            | "lsb_release"
            | "sw_vers"
            | "xcrun"
            | "hg"
            | "svn"
            | "stty"
            | "tput"
            | "clear"
            | "cls"
            | "ldd"
            | "llvm-config"
            | "make"
            | "protoc"
            | "dpkg"
            | "nproc"
            | "locale"
            | "node"
            | "npm"
            | "java"
            | "date"
            | "pandoc"
            | "sphinx-build"
            | "sphinx-apidoc"
    );
    let asks = matches!(
        command.split_whitespace().last(),
        Some("--version" | "-version" | "-V" | "--help")
    ) || command == "oslevel";
    let finds = matches!(program, "find" | "grep")
        && !["-exec", "-delete", "-ok", "-fprint", "-fls"]
            .iter()
            .any(|does| command.contains(does));
    (known || asks || finds)
        && !command.contains(['|', ';', '&', '`', '>'])
        && !command.contains("$(")
}
