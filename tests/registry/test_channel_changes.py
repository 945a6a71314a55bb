"""A published channel changes by review: what each act may do in each state, what the addresses become, who is faster."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction

from registry.models import (
    ChangeStatus,
    Channel,
    ChannelChange,
    ChannelKey,
    ChannelStatus,
    KnownFake,
)
from registry.models.change import TRANSITIONS
from tests import builders
from tests.builders import NOW, TODAY

pytestmark = pytest.mark.django_db
OLD, NEW = "https://www.facebook.com/ytecu", "https://www.facebook.com/ytemoi"
OLD_KEY, NEW_KEY = "facebook:ytecu", "facebook:ytemoi"


@pytest.fixture
def channel(health, reviewer):
    return builders.make_channel(health, actor=reviewer, name="Y tế tỉnh", url=OLD)


@pytest.fixture
def change(channel, health_focal):
    return builders.propose_change(channel, actor=health_focal, url=NEW, now=NOW)


def keys(channel):
    """(key, live, from, ended) of a channel."""
    return list(channel.keys.order_by("pk").values_list("key", "is_live", "live_from", "ended_on"))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def reasons(channel):
    return list(channel.history.order_by("history_id").values_list("history_change_reason", flat=True))


# --- proposing -----------------------------------------------------------------------------------------------------


def test_the_published_version_stays_live_while_its_change_waits(channel, change, health_focal):
    now = fresh(channel)
    assert (now.status, now.url, now.name) == (ChannelStatus.CONFIRMED, OLD, "Y tế tỉnh")
    assert keys(channel) == [(OLD_KEY, True, date(2026, 1, 7), None)]
    assert (change.status, change.key, change.url, change.name) == ("proposed", NEW_KEY, NEW, "Y tế tỉnh")
    assert now.answered_at == NOW


def test_the_same_proposal_twice_is_one_row_and_another_one_is_refused(channel, change, health_focal):
    again = builders.propose_change(channel, actor=health_focal, url="m.facebook.com/ytemoi?ref=1")
    assert again.pk == change.pk
    with pytest.raises(ValidationError, match="đang có một thay đổi chờ xác nhận"):
        builders.propose_change(channel, actor=health_focal, name="Tên khác")
    assert ChannelChange.objects.count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"url": "facebook.com/ytecu/"},
        {"name": "Y tế  tỉnh "},
        {"note": "chỉ có lý do"},
        {"keeps_old_address": True},
    ],
    ids=["nothing", "the same address in other letters", "the same name", "only a reason", "keeping what is there"],
)
def test_a_change_that_changes_nothing_is_refused(channel, health_focal, facts):
    with pytest.raises(ValidationError, match="Chưa có gì thay đổi"):
        ChannelChange.propose(actor=health_focal, channel=channel, **facts)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://zalo.me/2222333344445555666", "không thuộc loại kênh"),
        ("https://www.facebook.com/share/abcDEF123/", "rút gọn hoặc chia sẻ"),
        ("https://www.facebook.com/cua.nguoi.khac", "Địa chỉ này đã đăng ký"),
        ("http://facebook.com.evil.vn@x/", ""),
    ],
)
def test_an_address_that_cannot_be_the_channels_is_refused_beside_its_field(
    channel, health_focal, other_agency, reviewer, url, said
):
    builders.make_channel(other_agency, actor=reviewer, url="https://www.facebook.com/cua.nguoi.khac")
    with pytest.raises(ValidationError) as refused:
        ChannelChange.propose(actor=health_focal, channel=channel, url=url)
    assert said in " ".join(refused.value.message_dict["url"])


@pytest.mark.parametrize("act", ["suspend", "close"])
def test_a_channel_that_does_not_run_cannot_be_changed(channel, change, health_focal, reviewer, act):
    getattr(channel, act)(actor=reviewer, reason="Thử")
    with pytest.raises(ValidationError, match="Chỉ thay đổi được kênh đang hoạt động"):
        ChannelChange.propose(actor=health_focal, channel=channel, name="Tên khác")
    with pytest.raises(ValidationError):
        change.accept(actor=reviewer, now=NOW)
    assert fresh(channel).url == OLD


def test_nor_can_one_of_a_closed_agency(channel, change, health, reviewer):
    health.close(actor=reviewer, on=TODAY, reason="Hợp nhất")
    with pytest.raises(ValidationError, match="cơ quan còn hoạt động"):
        change.accept(actor=reviewer, now=NOW)


def test_closing_ends_the_waiting_change(channel, change, reviewer):
    channel.close(actor=reviewer, reason="Thôi dùng", now=NOW)
    change.refresh_from_db()
    assert (change.status, change.decided_by, change.decided_at, change.decision_reason) == (
        "withdrawn", reviewer, NOW, "Kênh đã đóng",
    )  # fmt: skip


# --- deciding ------------------------------------------------------------------------------------------------------


def test_an_accepted_address_goes_live_and_the_old_one_ends_with_its_day(channel, change, reviewer):
    qr_code = channel.qr_code
    change.accept(actor=reviewer, now=NOW)
    now = fresh(channel)
    assert (now.pk, now.qr_code, now.url, now.reconfirmed_on) == (channel.pk, qr_code, NEW, TODAY)
    assert keys(channel) == [(OLD_KEY, False, date(2026, 1, 7), TODAY), (NEW_KEY, True, TODAY, None)]
    assert (now.primary_key, [row.url for row in now.former_keys]) == (NEW_KEY, [OLD])
    assert (change.status, change.decided_by, change.decided_at) == ("accepted", reviewer, NOW)


def test_the_old_address_stays_live_beside_the_new_one_when_the_agency_says_so(channel, health_focal, reviewer):
    both = ChannelChange.propose(actor=health_focal, channel=channel, url=NEW, keeps_old_address=True, now=NOW)
    both.accept(actor=reviewer, now=NOW)
    now = fresh(channel)
    assert [(row.key, row.is_live, row.url) for row in now.current_keys] == [(NEW_KEY, True, NEW), (OLD_KEY, True, OLD)]
    assert now.primary_key == NEW_KEY


def test_only_the_name_changes_and_the_keys_stay(channel, health_focal, reviewer):
    change = builders.propose_change(channel, actor=health_focal, name="Sở Y tế")
    change.accept(actor=reviewer, now=NOW)
    assert (fresh(channel).name, fresh(channel).url) == ("Sở Y tế", OLD)
    assert keys(channel) == [(OLD_KEY, True, date(2026, 1, 7), None)]


def test_a_channel_goes_back_to_an_address_that_it_had(channel, change, health_focal, reviewer):
    change.accept(actor=reviewer, now=NOW)
    back = builders.propose_change(channel, actor=health_focal, url=OLD)
    back.accept(actor=reviewer, now=NOW + timedelta(days=1))
    later = TODAY + timedelta(days=1)
    assert keys(channel) == [(OLD_KEY, True, later, None), (NEW_KEY, False, TODAY, later)]
    assert fresh(channel).url == OLD


def test_an_address_that_another_channel_took_meanwhile_is_refused(channel, change, other_agency, reviewer):
    builders.make_channel(other_agency, actor=reviewer, url=NEW)
    with pytest.raises(ValidationError, match="đang thuộc một kênh chính thống khác"):
        change.accept(actor=reviewer, now=NOW)
    assert keys(channel) == [(OLD_KEY, True, date(2026, 1, 7), None)]
    assert fresh(change).status == "proposed"


def test_an_address_that_ended_is_free_for_another_channel(channel, change, other_agency, reviewer):
    change.accept(actor=reviewer, now=NOW)
    assert builders.make_channel(other_agency, actor=reviewer, url=OLD).is_published


def test_a_listed_fake_never_becomes_official(channel, change, reviewer):
    KnownFake.objects.create(url=NEW, key=NEW_KEY, noted_on=TODAY, source="Công văn thử", listed_by=reviewer)
    with pytest.raises(ValidationError, match="giả mạo"):
        change.accept(actor=reviewer, now=NOW)
    assert fresh(channel).url == OLD


def test_a_returned_change_says_why_and_is_mended(channel, change, health_focal, reviewer):
    with pytest.raises(ValidationError, match="Hãy ghi lý do"):
        change.return_for_changes(actor=reviewer, reason=" ", now=NOW)
    change.return_for_changes(actor=reviewer, reason="Trang chưa mở được.", now=NOW)
    assert fresh(change).decision_reason == "Trang chưa mở được."
    change.correct(actor=health_focal, url=NEW, name="Y tế tỉnh nhà", note="Đã mở công khai", now=NOW)
    change.refresh_from_db()
    assert (change.status, change.name, change.decided_at, change.decision_reason) == (
        "proposed", "Y tế tỉnh nhà", None, "",
    )  # fmt: skip


def test_another_proposal_takes_the_place_of_a_returned_one(channel, change, health_focal, reviewer):
    change.return_for_changes(actor=reviewer, reason="Chưa đúng.", now=NOW)
    other = builders.propose_change(channel, actor=health_focal, name="Sở Y tế")
    assert [fresh(change).status, other.status] == ["withdrawn", "proposed"]


def test_the_province_changes_a_channel_in_one_act_with_its_reason(channel, reviewer):
    change = ChannelChange.make(actor=reviewer, channel=channel, url=NEW, reason="Công văn số 5", now=NOW)
    assert (change.status, change.note, fresh(channel).url) == ("accepted", "Công văn số 5", NEW)
    assert fresh(channel).answered_at is None  # the agency has said nothing


def test_the_province_decides_the_waiting_change_before_its_own(channel, change, reviewer):
    with pytest.raises(ValidationError, match="Hãy quyết định thay đổi đó trước"):
        ChannelChange.make(actor=reviewer, channel=channel, url=NEW, reason="Công văn số 5", now=NOW)


def test_the_history_of_the_channel_tells_before_and_after(channel, change, health_focal, reviewer):
    change.return_for_changes(actor=reviewer, reason="Chưa mở được.", now=NOW)
    change.correct(actor=health_focal, url=NEW, note="Đã mở", now=NOW)
    change.accept(actor=reviewer, now=NOW)
    told = f"địa chỉ {OLD} thành {NEW}"
    assert reasons(channel)[2:] == [
        f"Đề xuất thay đổi: {told}. Lý do: Đổi trang",
        "Trả lại đề xuất thay đổi: Chưa mở được.",
        f"Sửa và đề xuất lại thay đổi: {told}. Lý do: Đã mở",
        f"Xác nhận thay đổi: {told}. Lý do: Đã mở",
    ]
    last, before = channel.history.order_by("-history_id")[:2]
    assert (before.url, last.url, last.history_user) == (OLD, NEW, reviewer)


# --- every state × every act ---------------------------------------------------------------------------------------


def change_in(status, channel, focal, reviewer):
    change = builders.propose_change(channel, actor=focal, url=NEW)
    way = {"accepted": "accept", "returned": "return_for_changes", "withdrawn": "withdraw"}
    if status in way:
        do(way[status], change, focal, reviewer)
    return change


def do(act, change, focal, reviewer):
    acts = {
        "correct": lambda: change.correct(actor=focal, name="Tên sửa", url=NEW, now=NOW),
        "accept": lambda: change.accept(actor=reviewer, now=NOW),
        "return_for_changes": lambda: change.return_for_changes(actor=reviewer, reason="Thử", now=NOW),
        "withdraw": lambda: change.withdraw(actor=focal, now=NOW),
    }
    acts[act]()


@pytest.mark.parametrize("status", ChangeStatus)
@pytest.mark.parametrize("act", TRANSITIONS)
def test_every_act_on_a_change_in_every_status(act, status, channel, health_focal, reviewer):
    change = change_in(status, channel, health_focal, reviewer)
    expected = TRANSITIONS[act].get(status)
    if expected:
        do(act, change, health_focal, reviewer)
    else:
        with pytest.raises(ValidationError):
            do(act, change, health_focal, reviewer)
    assert fresh(change).status == (expected or status)


# --- giving up and further addresses -------------------------------------------------------------------------------


def test_the_agencys_word_pauses_a_channel_at_once_and_ends_its_change(channel, change, health_focal):
    channel.give_up(actor=health_focal, reason="Không còn người quản trị", now=NOW)
    now = fresh(channel)
    assert (now.status, now.given_up_by, now.given_up_at, now.answered_at) == ("suspended", health_focal, NOW, NOW)
    assert (now.status_reason, now.is_published) == ("Không còn người quản trị", False)
    assert fresh(change).status == "withdrawn"
    assert list(Channel.objects.to_decide().values_list("pk", "waits_since")) == [(channel.pk, NOW)]


def test_the_agency_takes_it_back_until_the_province_closed_the_channel(channel, health_focal, reviewer):
    channel.give_up(actor=health_focal, reason="Nhầm", now=NOW)
    channel.keep_after_all(actor=health_focal, now=NOW)
    assert (fresh(channel).status, fresh(channel).given_up_at) == ("confirmed", None)
    channel.give_up(actor=health_focal, reason="Bỏ thật", now=NOW)
    channel.close(actor=reviewer, reason="Đơn vị báo đã bỏ", on=TODAY)
    with pytest.raises(ValidationError):
        channel.keep_after_all(actor=health_focal, now=NOW)
    assert (fresh(channel).status, fresh(channel).given_up_by) == ("closed", health_focal)


def test_what_the_province_paused_the_agency_cannot_bring_back(channel, health_focal, reviewer):
    channel.suspend(actor=reviewer, reason="Đang xác minh")
    with pytest.raises(ValidationError, match="không chờ đóng"):
        channel.keep_after_all(actor=health_focal, now=NOW)
    assert fresh(channel).status == "suspended"


def test_a_further_address_is_the_channels_until_its_day(channel, reviewer):
    row = ChannelKey.add(actor=reviewer, channel=channel, url="fb.com/ytemoi", reason="Công văn số 6", now=NOW)
    assert fresh(channel).primary_key == OLD_KEY
    assert (row.key, row.url, row.is_live, row.live_from) == (NEW_KEY, NEW, True, TODAY)
    with pytest.raises(ValidationError, match="Kênh đã có địa chỉ này"):
        ChannelKey.add(actor=reviewer, channel=channel, url=NEW, reason="Lần nữa", now=NOW)
    row.end(actor=reviewer, on=TODAY, reason="Trang đã xoá", now=NOW)
    assert keys(channel)[1] == (NEW_KEY, False, TODAY, TODAY)
    assert reasons(channel)[-2:] == [f"Thêm địa chỉ {NEW}: Công văn số 6", f"Thôi dùng địa chỉ {NEW}: Trang đã xoá"]


@pytest.mark.parametrize(
    ("day", "said"), [(TODAY + timedelta(days=1), "đến hôm nay"), (date(2026, 1, 1), "đến hôm nay")]
)
def test_an_address_ends_between_its_first_day_and_today(channel, reviewer, day, said):
    row = ChannelKey.add(actor=reviewer, channel=channel, url=NEW, reason="Công văn", now=NOW)
    with pytest.raises(ValidationError, match=said):
        row.end(actor=reviewer, on=day, reason="Thử", now=NOW)


def test_the_main_address_does_not_end_while_the_channel_runs(channel, reviewer):
    with pytest.raises(ValidationError, match="địa chỉ chính"):
        channel.keys.get().end(actor=reviewer, on=TODAY, reason="Thử", now=NOW)


# --- what the database refuses -------------------------------------------------------------------------------------


BROKEN = {
    "change_decided_exactly_when_dated": ("registry.channelchange", {"status": "accepted"}),
    "returned_change_says_why": (
        "registry.channelchange", {"status": "returned", "decided_at": NOW, "decided_by": 1, "decision_reason": ""}
    ),
    "ended_key_is_not_live": ("registry.channelkey", {"ended_on": TODAY}),
    "given_up_channel_was_given_up_by_someone": ("registry.channel", {"given_up_at": NOW}),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_half_a_truth(name, change, reviewer):
    label, facts = BROKEN[name]
    rows = {row._meta.label_lower: row for row in (change, change.channel, change.channel.keys.get())}
    facts = facts | ({"decided_by": reviewer} if "decided_by" in facts else {})
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        type(rows[label]).objects.filter(pk=rows[label].pk).update(**facts)


@pytest.mark.parametrize("half", [{"decided_at": NOW}, {"decided_by": "reviewer"}])
def test_a_waiting_change_has_no_decision(half, change, reviewer):
    facts = {name: reviewer if value == "reviewer" else value for name, value in half.items()}
    with pytest.raises(IntegrityError, match="change_decided_exactly_when_dated"), transaction.atomic():
        ChannelChange.objects.filter(pk=change.pk).update(**facts)


def test_the_database_keeps_one_waiting_change_per_channel(change, health_focal):
    with pytest.raises(IntegrityError, match="one_waiting_change_per_channel|registry_channelchange.channel_id"):
        with transaction.atomic():
            ChannelChange.objects.create(channel=change.channel, name="Tên khác", proposed_by=health_focal)


# --- at the same moment --------------------------------------------------------------------------------------------


def at_once(acts):
    """Each act on a connection of its own; "done", or the words of the refusal."""
    outcomes = []

    def run(act):
        try:
            act()
            outcomes.append("done")
        except ValidationError as error:
            outcomes.append(" ".join(error.messages))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["as built", "without the constraint: the fault shows"])
def test_two_channels_that_take_one_address_at_the_same_moment(
    guarded, channel, change, other_agency, reviewer, administrator, monkeypatch
):
    """Both look, meet at a barrier where both saw the address free, then write."""
    rival = builders.make_channel(other_agency, actor=reviewer)
    theirs = builders.propose_change(rival, actor=reviewer, url=NEW)
    barrier, look = threading.Barrier(2, timeout=10), ChannelKey.validate_constraints

    def look_and_wait(self, *args, **kwargs):
        look(self, *args, **kwargs)
        barrier.wait()

    constraint = next(one for one in ChannelKey._meta.constraints if one.name == "one_live_channel_per_key")
    if not guarded:
        with connection.schema_editor() as editor:
            editor.remove_constraint(ChannelKey, constraint)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(ChannelKey, "validate_constraints", look_and_wait)
            outcomes = at_once(
                [lambda: change.accept(actor=reviewer, now=NOW), lambda: theirs.accept(actor=administrator, now=NOW)]
            )
        live = ChannelKey.objects.filter(key=NEW_KEY, is_live=True).count()
        assert (live, outcomes.count("done")) == ((1, 1) if guarded else (2, 2))
    finally:
        if not guarded:
            ChannelKey.objects.filter(key=NEW_KEY).delete()
            with connection.schema_editor() as editor:
                editor.add_constraint(ChannelKey, constraint)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_reviewers_decide_one_change_at_the_same_moment(channel, change, reviewer, administrator):
    mine, yours = fresh(change), fresh(change)
    outcomes = at_once(
        [
            lambda: mine.accept(actor=reviewer, now=NOW),
            lambda: yours.return_for_changes(actor=administrator, reason="Chưa đúng.", now=NOW),
        ]
    )
    assert outcomes.count("done") == 1
    assert "đã xử lý lúc 09:00" in outcomes[0] + outcomes[1]


def test_without_the_lock_a_stale_copy_would_decide_again(change, reviewer, administrator, monkeypatch):
    """Negative control: the lock is what makes the second reviewer read."""
    mine, theirs, third = fresh(change), fresh(change), fresh(change)
    theirs.return_for_changes(actor=administrator, reason="Chưa đúng.", now=NOW)
    with pytest.raises(ValidationError, match=f"{administrator.full_name} đã xử lý lúc 09:00 16/09/2026"):
        mine.accept(actor=reviewer, now=NOW)
    monkeypatch.setattr(ChannelChange, "lock", lambda self: None)
    third.accept(actor=reviewer, now=NOW)
    assert fresh(change).status == "accepted"
