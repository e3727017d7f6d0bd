# expect: fetchModel: plugins.my-registry.grants: unknown attribute "htpp"; did you mean "http"? It takes: credentials, download, http, origins, settings
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "";
    grants.htpp = [ "https://models.example.com" ];
  };
}
