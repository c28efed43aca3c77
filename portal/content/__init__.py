"""Texts that people wrote, turned into safe HTML or plain text."""
