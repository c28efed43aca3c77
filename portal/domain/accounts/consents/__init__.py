"""What people agreed to: each purpose by itself, with the words they read."""
