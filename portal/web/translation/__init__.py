"""Pages: translations."""
