"""How Kazakh words are written in Latin and Arabic script where the rules get them wrong."""
