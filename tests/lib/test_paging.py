"""Deep pages of long lists: the same rows as Django's own pages, whole rows read for the page only."""

import pytest
from django.db.models import F

from portal.lib.paging import LongPaginator
from registry.models import Agency
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def agencies(reviewer):
    for number in range(7):
        builders.make_agency(actor=reviewer, name=f"Đơn vị số {number}")
    return Agency.objects.select_related("parent").order_by("sort_key", "pk")


@pytest.mark.parametrize("keys_first", [False, True])
def test_pages_hold_every_row_once_and_in_order(agencies, keys_first):
    pages = LongPaginator(agencies, 3)
    pages.keys_first = keys_first
    shown = [list(pages.page(number)) for number in pages.page_range]
    assert [row for page in shown for row in page] == list(agencies) and list(map(len, shown)) == [3, 3, 1]


@pytest.mark.parametrize("order", [("-sort_key", "pk"), (F("founded_on").desc(nulls_last=True), "-pk")])
def test_pages_behind_the_middle_come_from_the_end(agencies, order):
    Agency.objects.filter(pk=agencies[2].pk).update(founded_on="2020-01-01")
    rows = agencies.order_by(*order)
    pages = LongPaginator(rows, 2)
    assert [row for number in pages.page_range for row in pages.page(number)] == list(rows)


def test_a_deep_page_reads_keys_and_then_its_rows(agencies, django_assert_num_queries):
    with django_assert_num_queries(3) as queries:
        list(LongPaginator(agencies, 3).get_page(2))
    _count, keys, rows = (query["sql"] for query in queries.captured_queries)
    assert "name" not in keys.split("ORDER")[0] and "OFFSET" in keys and "OFFSET" not in rows


def test_lists_and_distinct_rows_are_cut_as_usual(agencies):
    for rows in (list(agencies), agencies.distinct()):
        assert list(LongPaginator(rows, 3).page(2)) == list(agencies)[3:6]
