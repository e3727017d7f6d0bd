# expect: fetchModel: "name" has no hash
# expect: nix-ai-model prefetch my-registry:org/name
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "";
  };
}
