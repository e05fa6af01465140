"""Feedback on the pages: told by anybody without signing in, answered by a steward under a reference (law 306/2019)."""
