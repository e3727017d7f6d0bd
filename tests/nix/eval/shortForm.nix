{ library }:
{
  ofEachSource = {
    expr = map library.shortForm [
      {
        source = "huggingface";
        repo = "org/name";
        revision = "main";
      }
      {
        source = "huggingface";
        repo = "org/name";
        revision = "refs/pr/1";
        repoType = "dataset";
      }
      {
        source = "url";
        urls = [
          { url = "https://a/b"; }
          { url = "https://c/d"; }
        ];
      }
    ];
    expected = [
      "huggingface:org/name@main"
      "huggingface:datasets/org/name@refs/pr/1"
      "https://a/b https://c/d"
    ];
  };
}
