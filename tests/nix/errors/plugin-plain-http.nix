# expect: fetchModel: plugins.my-registry.grants: "download" must be a list of origins
# expect: https alone
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "";
    grants.download = [ "http://models.example.com" ];
  };
}
