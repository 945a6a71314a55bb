"""Network groups from the invitation to the met duty: the tap, the staff's list, what is taken back, what catches up."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from campaigns import joining, network
from campaigns.links import make_token
from campaigns.models import Obligation, Outcome, RequirementKind
from registry.models import GroupMembership, NetworkGroup, Notice
from tests import builders

pytestmark = pytest.mark.django_db
NOW, TODAY = builders.NOW, builders.TODAY
BEFORE = builders.moment(builders.STARTS_ON - timedelta(days=3))


@pytest.fixture
def group(reviewer):
    return NetworkGroup.found(
        actor=reviewer, name="Mạng lưới chính sách", url="https://zalo.me/g/mangluoi1", now=BEFORE
    )


def asked_to_join(group, actor, agency, today=TODAY):
    """The duty of an agency to join, of a campaign issued for it."""
    campaign = builders.make_campaign(actor=actor, starts_on=min(today, builders.STARTS_ON))
    builders.nomination(
        campaign, kind=RequirementKind.JOIN_GROUP, contact_role="", group=group, title="Tham gia nhóm mạng lưới"
    )
    builders.issue(campaign, actor=actor, today=today)
    rows = Obligation.objects.select_related("requirement__campaign", "requirement__group", "period", "agency")
    return rows.get(agency=agency, requirement__campaign=campaign)


@pytest.fixture
def duty(group, reviewer, health, health_focal, other_focal):
    return asked_to_join(group, reviewer, health)


def member_of(group, focal):
    return group.memberships.get(contact__user=focal)


def test_one_tap_joins_and_meets_the_duty(duty, group, health_focal):
    member = joining.join(health_focal, duty, NOW)
    duty.refresh_from_db()
    assert (member.status, member.agency, member.noted_by) == ("joined", duty.agency, health_focal)
    assert (duty.outcome(), duty.met_at, duty.accepted_count) == (Outcome.ON_TIME, NOW, 1)
    assert duty.history.first().history_change_reason == "Vi Thị Đầu đã tham gia nhóm"


def test_a_second_tap_changes_nothing(duty, group, health_focal):
    joining.join(health_focal, duty, NOW)
    written = duty.history.count(), member_of(group, health_focal).history.count()
    again = joining.join(health_focal, duty, NOW + timedelta(days=40))
    assert again.joined_at == NOW
    assert (duty.history.count(), again.history.count(), group.memberships.count()) == (*written, 1)


def test_after_the_lock_nobody_joins_by_themselves(duty, health_focal):
    with pytest.raises(ValidationError, match="đã khoá"):
        joining.join(health_focal, duty, builders.moment(duty.lock_day + timedelta(days=1)))
    assert not GroupMembership.objects.filter(status="joined").exists()


def test_somebody_who_left_the_agency_cannot_join_for_it(duty, health_focal, reviewer):
    health_focal.contact_points.get().leave(actor=reviewer, on=TODAY, reason="Chuyển công tác")
    with pytest.raises(ValidationError, match="không còn là đầu mối"):
        joining.join(health_focal, duty, NOW)


def test_what_is_not_found_in_the_group_is_taken_back(duty, group, health_focal, reviewer):
    member = joining.join(health_focal, duty, NOW)
    joining.deny(member, reviewer, "Không thấy tên trong danh sách.", NOW + timedelta(hours=2))
    duty.refresh_from_db()
    member.refresh_from_db()
    assert (duty.outcome(), duty.is_open_work, member.status) == (Outcome.MISSING, True, "asked")
    notice = Notice.objects.get(recipient=health_focal)
    assert notice.url == reverse("obligation", args=[duty.pk])
    assert "Không thấy tên trong danh sách." in notice.text
    joining.join(health_focal, duty, NOW + timedelta(hours=3))
    duty.refresh_from_db()
    assert duty.met_at == NOW + timedelta(hours=3)


def test_a_locked_duty_is_not_opened_again(duty, health_focal, reviewer):
    member = joining.join(health_focal, duty, NOW)
    joining.deny(member, reviewer, "Không thấy.", builders.moment(duty.lock_day + timedelta(days=1)))
    duty.refresh_from_db()
    assert duty.outcome() == Outcome.ON_TIME
    assert Notice.objects.get(recipient=health_focal).url == reverse("my_work")


def test_leaving_later_does_not_undo_the_duty(duty, health_focal, reviewer):
    member = joining.join(health_focal, duty, NOW)
    joining.note_left(member, reviewer, "Đổi máy", NOW + timedelta(days=1))
    duty.lock()
    duty.settle(actor=reviewer, reason="Tính lại")
    assert duty.outcome() == Outcome.ON_TIME


def test_who_is_inside_already_meets_a_new_duty(group, reviewer, health, health_focal, django_assert_num_queries):
    GroupMembership.ask(actor=reviewer, group=group, contacts=health_focal.contact_points.all(), now=BEFORE)
    member_of(group, health_focal).join(actor=reviewer, now=BEFORE)
    duty = asked_to_join(group, reviewer, health)
    assert joining.catch_up() == 1
    with django_assert_num_queries(1):
        assert joining.catch_up() == 0
    duty.refresh_from_db()
    assert (duty.met_at, duty.outcome()) == (BEFORE, Outcome.ON_TIME)


def test_who_had_left_before_the_duty_began_does_not_count(group, reviewer, health, health_focal):
    GroupMembership.ask(actor=reviewer, group=group, contacts=health_focal.contact_points.all(), now=BEFORE)
    member = member_of(group, health_focal)
    member.join(actor=reviewer, now=BEFORE)
    member.leave(actor=reviewer, reason="Đổi máy", now=BEFORE)
    duty = asked_to_join(group, reviewer, health)
    assert joining.catch_up() == 0
    assert duty.entries() == []


def test_bulk_notes_give_a_result_for_each(duty, group, health_focal, other_focal, reviewer, client_for):
    joining.invite(reviewer, group, ["channel_admin", "policy"], ["so", "xa"], NOW)
    first, second = member_of(group, health_focal), member_of(group, other_focal)
    second.join(actor=reviewer, now=NOW)
    data = {"act": "joined", "chon": [first.pk, second.pk], "reason": ""}
    answer = client_for(reviewer).post(reverse("group_note", args=[group.pk]), data)
    page = answer.content.decode()
    assert "đã ghi nhận 1 người, 1 người không ghi nhận được" in page
    assert [bool(result.refusal) for result in answer.context["results"]] == [False, True]
    duty.refresh_from_db()
    assert duty.met_at is not None


def test_a_note_that_needs_a_reason_says_so(group, reviewer, health_focal, client_for):
    joining.invite(reviewer, group, ["channel_admin"], ["so"], NOW)
    data = {"act": "left", "chon": [member_of(group, health_focal).pk], "reason": ""}
    answer = client_for(reviewer).post(reverse("group_note", args=[group.pk]), data, follow=True)
    assert "Hãy ghi lý do" in answer.content.decode()
    assert f'value="{data["chon"][0]}" checked' in answer.content.decode()
    assert member_of(group, health_focal).status == "asked"


def test_members_of_another_group_are_not_touched(group, reviewer, health_focal, client_for):
    joining.invite(reviewer, group, ["channel_admin"], ["so"], NOW)
    other = NetworkGroup.found(actor=reviewer, name="Nhóm khác", url="https://zalo.me/g/khac2")
    data = {"act": "joined", "chon": [member_of(group, health_focal).pk], "reason": ""}
    client_for(reviewer).post(reverse("group_note", args=[other.pk]), data)
    assert member_of(group, health_focal).status == "asked"


def test_inviting_asks_each_person_once_and_tells_them(group, reviewer, health, health_focal, other_focal):
    twin = health_focal.contact_points.get()
    builders.make_contact(health, twin.full_name, actor=reviewer, role="policy")
    assert joining.invite(reviewer, group, ["channel_admin", "policy"], ["so"], NOW) == 1
    assert joining.invite(reviewer, group, ["channel_admin", "policy"], ["so"], NOW) == 0
    assert joining.invite(reviewer, group, ["policy"], ["xa"], NOW) == 1
    notice = Notice.objects.get(recipient=health_focal)
    assert group.url in notice.text


def test_agencies_that_nobody_joined_for_are_named_in_the_text(
    duty, group, health, other_agency, reviewer, health_focal
):
    silent = builders.make_agency("Sở Không Việc", actor=reviewer)
    assert set(network.agencies_without_member(group)) == {health, other_agency}
    joining.join(health_focal, duty, NOW)
    absent = list(network.agencies_without_member(group))
    assert absent == [other_agency]
    words = network.words_to_paste(group, absent)
    assert other_agency.name in words and group.url in words
    assert health.name not in words and silent.name not in words
    assert network.words_to_paste(group, []) == ""


def test_the_group_page_lists_searches_and_shows_who_is_missing(duty, group, health_focal, reviewer, client_for):
    joining.invite(reviewer, group, ["channel_admin", "policy"], ["so", "xa"], NOW)
    browser, url = client_for(reviewer), reverse("group", args=[group.pk])
    page = browser.get(url, {"q": "vi thi dau"}).content.decode()
    assert "Vi Thị Đầu" in page and "Lương Văn Khác" not in page
    page = browser.get(url, {"tinh_trang": "joined"}).content.decode()
    assert "Vi Thị Đầu" not in page
    page = browser.get(url, {"xem": "chua-co-ai"}).content.decode()
    assert "Sở Y tế" in page and "<textarea" in page and "<svg" in page
    health_focal.contact_points.get().leave(actor=reviewer, on=TODAY, reason="Chuyển công tác")
    assert "Không có ai cần đưa ra" in browser.get(url, {"xem": "can-dua-ra"}).content.decode()


def test_a_leader_reads_but_sees_no_buttons(group, leader, reviewer, health_focal, client_for):
    joining.invite(reviewer, group, ["channel_admin"], ["so"], NOW)
    page = client_for(leader).get(reverse("group", args=[group.pk])).content.decode()
    assert "Vi Thị Đầu" in page
    assert 'name="act"' not in page and 'name="chon"' not in page


def test_the_export_is_what_is_filtered_with_masked_numbers(group, reviewer, health, other_focal, client_for):
    contact = builders.make_contact(health, "Đàm Thị Xuất", actor=reviewer, phone="0912345678")
    GroupMembership.ask(actor=reviewer, group=group, contacts=[contact, other_focal.contact_points.get()], now=NOW)
    url = reverse("group_export", args=[group.pk])
    text = b"".join(client_for(reviewer).get(url, {"dang": "csv", "q": "dam thi"})).decode()
    assert "Đàm Thị Xuất" in text and "Lương Văn Khác" not in text
    assert "0912345678" not in text and "0912•••678" in text
    assert client_for(reviewer).get(url, {"dang": "xlsx"}).content[:2] == b"PK"


@pytest.mark.parametrize(("view", "queries"), [("", 8), ("chua-co-ai", 9), ("can-dua-ra", 8)])
def test_the_group_page_costs_the_same_for_many(
    group, reviewer, health, client_for, django_assert_num_queries, view, queries
):
    browser, url = client_for(reviewer), reverse("group", args=[group.pk])
    for number in (1, 3):
        for _ in range(number):
            agency = builders.make_agency(actor=reviewer)
            contact = builders.make_contact(agency, actor=reviewer)
            GroupMembership.ask(actor=reviewer, group=group, contacts=[contact], now=NOW)
            if view == "can-dua-ra":
                group.memberships.get(contact=contact).join(actor=reviewer, now=NOW)
                contact.leave(actor=reviewer, on=TODAY, reason="Chuyển công tác")
        with django_assert_num_queries(queries):
            assert browser.get(url, {"xem": view}).status_code == 200


def test_founding_changing_and_closing_at_the_desk(reviewer, client_for):
    browser = client_for(reviewer)
    answer = browser.post(reverse("group_new"), {"name": "Nhóm", "url": "https://zalo.me/0912345678", "purpose": ""})
    assert "nhóm Zalo" in answer.content.decode() and not NetworkGroup.objects.exists()
    browser.post(reverse("group_new"), {"name": "Nhóm", "url": "https://zalo.me/g/abc123", "purpose": "Trao đổi"})
    group = NetworkGroup.objects.get()
    browser.post(reverse("group_edit", args=[group.pk]), {"name": "Nhóm", "url": "https://zalo.me/g/moi456"})
    browser.post(reverse("group_close", args=[group.pk]), {"on": "16/09/2026", "reason": "Nhập vào nhóm khác"})
    group.refresh_from_db()
    assert (group.url, group.closed_on) == ("https://zalo.me/g/moi456", TODAY)
    assert b"Nh\xc3\xb3m" in browser.get(reverse("group_list")).content


def test_the_list_of_groups_costs_the_same_for_many(reviewer, client_for, django_assert_num_queries):
    browser = client_for(reviewer)
    for number in (1, 2, 3, 4):
        NetworkGroup.found(actor=reviewer, name=f"Nhóm {number}", url=f"https://zalo.me/g/nhom{number}x")
        if number in (1, 4):
            with django_assert_num_queries(4):
                browser.get(reverse("group_list"))


def test_the_list_of_groups_says_how_many_agencies_have_no_channel(reviewer, health, other_agency, client_for):
    builders.make_channel(health, actor=reviewer)
    assert "(1 chưa có kênh)" in client_for(reviewer).get(reverse("group_list")).content.decode()


def test_the_focal_point_joins_on_the_page(group, reviewer, health, health_focal, client_for):
    duty = asked_to_join(group, reviewer, health)
    duty.extend(actor=reviewer, until=duty.lock_day + timedelta(days=9000), reason="Thử")
    browser = client_for(health_focal)
    work = browser.get(reverse("my_work")).content.decode()
    assert reverse("join_group", args=[duty.pk]) in work
    page = browser.get(reverse("join_group", args=[duty.pk])).content.decode()
    assert group.url in page and "<svg" in page and page.count("btn-primary") == 1
    for _ in range(2):
        answer = browser.post(reverse("join_group", args=[duty.pk]), follow=True)
        assert "Đã ghi nhận bạn tham gia nhóm" in answer.content.decode()
    assert group.memberships.count() == 1
    assert "Tôi đã tham gia" not in browser.get(reverse("join_group", args=[duty.pk])).content.decode()
    assert "Vi Thị Đầu" in browser.get(reverse("obligation", args=[duty.pk])).content.decode()


def test_the_signed_link_is_enough_to_join(group, reviewer, health, health_focal, client_for):
    duty = asked_to_join(group, reviewer, health)
    duty.extend(actor=reviewer, until=duty.lock_day + timedelta(days=9000), reason="Thử")
    browser = client_for(None)
    browser.post(reverse("signed_link", args=[make_token(health_focal, duty)]))
    assert browser.get(reverse("join_group", args=[duty.pk])).status_code == 200
    browser.post(reverse("join_group", args=[duty.pk]))
    duty.refresh_from_db()
    assert duty.met_at and member_of(group, health_focal).status == "joined"
    assert "Vi Thị Đầu" in browser.get(reverse("obligation", args=[duty.pk])).content.decode()


def test_the_desk_asks_for_it_in_a_campaign(group, reviewer, client_for, world):
    campaign = world.draft_campaign
    url = reverse("requirement_new", args=[campaign.pk, "join_group"])
    data = {
        "group": group.pk,
        "title": "Vào nhóm",
        "starts_on": "01/09/2026",
        "due_on": "22/09/2026",
        "lock_after_days": 5,
    }
    client_for(reviewer).post(url, data)
    asked = campaign.requirements.get(kind="join_group")
    assert (asked.group, asked.recurrence) == (group, "once")
    assert "Chọn nhóm" in client_for(reviewer).get(url).content.decode()
