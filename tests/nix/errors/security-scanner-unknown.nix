# expect: fetchModel: security: scanners: there is no plugin "guard"; pin it in "plugins"
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "";
  security.scanners = [ "guard" ];
}
