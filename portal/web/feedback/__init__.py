"""Pages: feedback."""
