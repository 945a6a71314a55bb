"""Files of the month's report: every member of the province's staff takes them, leaders too; nobody else."""

from tests.access import Row, reviewer_page, staff_page


def month(world):
    return {"month": world.obligation.period.label}


def no_month(world):
    return {"month": "2026-13"}


ROWS = {
    "month_report_file": [
        staff_page(month, query="?dang=xlsx"),
        staff_page(month, query="?dang=docx"),
        Row(month, leader=404, reviewer=404, administrator=404, query="?dang=exe"),
        Row(no_month, leader=404, reviewer=404, administrator=404, query="?dang=csv"),
    ],
    "urging": staff_page(month),
    "urging_reopen": reviewer_page(month, reviewer=302, administrator=302),  # nothing is locked: back to the dispatch
    "urging_phones": reviewer_page(month, method="POST"),
}
