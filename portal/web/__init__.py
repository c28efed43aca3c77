"""What every route shares: the visit, the form, the page, and the guards at the edge."""
