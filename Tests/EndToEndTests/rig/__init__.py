"""The rig of the end-to-end tests: the real programs, real clients and a real browser on loopback."""
