"""Languages and scripts: locales, dates, translated texts."""
