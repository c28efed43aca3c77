"""What public items have said over time."""
