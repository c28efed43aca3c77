"""Kazakh, stored in Cyrillic alone: pure functions for its three scripts, stems and search keys."""
