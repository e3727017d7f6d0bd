//! What installers write into the files that shells start with.

/// Whether a line, in small letters, only has a shell find a program or set
/// itself up for one.
pub(super) fn sets_up(lower: &str) -> bool {
    // `eval "$(rbenv init -)"`, `eval "$(brew shellenv)"`
    const TOOLS: &[&str] =
        &[" init", " hook", " activate", " shellenv", " env", " completion", " shell."];
    let inner = lower.split("$(").nth(1).and_then(|rest| rest.split(')').next());
    let is_tool = inner.is_some_and(|inner| {
        TOOLS.iter().any(|word| inner.contains(word))
            && !inner.contains(['|', ';', '&', '`', '>', '<'])
            && !["curl", "wget", "base64", "http", "sh -c", "python", "perl", "printf", "echo"]
                .iter()
                .any(|word| inner.contains(word))
    });
    let runs = lower.matches("$(").count();
    let plain = ["export ", "path=", "set -gx path", "fish_add_path"]
        .iter()
        .any(|word| lower.contains(word));
    !lower.contains('`')
        && (runs == 0 && plain || runs == 1 && is_tool)
        && !["ld_preload", "prompt_command", "bash_env", "nohup", "http://", "/dev/tcp"]
            .iter()
            .any(|word| lower.contains(word))
}
