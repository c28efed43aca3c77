"""Pages: feeds and the sitemap."""
