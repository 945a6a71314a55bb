"""What machines ask without signing in. Without a running tick the portal says 503: it isn't well."""

from tests.access import public

ROWS = {"healthz": public(status=(200, 503))}
