"""What texts and queries are made of when they are searched: pure functions, any script."""
