"""The figures of docs/benchmarks.md, and the programs that measure them again."""
