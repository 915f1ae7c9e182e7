"""The HTTP API: detections, mattes and composites for other programs, on the booth's own engine."""
