# expect: fetchModel: plugins.huggingface: the name belongs to a source that is built in; a plugin of yours needs another name in its manifest
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.huggingface = {
    component = ../plugins/component.wasm;
    hash = "";

  };
}
