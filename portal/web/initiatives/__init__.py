"""Pages: initiatives."""
