# expect: fetchModel: source: "revision" is given beside a short form; only files and exclude can be
{ library }:
library.fetchModel {
  source = {
    source = "huggingface:org/name";
    revision = "v1";
  };
  hash = "";
}
