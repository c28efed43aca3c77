"""Translating whatever people wrote: one way for all kinds of items."""
