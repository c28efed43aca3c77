"""What the portal forgets by itself, after how long and why, and what it did when."""
