"""What every page stands on: routing, context, forms, policies."""
