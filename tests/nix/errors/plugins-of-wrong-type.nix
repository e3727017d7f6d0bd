# expect: fetchModel: "plugins" must be a set of name = { component; hash; grants; variables; }, or the path of a plugins.lock.json
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins = [ ];
}
