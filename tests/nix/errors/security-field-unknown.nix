# expect: fetchModel: security: unknown attribute "enablePikleScan"; did you mean "enablePickleScan"?
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "";
  security.enablePikleScan = true;
}
