# expect: fetchModel: "name" has no hash, so nothing says which bytes it is
# expect: nix-ai-model prefetch huggingface:org/name@main --include '*.json'
{ library }:
library.fetchModel {
  source.huggingface = {
    repo = "org/name";
    files = [ "*.json" ];
  };
}
