"""The end-to-end tests' rig: the real programs, real clients and a real browser."""
