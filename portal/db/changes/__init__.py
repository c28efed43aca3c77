"""What a transaction changed, and the number that says so to cached pages."""
