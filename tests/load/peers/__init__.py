"""Others of our field, installed and measured beside the portal."""
