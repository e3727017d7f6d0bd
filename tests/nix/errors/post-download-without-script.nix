# expect: fetchModel: postDownload.scripts: "script" is missing
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "";
  postDownload.scripts = [ { name = "check"; } ];
}
