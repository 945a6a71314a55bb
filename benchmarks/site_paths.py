"""Addresses of the bench's own views."""

EMPTY, ME = "/do/trong/", "/do/toi/"
