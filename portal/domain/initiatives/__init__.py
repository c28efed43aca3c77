"""Initiatives: lines of work that plans, events and results grow along."""
