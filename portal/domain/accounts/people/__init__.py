"""Who people are, and how the portal knows them again."""
