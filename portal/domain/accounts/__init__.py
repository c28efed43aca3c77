"""People who sign in: profiles, identities, second factors, consents."""
