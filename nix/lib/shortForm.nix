# spec → the short form that the command line takes and the metadata records.
{ sources }: spec: sources.${spec.source}.shortForm spec
