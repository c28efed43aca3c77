"""What every route shares: the ctx, the form, the page, and the guards at the edge."""
