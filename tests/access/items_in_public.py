"""What agencies published: open to everybody."""

from tests.access import public

ROWS = {
    "agency_items": [
        public(lambda world: {"slug": world.agency.slug}),
        public(lambda world: {"slug": "khong-co"}, 404),
    ]
}
