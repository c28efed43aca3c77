"""Pages: pages about the site."""
