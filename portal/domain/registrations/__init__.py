"""Taking part in an event: places, the waiting list, passes, and giving a place back."""
