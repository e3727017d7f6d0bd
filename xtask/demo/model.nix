# Written by `cargo xtask demo`.
let
  models = (import @library@ { }).mkLib {
    system = "x86_64-linux";
    builder = builtins.storePath "@builder@";
  };
  model = models.fetchModel {
    source.huggingface = {
      repo = "sentence-transformers/all-MiniLM-L6-v2";
    };
    hash = "@hash@";
  };
in
{
  inherit model;
  inherit (model) hfCache raw;
}
