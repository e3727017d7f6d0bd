# expect: fetchModel: plugins.my-registry: unknown attribute "grant"; did you mean "grants"? It takes: component, grants, hash, variables
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "";
    grant.http = [ ];
  };
}
