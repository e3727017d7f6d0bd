# expect: fetchModel: plugins.my-registry: "hash" is missing; it must be a hash such as
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;

  };
}
