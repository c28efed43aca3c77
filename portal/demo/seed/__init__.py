"""Repeatable data in bulk, for tests of load and faults."""
