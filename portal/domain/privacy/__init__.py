"""Accounts as a whole: what is held about somebody across all subjects, and letting it go."""
