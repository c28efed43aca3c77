"""The portal's own pages: what it is, its rules, privacy, and how to reach who runs it."""
