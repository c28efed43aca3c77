"""Pages: results."""
