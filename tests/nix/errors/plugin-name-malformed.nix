# expect: fetchModel: plugins.My_registry: "My_registry" is not a plugin's name: lower-case letters, digits and hyphens, a letter first
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.My_registry = {
    component = ../plugins/component.wasm;
    hash = "";

  };
}
