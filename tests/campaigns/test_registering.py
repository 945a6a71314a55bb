"""The duty to declare a channel: declared, confirmed, returned, known already, none of that kind, caught up."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from campaigns import declaring, registering
from campaigns.links import make_token
from campaigns.models import Obligation, Outcome, RequirementKind
from campaigns.models.entry import declared_channels, is_declared_for
from registry.models import Channel
from tests import builders

pytestmark = pytest.mark.django_db
NOW, TODAY = builders.NOW, builders.TODAY
OA = "https://zalo.me/2222333344445555666"
FORM = {"url": OA, "name": "OA Sở Y tế"}


def asked_for_channel(actor, agency, kind="zalo_oa"):
    """The duty of the agency, open until far ahead of the day on which the tests run."""
    campaign = builders.make_campaign(actor=actor)
    fields = {"kind": RequirementKind.REGISTER_CHANNEL, "contact_role": "", "channel_kind": kind}
    builders.nomination(campaign, title="Khai báo kênh Zalo OA", **fields)
    builders.issue(campaign, actor=actor)
    rows = Obligation.objects.select_related("requirement__campaign", "period", "agency")
    duty = rows.get(agency=agency, requirement__campaign=campaign)
    duty.extend(actor=actor, until=duty.lock_day + timedelta(days=9000), reason="Thử")
    return duty


@pytest.fixture
def duty(reviewer, health, health_focal):
    return asked_for_channel(reviewer, health)


def declare(duty, focal, now=NOW, **changes):
    fields = {"agency": duty.agency, "kind": "zalo_oa", **FORM} | changes
    return registering.declare(focal, duty, now, **fields)


def test_a_declaration_waits_and_is_met_when_confirmed_by_the_day_of_declaring(duty, health_focal, reviewer):
    channel = declare(duty, health_focal)
    duty.refresh_from_db()
    assert (duty.outcome(), duty.open_submission_at) == (Outcome.PENDING, NOW)
    late = NOW + timedelta(days=30)
    declaring.confirm_channel(channel, reviewer, late)
    duty.refresh_from_db()
    assert (duty.met_at, duty.accepted_at, duty.province_time) == (NOW, late, timedelta(days=30))


def test_a_returned_declaration_opens_the_duty_and_a_corrected_one_waits_again(duty, health_focal, reviewer):
    channel = declare(duty, health_focal)
    declaring.return_channel(channel, reviewer, "Tên chưa đúng.", NOW + timedelta(hours=1))
    duty.refresh_from_db()
    assert duty.is_open_work
    again = NOW + timedelta(hours=2)
    registering.correct(channel, health_focal, again, name="OA Sở Y tế", url=OA)
    duty.refresh_from_db()
    assert duty.open_submission_at == again


def test_a_channel_of_another_kind_is_no_answer(duty, health_focal):
    declare(duty, health_focal, kind="facebook_page", url="https://www.facebook.com/soytethu", name="Trang")
    duty.refresh_from_db()
    assert duty.is_open_work


def test_any_kind_will_do_when_none_is_named(reviewer, health, health_focal):
    duty = asked_for_channel(reviewer, health, kind="")
    declare(duty, health_focal, kind="facebook_page", url="https://www.facebook.com/soytethu", name="Trang")
    duty.refresh_from_db()
    assert duty.outcome() == Outcome.PENDING


def test_a_known_channel_answers_with_one_tap_even_two(duty, health, health_focal, reviewer):
    channel = builders.make_channel(health, actor=reviewer, kind="zalo_oa", url=OA)
    assert list(declared_channels(duty)) == []
    for at in (NOW, NOW + timedelta(hours=1)):
        registering.name_known(health_focal, duty, channel, at)
    duty.refresh_from_db()
    assert (duty.met_at, duty.outcome()) == (NOW, Outcome.ON_TIME)


def test_a_paused_channel_is_not_known(duty, health, health_focal, reviewer):
    channel = builders.make_channel(health, actor=reviewer, kind="zalo_oa", url=OA)
    channel.suspend(actor=reviewer, reason="Bị chiếm quyền")
    with pytest.raises(ValidationError):
        registering.name_known(health_focal, duty, channel, NOW)


def test_what_was_entered_elsewhere_is_caught_up(duty, health, reviewer, django_assert_num_queries):
    builders.make_channel(health, actor=reviewer, kind="zalo_oa", url=OA, now=NOW)
    assert registering.catch_up() == 1
    with django_assert_num_queries(1):
        assert registering.catch_up() == 0
    duty.refresh_from_db()
    assert duty.met_at == NOW


BEFORE = builders.moment(builders.STARTS_ON - timedelta(days=5))


@pytest.mark.parametrize(
    ("proposed", "confirmed", "answered", "status"),
    [
        (BEFORE, None, None, "proposed"), (NOW, None, None, "proposed"), (BEFORE, NOW, None, "confirmed"),
        (BEFORE, BEFORE, None, "confirmed"), (BEFORE, BEFORE, NOW, "confirmed"), (BEFORE, BEFORE, BEFORE, "confirmed"),
        (BEFORE, BEFORE, NOW, "suspended"), (NOW, NOW, NOW, "closed"), (BEFORE, None, None, "returned"),
        (NOW, None, None, "returned"),
    ],
)  # fmt: skip
def test_both_forms_agree_on_what_counts(duty, health, reviewer, proposed, confirmed, answered, status):
    channel = builders.make_channel(health, actor=reviewer, kind="zalo_oa", url=OA, now=BEFORE)
    day = BEFORE.date() if status == "closed" else None
    Channel.objects.filter(pk=channel.pk).update(
        status=status, proposed_at=proposed, confirmed_at=confirmed, confirmed_by=reviewer, answered_at=answered,
        status_reason="Thử", closed_on=day, reconfirmed_on=BEFORE.date(),
    )  # fmt: skip
    channel.refresh_from_db()
    assert declared_channels(duty).filter(pk=channel.pk).exists() == is_declared_for(channel, duty)


def test_the_page_declares_and_says_so(duty, health_focal, client_for):
    browser, url = client_for(health_focal), reverse("register_channel", args=[duty.pk])
    page = browser.get(url).content.decode()
    assert page.count("btn-primary") == 1 and "Zalo OA" in page
    answer = browser.post(url, FORM, follow=True).content.decode()
    assert "Đã khai báo Zalo OA" in answer and "OA Sở Y tế" in answer
    duty.refresh_from_db()
    assert duty.outcome() == Outcome.PENDING
    assert "OA Sở Y tế" in browser.get(reverse("my_work")).content.decode()


def test_the_page_refuses_an_address_of_another_kind_beside_the_field(duty, health_focal, client_for):
    data = FORM | {"url": "https://www.facebook.com/soytethu"}
    answer = client_for(health_focal).post(reverse("register_channel", args=[duty.pk]), data)
    assert answer.context["form"].errors["url"]
    assert not Channel.objects.exists()


def test_one_tap_on_the_page_names_the_known_channel(duty, health, health_focal, reviewer, client_for):
    channel = builders.make_channel(health, actor=reviewer, kind="zalo_oa", url=OA)
    browser, url = client_for(health_focal), reverse("register_channel", args=[duty.pk])
    assert f"Đã có: {channel.name}" in browser.get(url).content.decode()
    assert "đơn vị đã có" in browser.post(url, {"known": channel.pk}, follow=True).content.decode()
    assert browser.post(url, {"known": "abc"}).status_code == 404
    duty.refresh_from_db()
    assert duty.met_at


def test_a_channel_of_another_agency_is_not_known(duty, other_agency, health_focal, reviewer, client_for):
    channel = builders.make_channel(other_agency, actor=reviewer, kind="zalo_oa", url=OA)
    url = reverse("register_channel", args=[duty.pk])
    assert client_for(health_focal).post(url, {"known": channel.pk}).status_code == 404


def test_no_channel_of_that_kind_is_an_answer_with_a_reason(duty, health_focal, client_for):
    url = reverse("report_nothing", args=[duty.pk])
    assert "Báo không có kênh loại này" in client_for(health_focal).get(url).content.decode()
    client_for(health_focal).post(url, {"reason": "Đơn vị chưa có OA"})
    duty.refresh_from_db()
    assert duty.outcome() == Outcome.NOTHING


def test_the_signed_link_is_enough_to_declare(duty, health_focal, client_for):
    browser = client_for(None)
    browser.post(reverse("signed_link", args=[make_token(health_focal, duty)]))
    assert browser.post(reverse("register_channel", args=[duty.pk]), FORM).status_code == 302
    assert "OA Sở Y tế" in browser.get(reverse("obligation", args=[duty.pk])).content.decode()
    assert Channel.objects.get().proposed_by == health_focal


def test_the_usual_declaration_answers_the_duty_too(duty, health_focal, client_for):
    client_for(health_focal).post(reverse("channel_propose"), FORM)
    duty.refresh_from_db()
    assert duty.outcome() == Outcome.PENDING


def test_the_list_of_work_costs_the_same_for_more_duties(
    reviewer, health, health_focal, client_for, django_assert_num_queries
):
    browser = client_for(health_focal)
    for number in (1, 2, 3, 4):
        asked_for_channel(reviewer, health)
        if number in (1, 4):
            with django_assert_num_queries(9):
                browser.get(reverse("my_work"))


def test_the_desk_sees_what_was_declared(duty, health_focal, reviewer, client_for):
    declare(duty, health_focal)
    assert "OA Sở Y tế" in client_for(reviewer).get(reverse("obligation_desk", args=[duty.pk])).content.decode()
