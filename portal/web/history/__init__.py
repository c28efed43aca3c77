"""Pages: histories of items."""
