"""Small values and rules that every other package may use."""
