"""The desk's figures: every member of the province's staff reads them, leaders too; nobody else."""

from tests.access import staff_page

ROWS = {
    "grid": staff_page(),
    "agency_year": staff_page(lambda world: {"pk": world.obligation.agency_id}),
    "month_report": [staff_page(), staff_page(lambda world: {"month": world.obligation.period.label})],
    "month_report_xlsx": staff_page(lambda world: {"month": world.obligation.period.label}),
}
