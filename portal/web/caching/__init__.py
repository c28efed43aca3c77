"""Cached pages and fragments, and their compression."""
