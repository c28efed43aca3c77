"""The ways into an account: adding and removing them, and the portal's own, links by e-mail."""
