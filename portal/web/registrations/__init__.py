"""Pages: sign-ups, passes and check-in."""
