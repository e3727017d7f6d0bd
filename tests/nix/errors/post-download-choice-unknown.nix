# expect: fetchModel: postDownload.scripts: "onFailure" must be one of "abort", "warn", "ignore"
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "";
  postDownload.scripts = [
    {
      name = "check";
      script = "true";
      onFailure = "explode";
    }
  ];
}
