"""Store: the only place that knows DuckDB. Working file, one transaction per run, published snapshots."""
