# `plugins` as it was written → the library that has them as sources, beside
# those that it has already.
{
  system,
  builder,
  commandLine,
  plugins,
  pkgsFor,
  currentSystem,
  readPlugins,
}:
where: written:
import ./. {
  inherit
    system
    builder
    commandLine
    pkgsFor
    currentSystem
    ;
  plugins = plugins // readPlugins where written;
}
