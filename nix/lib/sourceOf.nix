# spec → the definition of its source. A spec's `source` is the source's name,
# or the whole short form where only the source itself can read that.
{ sources }: spec: sources.${builtins.head (builtins.match "([^:]*).*" spec.source)}
