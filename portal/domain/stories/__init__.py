"""Stories: what organisations and members write, how it comes to be read, and what readers say."""
