# expect: fetchModel: plugins.my-registry: "hash": a component is pinned by sha256, as `nix-ai-model plugin inspect` prints it
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
  };
}
