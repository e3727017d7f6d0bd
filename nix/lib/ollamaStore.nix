# The model as a store of Ollama's: the value of `OLLAMA_MODELS`.
{
  derive,
  sources,
  storeName,
}:
{
  name,
  model,
  spec,
}:
if spec.source != "ollama" then
  throw "fetchModel: ollamaStore of \"${name}\": only a model from the source ollama has a place in Ollama's store, this one is from ${spec.source}"
else
  derive {
    name = storeName "${name}-ollama-store";
    operation = "ollama-store";
    inherit model;
    called = sources.ollama.called spec;
  }
