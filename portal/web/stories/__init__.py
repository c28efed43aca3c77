"""Pages: stories."""
