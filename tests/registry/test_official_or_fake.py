"""One address is official or a known fake, never both, also when two people decide at the same moment (real row locks)."""

from threading import Barrier, BrokenBarrierError

import pytest
from django.core.exceptions import ValidationError

from registry.models import ChannelChange, ChannelKey, KnownFake, NetworkGroup, entering, fake, group
from tests import builders
from tests.builders import NOW
from tests.registry.test_people_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
URL = "https://www.facebook.com/trangtranhchap"
KEY = "facebook:trangtranhchap"
WAIT = 0.4


def answer_of(act):
    """Do it: "made", or the class of the refusal."""

    def said():
        try:
            act()
        except ValidationError as refused:
            return type(refused).__name__
        return "made"

    return said


def is_of_keys(rows):
    return isinstance(rows[0], ChannelKey)


@pytest.fixture
def meet_after_the_look(monkeypatch):
    """Both sides have looked at the other's table before either writes, unless a lock keeps them apart."""
    together = Barrier(2)

    def meeting(verb, when=lambda *args: True):
        def met(*args, **kwargs):
            try:
                if when(*args):
                    together.wait(WAIT)
            except BrokenBarrierError:
                pass
            return verb(*args, **kwargs)

        return met

    monkeypatch.setattr(KnownFake, "record", meeting(KnownFake.record))
    monkeypatch.setattr(ChannelKey, "validate_constraints", meeting(ChannelKey.validate_constraints))
    monkeypatch.setattr(entering.bulk, "insert", meeting(entering.bulk.insert, is_of_keys))


def confirming(agency, reviewer):
    channel = builders.make_channel(agency, actor=reviewer, url=URL, confirmed=False)
    return lambda: channel.confirm(actor=reviewer)


def accepting(agency, reviewer):
    channel = builders.make_channel(agency, actor=reviewer)
    change = ChannelChange.propose(actor=reviewer, channel=channel, url=URL)
    return lambda: change.accept(actor=reviewer)


def widening(agency, reviewer):
    channel = builders.make_channel(agency, actor=reviewer)
    return lambda: ChannelKey.add(actor=reviewer, channel=channel, url=URL, reason="Thử")


def importing(agency, reviewer):
    draft = {"agency": agency, "kind": "facebook_page", "name": "Trang nhập", "url": URL, "key": KEY}
    return lambda: entering.enter_channels(actor=reviewer, drafts=[draft])


def enlisting(agency, reviewer):
    facts = {"url": URL, "noted_on": builders.TODAY, "source": "Công văn 1/CAT", "imitates": agency}
    return lambda: KnownFake.enlist(actor=reviewer, **facts)


def both_at_once(official, agency, reviewer):
    """What each side answered, and whether the address is official, and fake."""
    answers = at_once(answer_of(official(agency, reviewer)), answer_of(enlisting(agency, reviewer)))
    is_live = ChannelKey.objects.filter(key=KEY, is_live=True).exists()
    return sorted(answers), is_live, KnownFake.objects.filter(key=KEY).exists()


@pytest.mark.parametrize("official", [confirming, importing])
def test_without_the_line_an_address_becomes_both(official, health, reviewer, meet_after_the_look, monkeypatch):
    """Negative control: each looks, sees nothing, and writes."""
    monkeypatch.setattr(fake, "wait_in_line", lambda *args, **kwargs: None)
    assert both_at_once(official, health, reviewer) == (["made", "made"], True, True)


@pytest.mark.parametrize("official", [confirming, accepting, widening, importing])
def test_in_line_one_decision_holds_and_the_other_reads_why_not(official, health, reviewer, meet_after_the_look):
    answers, is_live, is_fake = both_at_once(official, health, reviewer)
    assert (answers, is_live != is_fake) == (["ValidationError", "made"], True)


def test_two_channels_confirmed_at_once_do_not_wait_for_one_another(health, reviewer, monkeypatch):
    """The line is shared among those who make addresses official: both meet inside."""
    together = Barrier(2)
    look = fake.FakeQuerySet.listed_among
    monkeypatch.setattr(
        fake.FakeQuerySet, "listed_among", lambda rows, keys: together.wait(5) and 0 or look(rows, keys)
    )
    channels = [builders.make_channel(health, actor=reviewer, confirmed=False) for _ in range(2)]
    assert at_once(*(answer_of(lambda c=row: c.confirm(actor=reviewer)) for row in channels)) == ["made", "made"]


def test_the_same_group_entered_twice_at_once_is_one_group_and_one_sentence(client_for, reviewer, monkeypatch):
    """Both find the link free before either saves: the constraint decides, and the slower one reads a sentence."""
    together, save = Barrier(2), NetworkGroup.record
    monkeypatch.setattr(group.NetworkGroup, "record", lambda row, *args: (together.wait(5), save(row, *args)))
    data = {"name": "Mạng lưới", "url": "https://zalo.me/g/mangluoi1", "purpose": ""}
    browsers = [client_for(reviewer) for _ in range(2)]
    answers = at_once(*(lambda b=browser: b.post("/dieu-hanh/nhom-mang-luoi/moi/", data) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    page = next(answer.content.decode() for answer in answers if answer.status_code == 200)
    assert "Đã có nhóm với đường link mời này." in page
    assert NetworkGroup.objects.count() == 1


def test_of_two_people_who_accept_one_change_one_does(health, reviewer, administrator):
    channel = builders.make_channel(health, actor=reviewer)
    change = builders.propose_change(channel, actor=reviewer)
    twins = [ChannelChange.objects.get(pk=change.pk) for _ in range(2)]
    people = (reviewer, administrator)
    acts = [
        answer_of(lambda t=twin, p=person: t.accept(actor=p, now=NOW))
        for twin, person in zip(twins, people, strict=True)
    ]
    assert sorted(at_once(*acts)) == ["ValidationError", "made"]
    assert channel.history.filter(history_change_reason__startswith="Xác nhận thay đổi").count() == 1
    assert list(channel.keys.filter(is_live=True).values_list("key", flat=True)) == [change.key]


def test_two_channels_that_ask_for_one_address_do_not_both_get_it(health, reviewer):
    channels = [builders.make_channel(health, actor=reviewer) for _ in range(2)]
    changes = [ChannelChange.propose(actor=reviewer, channel=row, url=URL) for row in channels]
    assert sorted(at_once(*(answer_of(lambda c=row: c.accept(actor=reviewer)) for row in changes))) == [
        "ValidationError",
        "made",
    ]
    assert ChannelKey.objects.filter(key=KEY, is_live=True).count() == 1
    assert ChannelKey.objects.filter(is_live=True).count() == 2  # the refused one keeps its old address
