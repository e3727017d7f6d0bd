# expect: fetchModel: unknown attribute "colour" It takes: exclude, fileHashes, files, hash, limitRate, meta, mirrors, name, onDownloadFailure, parallelDownloads, plugins, postDownload, security, sharding, source, version
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  colour = "red";
}
