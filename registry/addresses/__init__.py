"""Addresses of channels: any spelling in, one canonical key out. Pure code, no Django, no network."""
