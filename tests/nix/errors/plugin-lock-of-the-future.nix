# expect: fetchModel: plugins: future.lock.json: "version" must be one of 1
{ library }:
library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins = ../plugins/future.lock.json;
}
