"""What people look for on a portal such as the demo's, judged by hand."""
