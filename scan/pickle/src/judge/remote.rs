//! What the last word of an unknown function's name says: that it loads a model
//! of another place.

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

/// Whether a name is that of such a function.
pub(super) fn is_remote(name: &str) -> bool {
    match name.rsplit_once('.') {
        Some((_, last)) => TELLING.contains(&last) || METHODS.contains(&last),
        None => TELLING.contains(&name),
    }
}
