"""One file per command: parse, call one verb, print."""
