"""Booth: a photo booth that puts its guests into any scene, without a green screen."""
