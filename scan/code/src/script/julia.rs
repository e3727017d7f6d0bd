//! Julia: what a package downloads and then runs as it is built or loaded.

/// What a script runs, and the line that does.
pub(super) fn verdict(source: &str) -> Option<(&'static str, &str)> {
    const FETCHES: &[&str] = &["download(", "HTTP.get(", "HTTP.request(", "base64decode(", "curl "];
    let mut held: Vec<&str> = Vec::new();
    for line in source.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let fetches = FETCHES.iter().any(|call| line.contains(call));
        let evaluates = ["include(", "include_string(", "Meta.parse(", "@eval", "eval("]
            .iter()
            .any(|call| line.contains(call));
        if fetches && evaluates {
            return Some(("runs what it downloads", line));
        }
        if line.contains("ccall((:system") || line.contains("ccall(:system") {
            return Some(("starts a program past Julia", line));
        }
        if held.iter().any(|name| starts(line, name)) {
            return Some(("starts what it downloads", line));
        }
        if fetches && held.len() < 32 {
            held.extend(names(line));
        }
    }
    None
}

/// The variables, and the files, that a line keeps what it fetches in.
fn names(line: &str) -> impl Iterator<Item = &str> {
    let variable = line.split_once('=').map(|(name, _)| name.trim());
    let variable = variable.map(|name| name.rsplit([' ', '\t']).next().unwrap_or(name));
    // `download(address, file)`
    let second = line.split_once("download(").and_then(|(_, rest)| rest.split(',').nth(1));
    let second = second.map(|word| word.trim_matches([' ', ')', ';']));
    let is_name = |name: &&str| {
        !name.is_empty()
            && (name.starts_with('"')
                || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
    };
    variable.into_iter().chain(second).filter(is_name)
}

/// Whether a line starts the file, and does not only unpack or copy it.
fn starts(line: &str, name: &str) -> bool {
    let runs = ["run(", "open(", "read(", "pipeline(", "success(", "detach("];
    let plain = name.trim_matches('"');
    let used = [format!("${plain}"), format!("$({plain})"), plain.to_owned()];
    let is_it = |word: &str| {
        let word = word.trim_start_matches("./");
        used.iter().take(if name.starts_with('"') { 3 } else { 2 }).any(|name| word == name)
    };
    if [format!("include({name})"), format!("include(\"{plain}\")")]
        .iter()
        .any(|call| line.contains(call.as_str()))
    {
        return true;
    }
    runs.iter().any(|call| line.contains(call))
        && line.split('`').skip(1).step_by(2).any(|command| {
            let mut words = command.split_whitespace();
            let first = words.next().unwrap_or_default();
            let program = first.rsplit('/').next().unwrap_or(first);
            let interprets = matches!(
                program,
                "sh" | "bash" | "zsh" | "python" | "python3" | "perl" | "node" | "nohup" | "setsid"
            );
            is_it(first)
                || interprets && words.find(|word| !word.starts_with('-')).is_some_and(is_it)
        })
}
