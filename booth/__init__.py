"""Booth: a photo booth that puts its guests into any scene, without a green screen."""

import os

# Read by OpenCV when it is first imported: a small file must not unpack into gigabytes.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(64_000_000))
