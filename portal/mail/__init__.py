"""Writes the emails we owe and hands them to the mail server; also the worker's other rounds."""
