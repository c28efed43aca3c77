"""Pictures: decoded apart, stored, drawn for social networks."""
