"""What came of what the portal announced: what happened, for whom, and what comes next."""
