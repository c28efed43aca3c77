"""Searching what everybody may see, in all languages and scripts at once."""
