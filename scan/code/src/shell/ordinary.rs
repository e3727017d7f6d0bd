//! Commands that scripts of repositories run every day.

/// Whether a command only runs programs that show, build or copy something. What
/// does harm is looked for before.
pub(crate) fn is_ordinary(command: &str) -> bool {
    !command.is_empty()
        && !command.contains(['`', '<'])
        && !command.contains("$(")
        && command.split(['|', ';', '&']).all(|part| {
            let part = part.trim();
            let mut words = part.split_whitespace().skip_while(|word| *word == "sudo");
            let program = words.next().unwrap_or_default();
            let leaves = |word: &str| word.starts_with(['/', '~', '$']) || word.contains("..");
            let clears = program == "rm" && !words.clone().any(leaves);
            let installs = matches!(program, "pip" | "pip3" | "uv");
            part.is_empty()
                || clears
                || installs && !part.contains("://")
                || is_ordinary_program(super::program(program))
        })
}

fn is_ordinary_program(program: &str) -> bool {
    matches!(
        program,
        "dot"
            | "cat"
            | "ls"
            | "grep"
            | "head"
            | "tail"
            | "wc"
            | "sort"
            | "uniq"
            | "cut"
            | "tr"
            | "awk"
            | "sed"
            | "mkdir"
            | "cp"
            | "mv"
            | "cd"
            | "sox"
            | "ctest"
            | "cargo"
            | "rustup"
            | "pixi"
            | "dos2unix"
            | "fc-list"
            | "fc-cache"
            | "pdflatex"
            | "convert"
            | "apt-get"
            | "conda"
            | "black"
            | "ruff"
            | "pytest"
            | "tar"
            | "unzip"
            | "git"
            | "gcc"
            | "cmake"
            | "make"
            | "ninja"
            | "npm"
            | "yarn"
            | "nvidia-smi"
            | "ffmpeg"
            | "docker"
            | "kubectl"
    ) || program.starts_with("clang-format")
}
