//! Who publishes code that others' models name day by day.

/// Owners of repositories, in lower case. What they publish is told all the
/// same: code of another repository may change from one day to the next.
const KNOWN: &[&str] = &[
    "01-ai",
    "alibaba-nlp",
    "allenai",
    "answerdotai",
    "baai",
    "baichuan-inc",
    "bigcode",
    "bshall",
    "databricks",
    "deepseek-ai",
    "facebook",
    "facebookresearch",
    "google",
    "huggingface",
    "huggingfacem4",
    "huggingfacetb",
    "ibm-granite",
    "intel-isl",
    "internlm",
    "isl-org",
    "jinaai",
    "kernels-community",
    "lightonai",
    "microsoft",
    "mistralai",
    "moonshotai",
    "mosaicml",
    "nomic-ai",
    "nvidia",
    "opengvlab",
    "openbmb",
    "pytorch",
    "qwen",
    "salesforce",
    "shi-labs",
    "snakers4",
    "snowflake",
    "stabilityai",
    "thudm",
    "tiiuae",
    "togethercomputer",
    "ultralytics",
    "xlangai",
    "zai-org",
    "zhihan1996",
];
/// Repositories of owners who have others.
const REPOSITORIES: &[&str] =
    &["harritaylor/torchvggish", "mateuszbuda/brain-segmentation-pytorch"];

/// Whether a repository, `owner/name` with or without more behind it, is of such
/// a publisher.
pub(crate) fn is_known(repository: &str) -> bool {
    let lower = repository.to_ascii_lowercase();
    let Some((owner, name)) = lower.split_once('/') else { return false };
    let name = name.split([':', '@']).next().unwrap_or(name);
    KNOWN.contains(&owner) || REPOSITORIES.contains(&&*format!("{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn owners_are_known_by_their_whole_names() {
        assert!(is_known("nomic-ai/nomic-bert-2048--modeling_hf_nomic_bert.NomicBertModel"));
        assert!(is_known("harritaylor/torchvggish:main"));
        assert!(!is_known("nomic-ai-x/bert--m.M"));
        assert!(!is_known("pytorch"));
        assert!(!is_known("harritaylor/other"));
    }
}
