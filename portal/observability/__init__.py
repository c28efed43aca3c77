"""Error reports, metrics and tracing."""
