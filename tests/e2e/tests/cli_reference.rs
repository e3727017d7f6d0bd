//! The command line's reference is what the command line says of itself.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_e2e::binary;
use nix_ai_model_testkit::{Environment, workspace_root};

/// Set to anything, it writes the page instead of comparing.
const UPDATE: &str = "NIX_AI_MODEL_UPDATE_DOCS";

const COMMANDS: [&[&str]; 20] = [
    &[],
    &["prefetch"],
    &["resolve"],
    &["hash"],
    &["scan"],
    &["plugin"],
    &["plugin", "add"],
    &["plugin", "list"],
    &["plugin", "inspect"],
    &["plugin", "update"],
    &["plugin", "grant"],
    &["plugin", "revoke"],
    &["plugin", "remove"],
    &["plugin", "new"],
    &["plugin", "pack"],
    &["plugin", "test"],
    &["plugin", "publish"],
    &["plugin", "compile"],
    &["completions"],
    &["man"],
];

#[test]
fn the_page_is_up_to_date() {
    let environment = Environment::new().unwrap();
    let mut page =
        "# The command line\n\nMade from the program's own help; a test compares them.\n"
            .to_owned();
    for command in COMMANDS {
        let help =
            environment.program(binary()).args(command).arg("--help").run().unwrap().succeeded();
        let help: Vec<&str> = help.stdout.lines().map(str::trim_end).collect();
        let title = [&["nix-ai-model"], command].concat().join(" ");
        page.push_str(&format!("\n## {title}\n\n```text\n{}\n```\n", help.join("\n").trim_end()));
    }
    let file = workspace_root().join("docs/reference/cli.md");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(written, page, "run the test with {UPDATE}=1 and look at what changed");
}

#[test]
fn no_command_is_left_out() {
    let environment = Environment::new().unwrap();
    for group in [&[][..], &["plugin"]] {
        let help = environment
            .program(binary())
            .args(group)
            .arg("--help")
            .run()
            .unwrap()
            .succeeded()
            .stdout;
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let names = listed
            .take_while(|line| !line.is_empty())
            .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        for name in
            names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help")
        {
            let command = [group, &[name]].concat();
            assert!(COMMANDS.contains(&command.as_slice()), "{command:?} is not on the page");
        }
    }
}
