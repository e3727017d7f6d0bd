# expect: fetchModel: source.my-registry: "transform" must be text, a number, true, false, null, or a list or set of such
{ library }:
library.fetchModel {
  source.my-registry.transform = text: text;
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "";
  };
}
