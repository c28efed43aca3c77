"""Pages: images."""
