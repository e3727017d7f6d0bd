# expect: fetchModel: source: unknown source "my-registry"
# expect: "plugins" adds those of third parties
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
}
