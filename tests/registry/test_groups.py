"""Network groups: founding, asking, joining, leaving; what the database refuses; who is still inside but should not be."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from registry.models import ContactRole, GroupMembership, MemberStatus, NetworkGroup
from registry.models.group import TRANSITIONS
from tests import builders

pytestmark = pytest.mark.django_db
LINK = "https://zalo.me/g/mangluoi123"
NOW = builders.NOW
LATER = NOW + timedelta(days=1)


@pytest.fixture
def group(reviewer):
    return NetworkGroup.found(actor=reviewer, name="Mạng lưới truyền thông", url=LINK, purpose="Trao đổi", now=NOW)


@pytest.fixture
def member(group, reviewer, health):
    contact = builders.make_contact(health, actor=reviewer)
    GroupMembership.ask(actor=reviewer, group=group, contacts=[contact], now=NOW)
    return group.memberships.get()


def put(member, status):
    """Bring a member who was asked into a status, through the verbs."""
    if status != MemberStatus.ASKED:
        member.join(actor=member.noted_by, now=NOW)
    if status == MemberStatus.LEFT:
        member.leave(actor=member.noted_by, reason="Đổi máy", now=NOW)


def test_the_link_is_kept_in_its_canonical_form(reviewer):
    group = NetworkGroup.found(actor=reviewer, name="  Nhóm   A ", url="zalo.me/g/MangLuoi9?src=qr", now=NOW)
    assert (group.name, group.url) == ("Nhóm A", "https://zalo.me/g/mangluoi9")
    assert group.history.get().history_change_reason == "Lập nhóm"


@pytest.mark.parametrize(
    "link", ["https://zalo.me/0912345678", "https://www.facebook.com/trangnaodo", "không phải đường link", ""]
)
def test_only_a_group_can_be_a_group(reviewer, link):
    with pytest.raises(ValidationError) as refusal:
        NetworkGroup.found(actor=reviewer, name="Nhóm", url=link)
    assert list(refusal.value.message_dict) == ["url"]


def test_a_group_of_facebook_will_do(reviewer):
    group = NetworkGroup.found(actor=reviewer, name="Nhóm", url="https://www.facebook.com/groups/123456789")
    assert group.url == "https://www.facebook.com/groups/123456789"


def test_one_open_group_per_address_is_said_beside_the_address(group, reviewer):
    with pytest.raises(ValidationError) as refusal:
        NetworkGroup.found(actor=reviewer, name="Nhóm khác", url=LINK)
    assert refusal.value.message_dict == {"url": ["Đã có nhóm với đường link mời này."]}
    with pytest.raises(IntegrityError), transaction.atomic():
        NetworkGroup.objects.create(name="Nhóm khác", url=LINK, created_by=reviewer)


def test_a_closed_group_frees_its_address_and_takes_no_act(group, member, reviewer):
    group.close(actor=reviewer, on=date(2026, 9, 17), reason="Lập nhóm mới")
    NetworkGroup.found(actor=reviewer, name="Nhóm mới", url=LINK)
    for act in (
        lambda: group.close(actor=reviewer, on=date(2026, 9, 17), reason="Lần nữa"),
        lambda: group.amend(actor=reviewer, name="Tên", url=LINK),
        lambda: GroupMembership.ask(actor=reviewer, group=group, contacts=[], now=NOW),
    ):
        with pytest.raises(ValidationError, match="đã thôi dùng"):
            act()


def test_closing_needs_a_reason(group, reviewer):
    with pytest.raises(ValidationError):
        group.close(actor=reviewer, on=date(2026, 9, 17), reason=" ")


def test_a_revoked_link_is_replaced_and_people_stay(group, member, reviewer):
    group.amend(
        actor=reviewer, name=group.name, url="https://zalo.me/g/moi456", purpose="", reason="Nhóm đổi đường link"
    )
    group.refresh_from_db()
    assert (group.url, group.memberships.count()) == ("https://zalo.me/g/moi456", 1)
    assert group.history.first().prev_record.url == LINK


def test_asking_twice_adds_nobody_and_people_who_left_are_not_asked(group, member, reviewer, health):
    new, gone = (builders.make_contact(health, actor=reviewer) for _ in range(2))
    gone.leave(actor=reviewer, on=date(2026, 9, 1), reason="Chuyển công tác")
    people = [member.contact, new, gone]
    assert GroupMembership.ask(actor=reviewer, group=group, contacts=people, now=NOW) == 1
    assert GroupMembership.ask(actor=reviewer, group=group, contacts=people, now=LATER) == 0
    assert {row.contact for row in group.memberships.all()} == {member.contact, new}
    assert group.memberships.get(contact=new).history.get().history_user == reviewer


ACTS = {
    "join": lambda row, actor: row.join(actor=actor, now=LATER),
    "leave": lambda row, actor: row.leave(actor=actor, reason="Đổi máy", now=LATER),
    "deny": lambda row, actor: row.deny(actor=actor, reason="Không thấy"),
    "ask_again": lambda row, actor: row.ask_again(actor=actor, now=LATER),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", MemberStatus.values)
def test_transitions_of_a_member(member, reviewer, status, act):
    put(member, status)
    if status in TRANSITIONS[act]:
        ACTS[act](member, reviewer)
        member.refresh_from_db()
        assert member.status == TRANSITIONS[act][status]
    else:
        with pytest.raises(ValidationError):
            ACTS[act](member, reviewer)
        member.refresh_from_db()
        assert member.status == status


@pytest.mark.parametrize(
    ("status", "joined_at", "left_at"),
    [("asked", NOW, None), ("asked", None, NOW), ("joined", None, None), ("joined", NOW, NOW), ("left", NOW, None)],
)
def test_every_status_has_its_moment(member, status, joined_at, left_at):
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMembership.objects.filter(pk=member.pk).update(status=status, joined_at=joined_at, left_at=left_at)


def test_a_person_is_once_in_a_group(member, reviewer):
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMembership.objects.create(
            group=member.group, agency=member.agency, contact=member.contact, noted_by=reviewer
        )


def test_leaving_and_denying_need_a_reason(member, reviewer):
    put(member, "joined")
    for act in (member.leave, lambda **facts: member.deny(actor=facts["actor"], reason=facts["reason"])):
        with pytest.raises(ValidationError):
            act(actor=reviewer, reason=" ", now=NOW)


def test_counts_of_a_group(group, member, reviewer, other_agency):
    put(member, "joined")
    gone = builders.make_contact(other_agency, actor=reviewer)
    GroupMembership.ask(actor=reviewer, group=group, contacts=[gone], now=NOW)
    group.memberships.get(contact=gone).join(actor=reviewer, now=NOW)
    gone.leave(actor=reviewer, on=date(2026, 9, 1), reason="Chuyển công tác")
    found = NetworkGroup.objects.with_counts().get()
    assert (found.asked_count, found.joined_count, found.left_count, found.agency_count) == (0, 2, 0, 1)


def test_who_left_the_agency_is_to_be_taken_out_of_the_group(group, member, reviewer, health):
    put(member, "joined")
    assert not group.memberships.to_remove().exists()
    member.contact.leave(actor=reviewer, on=date(2026, 9, 1), reason="Chuyển công tác")
    assert list(group.memberships.to_remove()) == [member]
    assert not group.memberships.inside().exists()
    again = builders.make_contact(health, member.contact.full_name, actor=reviewer, role=ContactRole.POLICY)
    assert not group.memberships.to_remove().exists()
    again.leave(actor=reviewer, on=date(2026, 9, 2), reason="Chuyển công tác")
    member.leave(actor=reviewer, reason="Đã đưa ra khỏi nhóm", now=NOW)
    assert not group.memberships.to_remove().exists()


def test_who_was_carried_to_the_successor_stays_in_the_group(group, member, reviewer, other_agency):
    put(member, "joined")
    member.contact.carry_to(other_agency, actor=reviewer, on=date(2026, 9, 1), reason="Sáp nhập")
    assert not group.memberships.to_remove().exists()


def test_a_focal_point_sees_own_groups_only(group, member, reviewer, health_focal, other_focal, leader):
    assert not NetworkGroup.objects.visible_to(health_focal).exists()
    contact = health_focal.contact_points.get()
    GroupMembership.ask(actor=reviewer, group=group, contacts=[contact], now=NOW)
    assert NetworkGroup.objects.visible_to(health_focal).get() == group
    assert NetworkGroup.objects.visible_to(leader).get() == group
    assert not NetworkGroup.objects.visible_to(other_focal).exists()
    assert GroupMembership.objects.visible_to(health_focal).count() == 2
    assert not GroupMembership.objects.visible_to(other_focal).exists()


def test_members_are_found_without_accents(group, reviewer, health):
    contact = builders.make_contact(health, "Đàm Thị Nhóm", actor=reviewer)
    GroupMembership.ask(actor=reviewer, group=group, contacts=[contact], now=NOW)
    assert group.memberships.search("dam thi nhom").get().contact == contact
    assert group.memberships.search("so y te").count() == 1
    assert not group.memberships.search("suoi mo").exists()
