"""Pages: the front page."""
