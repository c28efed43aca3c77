"""Organisations, and what people are in them."""
