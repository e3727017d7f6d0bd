# expect: fetchModel: plugins.my-registry.grants: "http" must be a list of origins such as "https://models.example.com"
# expect: a star for nothing but the labels before a domain of at least two
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "";
    grants.http = [ "https://*" ];
  };
}
