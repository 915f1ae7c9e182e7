"""From the lens to a `Frame`: cameras real and simulated, the grabber thread, the clean plate."""
