"""The desk's figures: every member of the province's staff reads them, leaders too; nobody else."""

from tests.access import reviewer_page, staff_page

ROWS = {
    "grid": staff_page(),
    "agency_year": staff_page(lambda world: {"pk": world.obligation.agency_id}),
    "month_report": [staff_page(), staff_page(lambda world: {"month": world.obligation.period.label})],
    "leader_page": staff_page(),
    "agency_quality": staff_page(),
    "comparison": staff_page(),
    "closing_list": staff_page(),
    "closing": staff_page(lambda world: {"pk": world.closing.pk}),
    "month_close": reviewer_page(lambda world: {"month": world.obligation.period.label}),
    "closing_reopen": reviewer_page(lambda world: {"pk": world.closing.pk}),
    "obligation_reopen": reviewer_page(lambda world: {"pk": world.obligation.pk}),
    "month_report_xlsx": staff_page(lambda world: {"month": world.obligation.period.label}),
}
