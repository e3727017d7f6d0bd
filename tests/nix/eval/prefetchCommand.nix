{ library }:
let
  huggingface = {
    source = "huggingface";
    repo = "org/name";
    revision = "main";
  };
in
{
  isTheShortForm = {
    expr = library.prefetchCommand huggingface;
    expected = "nix-ai-model prefetch huggingface:org/name@main";
  };
  hasThePatterns = {
    expr = library.prefetchCommand (
      huggingface
      // {
        files = [
          "*.json"
          "it's"
        ];
        exclude = [ "a" ];
      }
    );
    expected = "nix-ai-model prefetch huggingface:org/name@main --include '*.json' --include 'it'\\''s' --exclude a";
  };
  fallsBackToTheWholeSpec = {
    expr = library.prefetchCommand (huggingface // { endpoint = "http://127.0.0.1:1"; });
    expected = "echo '{\"endpoint\":\"http://127.0.0.1:1\",\"repo\":\"org/name\",\"revision\":\"main\",\"source\":\"huggingface\"}' | nix-ai-model prefetch -";
  };
}
