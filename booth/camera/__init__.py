"""From the lens to a Frame: cameras, the grabber thread, the clean plate."""
