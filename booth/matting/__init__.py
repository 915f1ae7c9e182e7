"""From a Frame to a Cutout: segmenters, the resident worker, trimap, alpha, foreground, weights."""
