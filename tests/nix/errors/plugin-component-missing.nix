# expect: fetchModel: plugins.my-registry: "component": there is no file
# expect: plugins/nothing.wasm
{ library }:
(library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/nothing.wasm;
    hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  };
}).drvPath
