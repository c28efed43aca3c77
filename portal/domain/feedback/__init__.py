"""What people thought of an event: a receipt, a sealed box, and answers that lead to nobody."""
