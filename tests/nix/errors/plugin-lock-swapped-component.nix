# expect: fetchModel: plugins: wrong-hash.lock.json.by-file: the component is not the one that was consented to
{ library }:
(library.fetchModel {
  source = "by-file:org/name";
  hash = "";
  plugins = ../plugins/wrong-hash.lock.json;
}).drvPath
