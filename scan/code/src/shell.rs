//! Commands of shells: what a reviewer calls an attack.

mod certain;
mod decode;
mod input;
mod ordinary;
mod place;
mod print;
mod trigger;

pub(crate) use certain::{certain, installs_elsewhere, is_foreign, is_plain, is_private};
use input::{downloads, gives_shell, is_piped_to_shell, names_secrets, reaches_socket, runs_input};
pub(crate) use input::{is_shell, program};
pub(crate) use ordinary::is_ordinary;
pub(crate) use place::{
    is_odd_host, is_own_host, is_secret, is_secret_folder, is_secret_step, is_startup,
};
pub(crate) use print::{only_says, printed_until};

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
    let line = &line.replace(".exe ", " ");
    let has = |needle: &str| line.contains(needle);
    let any = |needles: &[&str]| needles.iter().any(|needle| line.contains(needle));
    if any(&["bash -i >&", "sh -i >&", "sh -i <&", "exec:/bin/", "exec:sh", "exec:bash"])
        || gives_shell(line)
        || reaches_socket(line)
        || speaks(line)
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
        || any(&["powershell", "pwsh"])
            && any(&[" -enc ", " -e ", " -ec ", "-encodedcommand", "-encoded"])
        || has_encoded(line)
    {
        return Some(Harm::Download);
    }
    if decode::runs(line) {
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
    if certain::reads_runner(line) {
        return Some(Harm::Leak);
    }
    let asks = ["nslookup", "dig"].iter().any(|program| input::calls(line, program))
        && any(&["$(cat", "$(whoami", "$(hostname", "$(id", "$(env", "`whoami", "`hostname"]);
    if asks || sends && has("-exec") && has("@{}") {
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

/// Whether an interpreter connects a shell to somebody, in one line.
fn speaks(line: &str) -> bool {
    let any = |needles: &[&str]| needles.iter().any(|needle| line.contains(needle));
    any(&["perl -", "ruby -", "php -", "awk ", "lua -", "node -e"])
        && any(&[
            "io::socket",
            "use socket",
            "rsocket",
            "fsockopen",
            "/inet/tcp/",
            "socket.tcp",
            "net.connect",
            "net.socket",
        ])
        && any(&["exec", "/bin/sh", "sh -i", "getline", "system(", "popen", "spawn("])
}

/// Whether a program whose name is not seen is given what only PowerShell
/// takes: a hidden window, and a command that cannot be read.
fn has_encoded(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let asks = ["hidden", "-nop", "-noni", "bypass"].iter().any(|word| line.contains(word));
    let is_option = |word: &str| matches!(word, "-enc" | "-e" | "-ec" | "-encodedcommand" | "/enc");
    asks && words.any(is_option)
        && words.next().is_some_and(|word| {
            word.len() >= 40
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
        })
}

fn destroys(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let removes = words.iter().position(|word| program(word) == "rm").is_some_and(|rm| {
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
    let targets = || {
        let redirected = line.split('>').skip(1);
        let copied = line.split("tee ").skip(1);
        let target =
            |rest: &'_ str| rest.split(['|', ';', '&', '<']).next().is_some_and(is_startup);
        redirected.chain(copied).any(target)
    };
    let writes = line.contains('>') || line.contains("tee ");
    any(&["crontab -"]) && (line.contains('|') || line.contains("crontab -r"))
        || writes && (targets() || line.contains("authorized_keys"))
        || line.contains("schtasks") && line.contains("/create")
        || line.contains("reg add") && line.contains("\\run")
        || line.contains("launchctl load") && line.contains("launchagents")
        || line.contains("/etc/sudoers") && writes
}

/// Whether a command only asks about the machine or the checkout, or builds.
pub(crate) fn is_harmless(command: &str) -> bool {
    let mut words =
        command.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let program = program(words.next().unwrap_or_default()).to_ascii_lowercase();
    let program = program.as_str();
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
            | "7z"
            | "7za"
            | "7zr"
            | "unzip"
            | "unrar"
            | "gunzip"
            | "zstd"
            | "unxz"
            | "sox"
            | "espeak"
            | "espeak-ng"
            | "tesseract"
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
