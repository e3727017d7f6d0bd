//! Who a shell listens to: what is piped to it, what it is told to run, and
//! connections.

use super::is_odd_host;

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
    "tcsh",
    "csh",
    "ash",
    "mksh",
    "nodejs",
    "pypy",
    "pypy3",
    "wscript",
    "cscript",
];

/// The program that a word names: without folders, quotes and the endings by
/// which Windows knows programs.
pub(crate) fn program(word: &str) -> &str {
    let word = word.trim_matches(['"', '\'', '`']);
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let ends = |end: &str| {
        let at = name.len().checked_sub(end.len())?;
        name.get(at..)?.eq_ignore_ascii_case(end).then(|| &name[..at])
    };
    [".exe", ".cmd", ".com", ".bat"]
        .iter()
        .find_map(|end| ends(end))
        .filter(|name| !name.is_empty())
        .unwrap_or(name)
}

/// Whether a word names one of these programs, which are in small letters.
fn is_one_of(word: &str, programs: &[&str]) -> bool {
    let name = program(word);
    programs.iter().any(|program| name.eq_ignore_ascii_case(program))
}

/// Whether a program is one of the line's words.
pub(super) fn calls(line: &str, program: &str) -> bool {
    line.split(|c: char| c.is_whitespace() || "|&;()$`<>{}=@".contains(c))
        .any(|word| word == program || is_one_of(word, &[program]))
}

pub(super) fn downloads(line: &str) -> bool {
    ["curl", "wget", "fetch", "aria2c", "lwp-download"].iter().any(|program| calls(line, program))
}

/// Whether netcat is told to run a shell for whoever it talks to.
pub(super) fn gives_shell(line: &str) -> bool {
    const NAMES: &[&str] = &["nc", "ncat", "netcat", "nc.traditional"];
    line.split(['|', ';', '`', '(']).any(|command| {
        let mut words = command.split_whitespace();
        // A variable of that name is no program: `${nc}`.
        let name = |word: &str| is_one_of(word, NAMES);
        if !words.by_ref().any(name) {
            return false;
        }
        let mut asked = false;
        words.any(|word| {
            let runs = matches!(word, "--exec" | "--sh-exec")
                || asked && SHELLS.iter().any(|shell| program(word).ends_with(shell));
            asked = word.len() < 9 && word.starts_with('-') && word.ends_with(['e', 'c']);
            runs
        })
    }) || is_piped_to_shell(line)
        && line.split(['|', ';', '&', '(', '`']).any(|command| {
            let mut words = command.split_whitespace().take(4);
            words.any(|word| is_one_of(word, NAMES))
        })
}

/// Whether a shell's streams are a connection that the shell itself opens.
pub(super) fn reaches_socket(line: &str) -> bool {
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
pub(super) fn names_secrets(line: &str) -> bool {
    line.split_whitespace().any(|word| {
        ["/.ssh", "/.aws", "/.gnupg", "/.kube"]
            .iter()
            .any(|folder| word.trim_end_matches('/').ends_with(folder))
    })
}

/// Whether a command is a shell or interpreter that runs its input.
pub(crate) fn is_shell(command: &str) -> bool {
    let mut words = command.split_whitespace();
    let first = words.find(|word| {
        !matches!(*word, "sudo" | "exec" | "env" | "nohup" | "-E" | "-e" | "-s")
            && !word.contains('=')
    });
    let Some(word) = first else { return false };
    let word = word.split([';', '&', ')', '>', '<', '}', '`']).next().unwrap_or(word);
    let name = program(word).to_ascii_lowercase();
    let name =
        name.trim_end_matches(|c: char| c == '"' || c == ')' || c == '.' || c.is_ascii_digit());
    if !SHELLS.contains(&name) {
        return false;
    }
    // A program that is named is what runs: its input is data.
    let is_script = matches!(name, "python" | "perl" | "ruby" | "node" | "nodejs" | "php" | "pypy");
    let is_told = words.take(3).any(|word| {
        word.len() > 1 && word.starts_with('-') && word.contains(['c', 'm', 'e', 'p', 'r', 'n'])
    });
    !(is_script && is_told)
        || ["exec(", "eval(", "system("].iter().any(|runs| command.contains(runs))
}

/// Whether a shell or interpreter is given what comes before it.
pub(super) fn is_piped_to_shell(line: &str) -> bool {
    line.split('|').skip(1).any(|part| is_shell(part.trim_start_matches('&')))
}

/// Whether a shell or interpreter is given what comes before it, or the file
/// that was made.
pub(super) fn runs_input(line: &str) -> bool {
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
        "sh <<< $(",
        "sh <<<$(",
        "sh <<< `",
        "source /dev/stdin",
        ". /dev/stdin",
    ]
    .iter()
    .any(|begin| line.contains(begin));
    let after = line.split(['&', ';']).skip(1).map(str::trim).any(|part| {
        part.starts_with("chmod +x")
            || part.starts_with("chmod 7")
            || part.starts_with("./")
            || is_shell(part) && !part.contains("setup.py")
    });
    let each = line
        .split_once("| xargs")
        .is_some_and(|(_, rest)| rest.contains("sh -c") || rest.trim_end().ends_with("sh"));
    is_piped_to_shell(line) || given || after || each
}
