//! Where environments and projects get their packages from, and what their
//! tools run.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::Path;
use crate::shell::{self, Harm};
use crate::{rules, startup};

/// Judges a leaf of what describes an environment.
pub(super) fn packages(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let lower = text.to_ascii_lowercase();
    let plain = lower.contains("http://") && !startup::is_local(&lower);
    let channel = path.has("channels") && lower.starts_with("http://") && plain;
    let locked = path.key() == "npmRegistryServer"
        || path.at(0) == "package" && path.key() == "url" && path.item().is_some();
    if locked && shell::is_foreign(&lower) {
        return elsewhere(text, part, scan);
    }
    let index = path.at(0) == "python"
        && matches!(
            path.key(),
            "index_url" | "extra_index_url" | "trusted_host" | "find_links" | "pip_args"
        )
        && plain;
    if channel || index {
        elsewhere(text, part, scan);
    } else if path.has("pip")
        || matches!(
            path.key(),
            "python_packages" | "pip_dependencies" | "requirements" | "build_dependencies"
        )
    {
        startup::requirements(text, part, scan);
    }
}

/// Judges where a package of Node comes from.
pub(super) fn locked(text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if shell::is_foreign(&text.to_ascii_lowercase()) {
        elsewhere(text, part, scan);
    }
}

fn elsewhere(text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let message =
        format!("Packages are installed from \"{}\", which nobody vouches for", cut(text));
    scan.find(part, rules::REQUIREMENT.found(message).level(Level::High));
}

/// Whether a file describes a project of Python, or what runs in it.
pub(super) fn is_project(name: &str) -> bool {
    matches!(
        name,
        "pyproject.toml"
            | "setup.cfg"
            | "tox.ini"
            | "pipfile"
            | "pixi.toml"
            | "hatch.toml"
            | "uv.toml"
            | "pdm.toml"
            | "poetry.toml"
            | "mise.toml"
            | ".mise.toml"
            | "pytest.ini"
            | "tox.toml"
            | "rye.toml"
            | "cargo.toml"
            | "uv.lock"
            | "poetry.lock"
            | "pdm.lock"
            | "pylock.toml"
    )
}

/// Judges a leaf of what describes a project.
pub(super) fn judge(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let lower = text.to_ascii_lowercase();
    if (lower.contains("://")) && requires(path, &lower) {
        let compact = lower.replace(' ', "");
        if shell::is_foreign(&compact.replace('@', " ")) {
            return elsewhere(text, part, scan);
        }
    }
    if path.key() == "backend-path" && text.contains("..") {
        let message = format!("The package is built by \"{}\", out of the folder", cut(text));
        return scan.find(part, rules::ADDRESS.found(message).level(Level::High));
    }
    if !is_run(path) {
        return;
    }
    if let Some(harm) = shell::harm(text)
        .filter(|harm| !matches!(harm, Harm::Secret | Harm::Persist))
        .filter(|harm| *harm != Harm::Download || !crate::script::is_published(&lower))
        .or_else(|| shell::certain(text))
    {
        let message = format!("The project's tools run \"{}\", which {}", cut(text), harm.says());
        scan.find(part, rules::TOOL.found(message));
    }
}

/// Whether packages are installed from what the leaf names.
fn requires(path: &Path, lower: &str) -> bool {
    // The pages of a project.
    if path.has("urls") || path.at(0) == "metadata" {
        return false;
    }
    let of_url = matches!(
        path.key(),
        "url"
            | "git"
            | "index-url"
            | "index_url"
            | "extra-index-url"
            | "extra_index_url"
            | "find-links"
            | "find_links"
            | "default-index"
            | "index"
            | "dependency_links"
            | "channels"
            | "file"
            | "index_server"
            | "indexserver"
            | "install_command"
            | "trusted-host"
            | "extra-index-urls"
    );
    // `homepage` and its like are nothing that is installed.
    let of_list = path.steps.iter().filter_map(|step| step.key()).any(|key| {
        matches!(
            key,
            "requires"
                | "dependencies"
                | "optional-dependencies"
                | "dependency-groups"
                | "install_requires"
                | "setup_requires"
                | "tests_require"
                | "extras_require"
                | "options"
                | "deps"
                | "dev-dependencies"
                | "pypi-dependencies"
                | "build-system"
                | "packages"
                | "dev-packages"
                | "requires-plugins"
                | "build-dependencies"
                | "constraint-dependencies"
                | "override-dependencies"
                | "sources"
        )
    });
    of_list || of_url || lower.contains("@http://") || lower.contains("@ http://")
}

/// Whether a tool runs the leaf.
fn is_run(path: &Path) -> bool {
    path.steps.iter().filter_map(|step| step.key()).any(|key| {
        matches!(
            key,
            "commands"
                | "commands_pre"
                | "commands_post"
                | "install_command"
                | "list_dependencies_command"
                | "scripts"
                | "tasks"
                | "task"
                | "hooks"
                | "cmd"
                | "shell"
                | "run"
                | "pre-install-commands"
                | "post-install-commands"
                | "before-build"
                | "before-all"
                | "before-test"
                | "test-command"
                | "repair-wheel-command"
                | "activation"
                | "build"
                | "pre_build"
                | "post_build"
                | "_"
                | "env"
        )
    })
}
