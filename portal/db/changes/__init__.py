"""The number that says whether cached pages are still true."""
