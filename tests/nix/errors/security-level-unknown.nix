# expect: fetchModel: security: "failOn" must be one of "note", "low", "medium", "high", "critical", "never"
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "";
  security.failOn = "severe";
}
