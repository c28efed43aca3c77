"""What the portal is about. Each subject: models, the rules on them, queries that read, actions that write."""
