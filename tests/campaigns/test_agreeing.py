"""The month's report says the same everywhere: a small province here, three seeds × twelve months in `make agreement`."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal.lib import periods
from registry.models import User
from tests.campaigns import agreeing


@pytest.mark.django_db
def test_screen_files_and_plain_sql_agree_cell_by_cell_in_an_open_and_a_closed_month(client_for, tmp_path):
    call_command("seed_demo", seed=7, months=3, agencies=4, stage="published", verbosity=0)
    client = client_for(User.objects.get(username="lanh-dao"))
    months = [periods.month_label(periods.months_back(timezone.localdate(), back)) for back in (2, 0)]
    comparison = agreeing.Comparison()
    agreeing.grow_tree()
    for month in months:
        agreeing.compare(month, client, tmp_path, comparison)
    agreeing.compare(months[1], client, tmp_path, comparison, by_parent=True)
    assert [len(agreeing.wanted(month, agreeing.BY_PARENT)["parents"]) > 2 for month in months] == [False, True]
    assert comparison.faults == []
    assert set(comparison.cells) == {"screen", "xlsx", "csv", "docx", "json", "pdf"}
    assert min(comparison.cells.values()) >= 2 * 5 * agreeing.WIDTH
    one_wrong_cell_is_found(client, months[1])


def one_wrong_cell_is_found(client, month):
    """The negative control."""
    expected, comparison = agreeing.wanted(month)["agencies"], agreeing.Comparison()
    label = next(iter(expected))
    expected[label] = expected[label] | {"late": expected[label]["late"] + 1}
    comparison.table("screen", month, "agencies", agreeing.from_screen(client, month)["agencies"], expected, False)
    assert len(comparison.faults) == 1 and f"{label} late" in comparison.faults[0]
