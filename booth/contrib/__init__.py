"""What an operating system needs to know of the booth: units that start it and watch over it."""
