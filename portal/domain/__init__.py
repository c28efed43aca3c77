"""What the portal is about; each subject has models, rules, queries and actions."""
