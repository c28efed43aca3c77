"""Answers to requests that failed."""
