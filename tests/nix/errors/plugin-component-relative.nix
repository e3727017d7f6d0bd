# expect: fetchModel: plugins.my-registry: "component" must be the component's file: a path, a package that is the file, an https URL without a login, or "oci://registry/name:tag"
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = "component.wasm";
    hash = "";

  };
}
