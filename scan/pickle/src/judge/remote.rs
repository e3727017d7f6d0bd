//! What the last word of an unknown function's name says: that it loads a model
//! of another place, or reaches out of the program.

/// Words that a function is called by that fetches or loads what its caller
/// names.
static TELLING: &[&str] = &[
    "cached_download",
    "download",
    "download_file",
    "download_from_url",
    "download_model",
    "download_pretrained",
    "download_url",
    "from_hub",
    "from_pretrained",
    "from_url",
    "hf_hub_download",
    "load_from_checkpoint",
    "load_from_hub",
    "load_pretrained",
    "load_state_dict_from_url",
    "load_url",
    "push_to_hub",
    "snapshot_download",
];

/// The same, where they are a class's or a submodule's.
static METHODS: &[&str] = &[
    "from_file",
    "from_path",
    "from_uri",
    "load",
    "load_checkpoint",
    "load_from_file",
    "load_model",
    "load_weights",
    "restore",
];

/// Words that functions are called by that run programs or code, reach files or
/// other machines.
static ACTS: &[&str] = &[
    "delete_file",
    "eval_expr",
    "eval_expression",
    "eval_js",
    "eval_string",
    "evaluate_code",
    "exec_file",
    "exec_js",
    "exec_script",
    "execute_code",
    "execute_command",
    "execute_script",
    "execute_shell",
    "fetch_url",
    "http_get",
    "http_post",
    "import_from_path",
    "import_module_from",
    "kill_process",
    "open_file",
    "open_url",
    "pip_install",
    "read_file",
    "remove_file",
    "run_bash",
    "run_cell",
    "run_process",
    "run_python",
    "run_script",
    "run_shell",
    "run_subprocess",
    "send_request",
    "shell",
    "shell_exec",
    "spawn_process",
    "start_process",
    "write_file",
];

/// What a name says of such a function, to follow "which".
pub(super) fn deed(name: &str) -> Option<&'static str> {
    if is_remote(name) {
        return Some("by its name fetches or loads a model of another place");
    }
    let last = name.rsplit('.').next().unwrap_or_default().trim_start_matches('_');
    ACTS.contains(&last).then_some("by its name runs programs or reaches files or other machines")
}

/// Whether a name is that of such a function.
fn is_remote(name: &str) -> bool {
    match name.rsplit_once('.') {
        Some((_, last)) => TELLING.contains(&last) || METHODS.contains(&last),
        None => TELLING.contains(&name),
    }
}
