"""Throw-away services on loopback for tests: PostgreSQL, Redis, an SMTP sink that can fail in every documented way."""
