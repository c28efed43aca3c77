"""What an operator does beside serving: looking whether all is whole, copies, moving."""
