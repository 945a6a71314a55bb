"""The calendar of posts: the province's staff."""

from tests.access import staff_page

ROWS = {"posting": [staff_page(query="?thang=2026-11"), staff_page(query="?tuan=2026-W47&kenh=tinh")]}
