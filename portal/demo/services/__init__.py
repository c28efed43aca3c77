"""The demo's servers beside the portal: an identity provider and a mailbox."""
