"""The command `portal`: a module for each family of commands."""
