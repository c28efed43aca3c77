"""Pages: sign-in, profiles and privacy."""
