"""How rows lie on disk: Parquet parts, their manifest, a spool to pass over twice."""
