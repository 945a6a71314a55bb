"""A look-up whose SQL is written once answers what the ordinary queryset answers."""

import pytest

from registry.models import ChannelKey
from registry.prepared import Prepared
from registry.recognising import BY_KEY, RECORDS
from tests.builders import make_agency, make_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(reviewer):
    channel = make_channel(make_agency(), actor=reviewer)
    return channel.keys.get().key


def everything(row):
    """Loaded fields of the row and of what came with it."""
    rows = (row, row.channel, row.channel.agency)
    return [{name: value for name, value in vars(one).items() if name != "_state"} for one in rows]


def plain(rows):
    facts = [everything(row) for row in rows]
    for one in facts:
        one[0].pop("channel", None)
    return facts


def test_it_gives_the_rows_of_the_queryset_with_all_that_came_along(key, django_assert_num_queries):
    expected = list(RECORDS.filter(key=key))
    with django_assert_num_queries(1):
        found = BY_KEY(key)
        facts = plain(found)
    assert found == expected and facts == plain(expected)
    assert found[0].get_deferred_fields() == expected[0].get_deferred_fields()
    assert found[0].channel.reconfirmed_on == expected[0].channel.reconfirmed_on


def test_it_asks_again_for_each_value(key):
    assert BY_KEY("facebook:khong-co") == [] and len(BY_KEY(key)) == 1
    ChannelKey.objects.filter(key=key).delete()
    assert BY_KEY(key) == []


def test_a_look_up_without_parameter_or_with_two_is_refused():
    for queryset in (ChannelKey.objects.all(), ChannelKey.objects.filter(key__in=["a", "b"])):
        with pytest.raises(ValueError, match="exactly one"):
            Prepared(queryset)("a")
