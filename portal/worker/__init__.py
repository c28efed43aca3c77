"""The background process: its loop and its jobs."""
