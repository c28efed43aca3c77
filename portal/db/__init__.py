"""The database: engines, sessions, locks and timeouts."""
