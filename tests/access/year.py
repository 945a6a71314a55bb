"""An agency's year: its own people in the workspace, the province's staff at the desk."""

from tests.access import own_page, staff_page


def year(world):
    return {"year": world.obligation.period.month.year}


def desk(world):
    return year(world) | {"pk": world.agency.pk}


ROWS = {
    # Without `don_vi` it is everybody's own agency.
    "my_year": [own_page(year, other=200), own_page(lambda world: {"year": 1999}, other=404, focal=404)],
    "my_year_pdf": own_page(year, other=200),
    "agency_products": staff_page(desk),
    "agency_products_pdf": staff_page(desk),
}
