# expect: fetchModel: source: "my-registry:" names nothing behind the colon
{ library }:
library.fetchModel {
  source = "my-registry:";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "";
  };
}
