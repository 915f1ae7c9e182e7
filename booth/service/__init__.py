"""What a phone or a tool sees: pickup pages and health, served by Flask behind waitress."""
