"""The index that searching reads: every item's words, in each language it can be read in."""
