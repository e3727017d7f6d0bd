# expect: fetchModel: security: customScanners: two are called "av"
{ library }:
let
  scanner = {
    name = "av";
    command = "true";
  };
in
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "";
  security.customScanners = [
    scanner
    scanner
  ];
}
