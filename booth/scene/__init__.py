"""From a Cutout to a Composite: backdrops, placement, light, layout."""
