"""Images of published items: taken in, kept in several sizes, described in words."""
