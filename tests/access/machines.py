"""What machines ask without signing in. Without a running tick the portal says 503: it isn't well."""

from tests.access import public

ROWS = {
    "healthz": public(status=(200, 503)),
    # Without Zalo's signature and without eSMS's secret: what these open is tested in tests/registry/test_receipts.py.
    "receipt_zalo": public(status=403)._replace(method="POST", data=lambda world: {}),
    "receipt_esms": public(lambda world: {"secret": "khong-phai"}, status=403),
}
