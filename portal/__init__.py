"""Shanyraq: initiatives, events and feedback of a people spread over the world."""

from pathlib import Path

# The folder that holds templates, static files, catalogues and migrations beside this package.
HOME = Path(__file__).resolve().parent.parent
