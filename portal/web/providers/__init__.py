"""Providers people sign in with: OpenID Connect, and plain OAuth 2.0, both through Authlib."""
