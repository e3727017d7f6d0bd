# expect: fetchModel: plugins.my-registry: "variables" must be a list of names of variables
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "";
    variables = [ "MY TOKEN" ];
  };
}
