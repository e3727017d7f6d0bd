# The model as Hugging Face's cache layout, for an offline `from_pretrained`:
# the value of `HF_HUB_CACHE`.
#
# The layout names its snapshot by a commit, which a fixed output does not
# know. Where the revision is no commit, the name follows from the pinned
# hashes: stable, and another one for other content.
{ derive, storeName }:
{
  name,
  model,
  spec,
  pinned,
}:
if spec.source != "huggingface" then
  throw "fetchModel: hfCache of \"${name}\": only a model from the source huggingface has a place in Hugging Face's cache, this one is from ${spec.source}"
else
  derive {
    name = storeName "${name}-hf-cache";
    operation = "hf-cache";
    inherit model;
    inherit (spec) repo revision;
    repoType = spec.repoType or "model";
    commit =
      if builtins.match "[0-9a-f]{40}" spec.revision != null then
        spec.revision
      else
        builtins.substring 0 40 (builtins.hashString "sha256" (builtins.toJSON pinned));
  }
