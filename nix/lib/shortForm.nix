# spec → the short form that the command line takes and the metadata records.
{ sourceOf }: spec: (sourceOf spec).shortForm spec
