"""What people prove themselves with beside signing in: an app's codes, passkeys, recovery codes."""
