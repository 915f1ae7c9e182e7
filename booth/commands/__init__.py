"""The commands of `run_booth.py`, one file each."""
