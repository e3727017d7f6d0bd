{ library }:
let
  withShell = import ../../../nix/lib {
    shell = "/shell";
    currentSystem = null;
  };
in
{
  saysNothingWhereNothingIsGiven = {
    expr = library.readDownload {
      hash = "";
      onDownloadFailure = { };
      sharding = { };
    };
    expected = { };
  };
  handsOnWhatIsGiven = {
    expr = library.readDownload {
      sharding.parallelDownloads = 8;
      limitRate = "10M";
      mirrors = [ "https://mirror.example/hf" ];
      onDownloadFailure = {
        action = "persist";
        persistPath = "/tmp/nix-model-failures";
        maxRetries = 3;
        retryDelay = 5;
        networkError = "persist-partial";
        hashMismatch = "update-hash";
        diskFull = "persist-partial";
        notifyCommand = "echo \"$MODEL_NAME\"";
      };
    };
    expected = {
      parallelDownloads = 8;
      limitRate = "10M";
      mirrors = [ "https://mirror.example/hf" ];
      onFailure = {
        action = "persist";
        persistPath = "/tmp/nix-model-failures";
        maxRetries = 3;
        retryDelay = 5;
        networkError = "persist-partial";
        hashMismatch = "update-hash";
        diskFull = "persist-partial";
        notifyCommand = "echo \"$MODEL_NAME\"";
      };
    };
  };
  aShellGoesWithACommandAlone = {
    expr =
      map (onDownloadFailure: (withShell.readDownload { inherit onDownloadFailure; }).onFailure.shell or null)
        [
          { notifyCommand = "true"; }
          { action = "retry"; }
        ];
    expected = [
      "/shell"
      null
    ];
  };
  parallelDownloadsStandByThemselvesToo = {
    expr = library.readDownload { parallelDownloads = 1; };
    expected.parallelDownloads = 1;
  };
}
