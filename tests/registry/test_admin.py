"""/quan-tri/: every list opens at a constant cost, finds without accents, and acts only through the verbs."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Dispatch, Obligation, OutreachReport, Publication, Reminder, Requirement
from registry.models import (
    Agency,
    CalendarDay,
    Channel,
    ChannelChange,
    ContactPoint,
    GroupMembership,
    KnownFake,
    NetworkGroup,
    OutgoingMessage,
    PersonalDataAccess,
    ScanDay,
    User,
)
from tests import builders

pytestmark = pytest.mark.django_db
OURS = [model for model in admin.site._registry if model._meta.app_label in ("registry", "campaigns")]


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def make_everything(agency, focal, reviewer, number):
    """`number` more rows of everything that has a list."""
    for _ in range(number):
        campaign = builders.issue_monthly_campaign(actor=reviewer)
        duty = Obligation.objects.quota().get(
            agency=agency, requirement__campaign=campaign, period__month=builders.STARTS_ON
        )
        OutreachReport.objects.create(obligation=duty, number=0, reported_at=builders.NOW, reported_by=focal)
        item = builders.submit_item(duty, actor=focal)
        builders.approve_item(item, actor=reviewer)
        channel = builders.make_channel(agency, actor=reviewer)
        ScanDay.add(builders.put_up(channel, actor=focal).channel, builders.TODAY)
        builders.propose_change(channel, actor=focal)
        Publication.objects.create(item=item, channel=channel, url=f"https://a.example/{item.pk}", published_at=builders.NOW,
                                   recorded_by=reviewer)  # fmt: skip
        ask_into_group(builders.make_contact(agency, actor=reviewer), reviewer)
        fake = f"gia-mao-{KnownFake.objects.count()}"
        KnownFake.objects.create(url=f"https://www.facebook.com/{fake}", key=f"facebook:{fake}", imitates=agency,
                                 noted_on=builders.TODAY, source="Công văn 1", listed_by=reviewer)  # fmt: skip
        builders.make_agency(parent=agency, actor=reviewer)
        message = OutgoingMessage.objects.create(
            recipient=focal, address=focal.email, purpose="reminder", subject="Nhắc", text="x"
        )
        Reminder.objects.create(obligation=duty, step="T-5", person=focal, medium="email", due_at=builders.NOW,
                                planned_at=builders.NOW, message=message)  # fmt: skip
        PersonalDataAccess.objects.create(actor=reviewer, act="Xuất danh sách", subject="x")
        day = timezone.localdate() + timedelta(days=CalendarDay.objects.count())
        CalendarDay.objects.create(day=day, is_working=True, note="Làm bù")


def ask_into_group(contact, actor):
    """A group of its own with this person on its list."""
    group = NetworkGroup.found(actor=actor, name="Mạng lưới", url=f"https://zalo.me/g/mangluoi{contact.pk}")
    GroupMembership.ask(actor=actor, group=group, contacts=[contact], now=builders.NOW)


def test_every_list_opens_at_a_constant_cost(client_for, reviewer, health, health_focal):
    browser = client_for(reviewer)
    make_everything(health, health_focal, reviewer, 1)
    first = {model: cost(browser, model) for model in OURS}
    make_everything(health, health_focal, reviewer, 3)
    assert {model: cost(browser, model) for model in OURS} == first


def cost(browser, model):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address(model, "changelist")).status_code == 200
    return len(queries)


@pytest.mark.parametrize("model", OURS, ids=[model.__name__ for model in OURS])
def test_every_object_opens_with_its_history(client_for, reviewer, health, health_focal, model):
    make_everything(health, health_focal, reviewer, 1)
    row = model.objects.first()
    browser = client_for(reviewer)
    assert browser.get(address(model, "change", row.pk)).status_code == 200
    assert browser.get(address(model, "history", row.pk), follow=True).status_code == 200
    assert browser.get(address(model, "changelist"), {"q": "so y te"}).status_code == 200


def test_leaders_and_focal_points_stay_out(client_for, leader, health_focal):
    for person in (None, leader, health_focal):
        for model in OURS:
            assert client_for(person).get(address(model, "changelist")).status_code in (302, 403)


@pytest.mark.parametrize(("words", "found"), [("so y te", ["Sở Y tế"]), ("suoi mo", ["Ủy ban nhân dân xã Suối Mơ"])])
def test_search_needs_no_accents(client_for, reviewer, health, other_agency, words, found):
    answer = client_for(reviewer).get(address(Agency, "changelist"), {"q": words})
    assert [agency.name for agency in answer.context["cl"].result_list] == found


@pytest.mark.parametrize("words", ["so y te", "Sở Y tế", "sản phẩm truyền thông/tháng"])
def test_duties_are_found_by_agency_and_by_requirement(client_for, reviewer, health, other_agency, words):
    builders.issue_monthly_campaign(actor=reviewer)
    answer = client_for(reviewer).get(address(Obligation, "changelist"), {"q": words})
    assert health.pk in {duty.agency_id for duty in answer.context["cl"].result_list}


def test_autocomplete_needs_no_accents(client_for, reviewer, health, other_agency):
    query = {"term": "suoi mo", "app_label": "registry", "model_name": "channel", "field_name": "agency"}
    answer = client_for(reviewer).get(reverse("admin:autocomplete"), query).json()
    assert [row["text"] for row in answer["results"]] == [other_agency.name]


def bulk(browser, model, action, rows, reason=""):
    data = {"action": action, "_selected_action": [row.pk for row in rows], "reason": reason}
    return browser.post(address(model, "changelist"), data, follow=True).content.decode()


def test_bulk_acts_go_through_the_verbs_with_a_result_per_row(client_for, reviewer, health, health_focal):
    waiting = builders.make_channel(health, actor=health_focal, confirmed=False)
    confirmed = builders.make_channel(health, actor=reviewer, name="Kênh có rồi")
    page = bulk(client_for(reviewer), Channel, "bulk_confirm", [waiting, confirmed])
    assert "Đã làm xong 1/2 dòng." in page
    assert "Kênh có rồi: Kênh đang ở tình trạng" in page
    waiting.refresh_from_db()
    assert (waiting.status, waiting.confirmed_by) == ("confirmed", reviewer)


def test_bulk_acts_that_need_a_reason_ask_for_it(client_for, reviewer, health):
    channel = builders.make_channel(health, actor=reviewer)
    assert "Hãy ghi lý do" in bulk(client_for(reviewer), Channel, "bulk_suspend", [channel])
    bulk(client_for(reviewer), Channel, "bulk_suspend", [channel], "Đang sửa trang")
    channel.refresh_from_db()
    assert (channel.status, channel.status_reason) == ("suspended", "Đang sửa trang")


def facts(agency, **changes):
    return {
        "kind": agency.kind, "code": agency.code, "short_name": agency.short_name, "gso_code": "", "parent": "",
        "founded_on": "", "names-TOTAL_FORMS": 0, "names-INITIAL_FORMS": 0,
    } | changes  # fmt: skip


def test_an_agency_is_founded_renamed_and_closed_with_days(client_for, reviewer):
    browser = client_for(reviewer)
    browser.post(
        address(Agency, "add"),
        {"name": "Sở Thử", "kind": "so", "code": "STHU", "names-TOTAL_FORMS": 0, "names-INITIAL_FORMS": 0},
    )
    agency = Agency.objects.get(code="STHU")
    assert agency.names.get().name == "Sở Thử"
    page = address(Agency, "change", agency.pk)
    browser.post(page, facts(agency, short_name="ST", new_name="Sở Thử Mới", renamed_on="01/10/2026", decision="1/NQ"))
    agency.refresh_from_db()
    assert (agency.name, agency.short_name, agency.names.count()) == ("Sở Thử Mới", "ST", 2)
    assert agency.history.first().history_user == reviewer
    browser.post(page, facts(agency, ends_on="01/11/2026", end_reason="Hợp nhất"))
    agency.refresh_from_db()
    assert (agency.status, agency.closed_reason) == ("closed", "Hợp nhất")


def test_a_refusal_by_a_verb_is_a_sentence(client_for, reviewer, health, other_agency):
    page = address(Agency, "change", health.pk)
    answer = client_for(reviewer).post(page, facts(health, code="XSM"), follow=True)
    assert "Mã này đang thuộc một cơ quan khác" in answer.content.decode()


def test_status_cannot_be_typed(client_for, reviewer, health, health_focal):
    channel = builders.make_channel(health, actor=health_focal, confirmed=False)
    data = {"name": "Tên mới", "description": "", "decision_number": "", "decision_on": "", "status": "confirmed",
            "keys-TOTAL_FORMS": 0, "keys-INITIAL_FORMS": 0}  # fmt: skip
    client_for(reviewer).post(address(Channel, "change", channel.pk), data)
    channel.refresh_from_db()
    assert (channel.name, channel.status) == ("Tên mới", "proposed")


def test_opening_a_contact_is_logged_and_the_list_is_masked(client_for, reviewer, health):
    contact = builders.make_contact(health, "Hà Thị Mở", actor=reviewer, phone="0912000777")
    browser = client_for(reviewer)
    assert "0912000777" not in browser.get(address(ContactPoint, "changelist")).content.decode()
    assert PersonalDataAccess.objects.count() == 0
    assert "0912000777" in browser.get(address(ContactPoint, "change", contact.pk)).content.decode()
    assert PersonalDataAccess.objects.get().subject == "Hà Thị Mở, Sở Y tế"


def test_only_administrators_change_roles_and_never_their_own(client_for, reviewer, administrator, health_focal):
    none = {"changes-TOTAL_FORMS": 0, "changes-INITIAL_FORMS": 0}
    data = {"full_name": "Vi Thị Đầu", "email": health_focal.email, "phone": "", "role": "leader"} | none
    page = address(User, "change", health_focal.pk)
    client_for(reviewer).post(page, data)
    health_focal.refresh_from_db()
    assert health_focal.role == "focal_point"
    client_for(administrator).post(page, data)
    health_focal.refresh_from_db()
    assert health_focal.role == "leader"
    assert [row.what for row in health_focal.changes.all()] == ["Vai trò: Đầu mối cơ quan → Lãnh đạo"]
    own = {"full_name": "Lò Thị Quản", "email": administrator.email, "phone": "", "role": "leader"}
    client_for(administrator).post(address(User, "change", administrator.pk), own | none)
    administrator.refresh_from_db()
    assert administrator.role == "administrator"


def test_reviewers_lock_focal_points_only(client_for, reviewer, administrator, health_focal):
    bulk(client_for(reviewer), User, "bulk_deactivate", [administrator, health_focal])
    administrator.refresh_from_db()
    health_focal.refresh_from_db()
    assert (administrator.is_active, health_focal.is_active) == (True, False)


def test_calendar_days_are_edited_by_staff(client_for, reviewer):
    client_for(reviewer).post(
        address(CalendarDay, "add"), {"day": "21/02/2026", "is_working": "on", "note": "Làm bù thử"}
    )
    assert CalendarDay.objects.filter(note="Làm bù thử", is_working=True).count() == 1


def test_a_message_goes_again_only_with_a_reason(client_for, reviewer, health_focal):
    message = OutgoingMessage.objects.create(
        recipient=health_focal, address="x@yte.example", purpose="reminder", subject="Nhắc", text="x", state="dead"
    )
    assert "Hãy ghi lý do" in bulk(client_for(reviewer), OutgoingMessage, "bulk_send_again", [message])
    bulk(client_for(reviewer), OutgoingMessage, "bulk_send_again", [message], "Đã sửa mẫu")
    message.refresh_from_db()
    assert message.state == "retry"


def test_texts_of_a_campaign_are_changed_but_not_its_status(client_for, reviewer, health):
    campaign = builders.issue_monthly_campaign(actor=reviewer)
    empty = {f"{name}-{part}_FORMS": 0 for name in ("dispatches", "requirements") for part in ("TOTAL", "INITIAL")}
    page = address(Campaign, "change", campaign.pk)
    client_for(reviewer).post(page, {"title": "Tên sửa", "purpose": "", "ends_on": "", "status": "draft", **empty})
    campaign.refresh_from_db()
    assert (campaign.title, campaign.status) == ("Tên sửa", "issued")
    assert campaign.history.first().history_change_reason == "Sửa ở trang quản trị"
    assert Dispatch.objects.count() == 1
    assert Requirement.objects.count() == 2


def test_changes_of_channels_are_read_and_decided_by_their_verbs_only(client_for, reviewer, health, health_focal):
    first, second = (
        builders.propose_change(builders.make_channel(health, actor=reviewer), actor=health_focal) for _ in range(2)
    )
    browser = client_for(reviewer)
    assert browser.get(address(ChannelChange, "add")).status_code == 403
    assert browser.post(address(ChannelChange, "change", first.pk), {"name": "Tên gõ"}).status_code == 403
    bulk(browser, ChannelChange, "bulk_accept", [first])
    bulk(browser, ChannelChange, "bulk_return_for_changes", [first, second], "Chưa rõ")
    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.status, second.status, second.decision_reason] == ["accepted", "returned", "Chưa rõ"]
    assert Channel.objects.get(pk=first.channel_id).url == first.url
