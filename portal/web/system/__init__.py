"""Pages: health, metrics and status."""
