//! What a model is called in the store: as the Nix library calls it, so that a
//! build finds what was prefetched.

use nix_ai_model_nix::name_of;

/// How the places in object stores begin.
const STORES: [&str; 3] = ["s3://", "gcs://", "azure://"];

/// The name of what a plan's source stands for: the last part of a short form,
/// its revision left out; of a URL its file, of several URLs no one's; of a git
/// repository its address without `.git`; of a place in an object store the
/// last name, else the bucket; of an MLflow model its name without the version.
pub(super) fn of(source: &str) -> String {
    if let Some(place) = STORES.iter().find_map(|store| source.strip_prefix(store)) {
        return of_place(place);
    }
    let (kind, reference) = source.split_once(':').unwrap_or(("", source));
    let before = |mark: char| reference.split(mark).next().unwrap_or(reference);
    match kind {
        "url" if reference.contains(' ') => "model".to_owned(),
        "url" => name_of(reference),
        "git-lfs" => {
            let address = before('#').trim_end_matches('/');
            name_of(address.strip_suffix(".git").unwrap_or(address))
        }
        "mlflow" => of_mlflow(reference),
        _ => name_of(before('@')),
    }
}

fn of_place(place: &str) -> String {
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let bucket = bucket.split('@').next().unwrap_or(bucket);
    name_of(if prefix.is_empty() { bucket } else { prefix })
}

fn of_mlflow(reference: &str) -> String {
    if reference.starts_with("models:/") || reference.starts_with("runs:/") {
        return name_of(reference);
    }
    let named = reference.split_once('/').or_else(|| reference.rsplit_once('@'));
    name_of(named.map_or(reference, |(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn names_are_those_of_the_nix_library() {
        for (source, name) in [
            ("huggingface:org/name@main", "name"),
            ("url:https://e.org/a/m.bin", "m.bin"),
            ("url:https://e.org/a https://e.org/b", "model"),
            ("git-lfs:https://e.org/org/model.git#v1", "model"),
            ("git-lfs:https://e.org/org/model/", "model"),
            ("mlflow:name/3", "name"),
            ("mlflow:name@champion", "name"),
            ("mlflow:models:/m-1", "m-1"),
            ("ollama:llama2:7b", "llama2-7b"),
            ("s3://models/a/llama-2/", "llama-2"),
            ("s3://models/a/model.gguf", "model.gguf"),
            ("gcs://models/", "models"),
            ("azure://models@acc1.blob.core.windows.net/llama@2/", "llama-2"),
            ("azure://models@acc1.blob.core.windows.net/", "models"),
        ] {
            assert_eq!(of(source), name, "{source}");
        }
    }
}
