"""Three communes become one: the plan, the act, the figures, the undo. Names, people and numbers are invented."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from io import StringIO
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns import figures, nominating, reminders, reorganising
from campaigns.models import Obligation, Reminder, Requirement
from campaigns.models.reminder import ReminderState
from campaigns.opening import open_periods
from registry.models import (
    Agency,
    AgencyName,
    AgencySuccession,
    Channel,
    ChannelChange,
    ChannelKey,
    ContactPoint,
    ContactRole,
    OutgoingMessage,
    Reorganisation,
)
from registry.plan_file import read_request
from tests import builders
from tests.builders import moment

pytestmark = pytest.mark.django_db

MERGED_ON = date(2026, 11, 15)
TODAY = date(2026, 11, 16)
NOW = moment(TODAY)
DECISION = "Nghị quyết số 12/NQ-HĐND ngày 01/11/2026"
TOUCHED = (
    Agency, AgencyName, AgencySuccession, Channel, ChannelChange, ChannelKey, ContactPoint, Obligation, Reminder, OutgoingMessage,
    Requirement.agencies.through,
)  # fmt: skip


def dump():
    """Every row and column of the touched tables."""
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in TOUCHED}


def month_figures(month, today=TODAY):
    return figures.summary(Obligation.objects.for_month(month), today)


class Communes:
    """Three communes with channels, people and duties of September to November, and what is asked of them."""

    def __init__(self, actor):
        self.actor = actor
        names = ("Ủy ban nhân dân xã Suối Lạnh", "Ủy ban nhân dân xã Nà Bản", "Ủy ban nhân dân xã Pò Lung")
        self.rows = [builders.make_agency(name, kind="xa", code=f"X{n}", actor=actor) for n, name in enumerate(names)]
        self.people = [
            builders.make_focal(row, f"Đầu Mối {n}", f"dau.moi{n}@xa.example", actor=actor)
            for n, row in enumerate(self.rows)
        ]
        self.channels = [builders.make_channel(row, actor=actor) for row in self.rows]
        self.channels.append(builders.make_channel(self.rows[0], actor=actor, confirmed=False))
        self.closed_channel = builders.make_channel(self.rows[1], actor=actor)
        self.closed_channel.close(actor=actor, reason="Thôi dùng", on=date(2026, 8, 1))
        self.campaign = builders.issue_monthly_campaign(actor=actor, today=TODAY)
        first = builders.quota_of(self.rows[0])
        builders.approve_item(builders.submit_item(first, actor=self.people[0]), actor=actor)
        self.named = builders.monthly(builders.make_campaign(actor=actor), title="Chỉ xã được nêu tên")
        self.named.agencies.set(self.rows[:2])

    def plan(self, **changes):
        return read_request(
            {
                "kind": "merge",
                "on": MERGED_ON.isoformat(),
                "decision": DECISION,
                "from": [row.slug for row in self.rows],
                "to": {"name": "Ủy ban nhân dân xã Suối Lạnh", "code": "X0"},
            }
            | changes
        )

    def merge(self, now=NOW, **changes):
        row = reorganising.prepare(self.plan(**changes), actor=self.actor, now=now)
        return reorganising.run(row, actor=self.actor, now=now).reorganisation


@pytest.fixture
def communes(reviewer):
    return Communes(reviewer)


@pytest.fixture
def reminded(communes):
    """Reminders of the November duty are in the ledger and wait in the outbox."""
    duties = Obligation.objects.filter(agency__in=communes.rows, period__month=date(2026, 11, 1))
    reminders.remind_now(actor=communes.actor, obligations=duties, now=NOW)
    assert OutgoingMessage.objects.waiting().filter(purpose=reminders.PURPOSE).count() == 3
    return communes


def test_the_dry_run_tells_what_happens_to_each(reminded):
    before = dump()
    plan = reorganising.plan_of(reminded.plan(), TODAY)
    text = "\n".join(plan.lines)
    assert plan.faults == []
    assert "lập mới, hoạt động từ 15/11/2026" in text
    assert f"mã QR {reminded.channels[0].qr_code}" in text
    assert text.count("chuyển về Ủy ban nhân dân xã Suối Lạnh; giữ số, địa chỉ và mã QR") == 4
    assert "đã đóng, ở lại trong hồ sơ cơ quan cũ" in text
    assert "Đầu Mối 2 (quản trị kênh của Ủy ban nhân dân xã Pò Lung, đã xác nhận): làm đầu mối của" in text
    assert "Nà Bản: Tối thiểu 01 sản phẩm truyền thông/tháng kỳ 11/2026, hạn 05/12/2026: được miễn" in text
    assert "kỳ 09/2026" not in text
    assert "9 đầu việc đã xong hoặc thuộc kỳ đã khoá: không đổi" in text
    assert "3 lần nhắc chưa gửi: huỷ; 3 thư chưa gửi bị huỷ theo" in text
    assert dump() == before


def test_three_communes_become_one(reminded):
    qr_codes = {row.pk: row.qr_code for row in reminded.channels}
    done = reminded.merge()
    new = Agency.objects.get(slug="uy-ban-nhan-dan-xa-suoi-lanh-2")
    for old in reminded.rows:
        old.refresh_from_db()
        assert (old.status, old.closed_on) == ("closed", MERGED_ON)
        assert old.closed_reason == f"Đã sáp nhập vào {new.name} từ 15/11/2026 ({DECISION})"
    assert (new.founded_on, new.kind, new.code, new.is_active) == (MERGED_ON, "xa", "X0", True)
    assert {row.pk: row.qr_code for row in new.channels.all()} == qr_codes
    assert [row.agency_id for row in Channel.objects.filter(pk=reminded.closed_channel.pk)] == [reminded.rows[1].pk]
    assert set(new.contact_points.values_list("user", flat=True)) == {row.pk for row in reminded.people}
    left = ContactPoint.objects.filter(agency__in=reminded.rows)
    assert {(row.status, row.left_on) for row in left} == {("left", MERGED_ON)}
    assert set(Agency.objects.editable_by(reminded.people[2])) == {new}
    assert list(reminded.named.agencies.filter(pk=new.pk)) == [new]
    assert {row.successor for row in done.successions.all()} == {new}
    assert {row.history.first().history_user for row in reminded.rows} == {reminded.actor}


def test_open_duties_are_excused_with_the_reason_and_locked_ones_stay(reminded):
    locked = Q(locks_on__lt=TODAY)
    before = list(Obligation.objects.filter(locked).order_by("pk").values())
    assert {row["exempt_at"] for row in before} == {None}
    reminded.merge()
    assert list(Obligation.objects.filter(locked).order_by("pk").values()) == before
    open_rows = Obligation.objects.filter(agency__in=reminded.rows).exclude(locked)
    assert len(open_rows) == 3
    assert {row.exempt_reason for row in open_rows} == {
        f"Đã sáp nhập vào Ủy ban nhân dân xã Suối Lạnh từ 15/11/2026 ({DECISION})"
    }
    assert not Reminder.objects.exclude(medium="in_app").exclude(state=ReminderState.CANCELLED).exists()
    letters = OutgoingMessage.objects.filter(purpose=reminders.PURPOSE)
    assert set(letters.values_list("state", flat=True)) == {"cancelled"}


def test_a_letter_that_also_speaks_of_another_agency_still_goes(communes, health):
    """One person answers for a commune and for Sở Y tế: the letter loses the commune only."""
    email = "dau.moi0@xa.example"
    builders.make_contact(health, "Đầu Mối 0", email, actor=communes.actor)
    open_periods(date(2026, 12, 2), now=moment(date(2026, 12, 2)))
    asked, day = [communes.rows[0], health], moment(date(2026, 12, 3))
    duties = Obligation.objects.filter(agency__in=asked, period__month=date(2026, 12, 1))
    reminders.remind_now(actor=communes.actor, obligations=duties, now=day)
    letter = OutgoingMessage.objects.get(purpose=reminders.PURPOSE)
    communes.merge(now=day)
    letter.refresh_from_db()
    assert letter.state == "pending"
    states = dict(Reminder.objects.filter(message=letter).values_list("obligation__agency", "state"))
    assert states == {communes.rows[0].pk: "cancelled", health.pk: "queued"}
    assert reminders.prepare([letter], day) == {}
    assert "Sở Y tế" in letter.text and communes.rows[0].name not in letter.text


def test_what_waits_at_the_province_is_judged_as_if_nothing_had_happened(communes):
    november = builders.quota_of(communes.rows[1], date(2026, 11, 1))
    item = builders.submit_item(november, actor=communes.people[1], now=moment(date(2026, 11, 10)))
    done = communes.merge()
    builders.approve_item(item, actor=communes.actor, now=NOW + timedelta(days=1))
    november.refresh_from_db()
    assert (november.outcome(), november.met_on, november.exempt_at) == ("on_time", date(2026, 11, 10), None)
    assert reorganising.obstacles_to_undo(done) == []


def test_children_follow_and_come_back(communes):
    child = builders.make_agency("Trạm truyền thanh thử", parent=communes.rows[1], actor=communes.actor)
    before, done = dump(), communes.merge()
    child.refresh_from_db()
    assert child.parent == done.successions.first().successor
    reorganising.undo(done, actor=communes.actor, now=NOW)
    assert dump()["registry.AgencyName"] == before["registry.AgencyName"]
    child.refresh_from_db()
    assert child.parent == communes.rows[1]


def test_figures_of_locked_months_stay_the_same_also_after_the_tick(communes):
    september, october = date(2026, 9, 1), date(2026, 10, 1)
    before = [month_figures(september), month_figures(october)]
    communes.merge()
    nominating.catch_up()
    open_periods(date(2026, 12, 2), now=moment(date(2026, 12, 2)))
    assert [month_figures(september), month_figures(october)] == before


def test_the_new_agency_is_expected_from_the_next_period(communes):
    communes.merge()
    new = Agency.objects.get(founded_on=MERGED_ON)
    assert not new.obligations.exists()
    open_periods(date(2026, 12, 2), now=moment(date(2026, 12, 2)))
    december = Obligation.objects.for_month(date(2026, 12, 1))
    assert set(december.filter(agency=new).values_list("agency_name", flat=True)) == {new.name}
    assert not december.filter(agency__in=communes.rows).exists()


def test_a_carried_person_answers_no_duty_until_confirmed_again(communes):
    """A duty of the successor that was missed stays missed: nobody nominated the person for it."""
    target = builders.make_agency("Phường Cũ", kind="phuong", actor=communes.actor)
    campaign = builders.make_campaign(actor=communes.actor, starts_on=date(2026, 11, 2))
    builders.nomination(campaign, contact_role=ContactRole.CHANNEL_ADMIN)
    builders.issue(campaign, actor=communes.actor, today=TODAY)
    communes.merge(to=target.slug)
    assert nominating.catch_up() == 0
    duty = target.obligations.get()
    nominating.keep(communes.actor, duty, target.contact_points.first(), NOW)
    assert Obligation.objects.get(pk=duty.pk).accepted_count == 1


def test_undo_restores_every_row(reminded):
    before = dump()
    done = reminded.merge()
    assert dump() != before
    ended = reorganising.undo(done, actor=reminded.actor, now=NOW)
    assert dump() == before
    assert ended.is_new
    assert Channel.objects.get(pk=reminded.channels[0].pk).history.first().history_change_reason.startswith("Hoàn tác")


@pytest.fixture
def changing(communes):
    """A channel of the first commune with a former and a further address and a change that waits; one with a returned
    change; one that its commune gave up."""
    first, second, third = communes.channels[:3]
    ChannelChange.make(
        actor=communes.actor, channel=first, url="https://facebook.com/suoilanhmoi", reason="Công văn", now=NOW
    )
    ChannelKey.add(actor=communes.actor, channel=first, url="https://facebook.com/suoilanhhai", reason="Công văn")
    waiting = builders.propose_change(first, actor=communes.people[0])
    returned = builders.propose_change(second, actor=communes.people[1])
    returned.return_for_changes(actor=communes.actor, reason="Chưa mở được.", now=NOW)
    third.give_up(actor=communes.people[2], reason="Thôi dùng", now=NOW)
    return waiting, returned


def test_changes_that_wait_go_along_and_undo_restores_all(communes, changing):
    waiting, returned = changing
    plan = "\n".join(reorganising.plan_of(communes.plan(), TODAY).lines)
    assert "Thay đổi của kênh đang chờ (2)" in plan and "đi theo kênh về" in plan
    before = dump()
    act = communes.merge()
    after = dump()
    assert after["registry.ChannelChange"] == before["registry.ChannelChange"]
    assert after["registry.ChannelKey"] == before["registry.ChannelKey"]
    waiting.refresh_from_db()
    assert waiting.channel.agency.is_active
    reorganising.undo(act, actor=communes.actor, now=NOW)
    assert dump() == before


def test_changes_end_with_the_channels_of_a_closed_agency_and_come_back(communes, changing):
    before = dump()
    row = communes.rows[0]
    act = communes.merge(kind="close", **{"from": row.slug, "to": None})
    waiting = ChannelChange.objects.get(pk=changing[0].pk)
    assert (waiting.status, waiting.channel.status) == ("withdrawn", "closed")
    assert not waiting.channel.keys.filter(is_live=True).exists()
    reorganising.undo(act, actor=communes.actor, now=NOW)
    assert dump() == before


def test_undo_is_refused_after_a_change_was_accepted(communes, changing):
    act = communes.merge()
    ChannelChange.objects.get(pk=changing[0].pk).accept(actor=communes.actor, now=NOW)
    with pytest.raises(ValidationError, match="đã được sửa sau khi sắp xếp"):
        reorganising.undo(act, actor=communes.actor, now=NOW)


def test_undoing_twice_is_a_sentence(communes):
    done = communes.merge()
    reorganising.undo(done, actor=communes.actor, now=NOW)
    before = dump()
    again = reorganising.undo(done, actor=communes.actor, now=NOW)
    assert (again.is_new, again.sentence) == (False, "Việc sắp xếp này đã được hoàn tác trước đó.")
    assert dump() == before


def test_merging_twice_does_it_once(communes):
    done = communes.merge()
    after = dump()
    same = reorganising.run(done, actor=communes.actor, now=NOW)
    assert not same.is_new
    assert (
        same.sentence
        == f"Việc này đã được Nông Văn Duyệt thực hiện lúc 09:00 16/11/2026 (số {done.pk}); không làm lại."
    )
    copy = reorganising.prepare(communes.plan(), actor=communes.actor, now=NOW)
    assert not reorganising.run(copy, actor=communes.actor, now=NOW).is_new
    assert dump() == after


def test_after_undo_it_can_be_done_again(communes):
    reorganising.undo(communes.merge(), actor=communes.actor, now=NOW)
    assert communes.merge().state == "done"
    assert Reorganisation.objects.count() == 2


NEW_WRITES = {
    "a channel edited": lambda c, new: c.channels[0].amend(actor=c.actor, reason="Sửa", name="Tên khác"),
    "a channel added": lambda c, new: builders.make_channel(new, actor=c.actor),
    "a person changed": lambda c, new: new.contact_points.first().amend(actor=c.actor, reason="Sửa", position="Mới"),
    "the agency renamed": lambda c, new: new.rename(actor=c.actor, name="UBND xã Khác", on=TODAY),
    "a period opened": lambda c, new: open_periods(date(2026, 12, 2), now=moment(date(2026, 12, 2))),
    "the name taken": lambda c, new: builders.make_agency(c.rows[2].name, kind="xa", actor=c.actor),
}
NAMED = {
    "a channel edited": "Kênh “Tên khác” đã được sửa",
    "a channel added": "Cơ quan “Ủy ban nhân dân xã Suối Lạnh” đã có thêm 1 kênh",
    "a person changed": "Đầu mối “Đầu Mối 0” đã được sửa",
    "the agency renamed": "Cơ quan “UBND xã Khác” đã được sửa",
    "a period opened": "Cơ quan “Ủy ban nhân dân xã Suối Lạnh” đã có thêm 1 đầu việc",
    "the name taken": "đã được dùng cho cơ quan, kênh khác",
}


@pytest.mark.parametrize("write", NEW_WRITES)
def test_undo_is_refused_after_new_writes_and_names_them(communes, write):
    done = communes.merge()
    NEW_WRITES[write](communes, Agency.objects.get(founded_on=MERGED_ON))
    after = dump()
    with pytest.raises(ValidationError) as refused:
        reorganising.undo(done, actor=communes.actor, now=NOW)
    assert NAMED[write] in " ".join(refused.value.messages)
    assert dump() == after


def test_who_confirms_confirms_what_was_read(communes):
    row = reorganising.prepare(communes.plan(), actor=communes.actor, now=NOW)
    seen = reorganising.plan_of(communes.plan(), TODAY).fingerprint
    builders.make_channel(communes.rows[1], actor=communes.actor)
    with pytest.raises(ValidationError, match="Dữ liệu vừa thay đổi"):
        reorganising.run(row, actor=communes.actor, now=NOW, seen=seen)
    fresh = reorganising.plan_of(communes.plan(), TODAY).fingerprint
    assert reorganising.run(row, actor=communes.actor, now=NOW, seen=fresh).is_new


@pytest.mark.parametrize("kind", ["merge", "split", "rename", "close", "reparent"])
def test_every_kind_can_be_done_and_undone(communes, health, kind):
    to = {
        "merge": health.slug,
        "split": [{"name": "UBND xã Đông"}, {"name": "UBND xã Tây"}],
        "rename": {"name": "Ủy ban nhân dân xã Suối Ấm"},
        "close": None,
        "reparent": health.slug,
    }[kind]
    before = dump()
    done = communes.merge(**{"kind": kind, "from": communes.rows[0].slug, "to": to})
    assert dump() != before
    reorganising.undo(done, actor=communes.actor, now=NOW)
    assert dump() == before


def test_closing_ends_channels_and_people(communes):
    communes.merge(**{"kind": "close", "from": "X0", "to": None})
    assert set(communes.rows[0].channels.values_list("status", flat=True)) == {"closed", "returned"}
    assert set(communes.rows[0].contact_points.values_list("status", flat=True)) == {"left"}


def test_a_split_sends_channels_to_the_home(communes):
    links = [{"from": "X0", "to": "UBND xã Đông", "part": True}]
    links.append({"from": "X0", "to": "UBND xã Tây", "part": True, "home": True})
    to = [{"name": "UBND xã Đông"}, {"name": "UBND xã Tây"}]
    communes.merge(**{"kind": "split", "from": "X0", "to": to, "links": links})
    homes = {row.agency.name for row in Channel.objects.filter(pk__in=[c.pk for c in communes.channels[::3]])}
    assert homes == {"UBND xã Tây"}
    assert {(row.successor.name, row.is_partial, row.is_home) for row in communes.rows[0].successions.all()} == {
        ("UBND xã Đông", True, False),
        ("UBND xã Tây", True, True),
    }


REFUSALS = {
    "tomorrow": ({"on": "2026-11-17"}, "Chưa đến ngày 17/11/2026"),
    "no decision": ({"decision": ""}, "Hãy ghi số, ngày văn bản"),
    "unknown": ({"from": ["khong-co"]}, "Không có cơ quan “khong-co”"),
    "into itself": ({"to": "X1"}, "không thể vừa là cơ quan cũ vừa là cơ quan tiếp nhận"),
    "a living name": ({"to": {"name": "Sở Y tế"}}, "Đã có cơ quan đang hoạt động tên “Sở Y tế”"),
    "twice": ({"from": ["X1", "uy-ban-nhan-dan-xa-na-ban"]}, "Một cơ quan được ghi hai lần"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_plan_that_cannot_be_says_why(communes, health, case):
    changes, sentence = REFUSALS[case]
    assert sentence in " ".join(reorganising.plan_of(communes.plan(**changes), TODAY).faults)


BAD_FILES = [
    [], {}, {"kind": "x"}, {"kind": "merge"}, {"kind": "merge", "on": "2026-11-15", "from": "a"},
    {"kind": "merge", "on": "mai", "from": "a", "to": "b"}, {"kind": "close", "on": "2026-11-15", "from": "a", "to": "b"},
    {"kind": "rename", "on": "2026-11-15", "from": "a", "to": "b"}, {"kind": "merge", "from": [1], "to": "b"},
    {"kind": "merge", "on": "2026-11-15", "from": "a", "to": {"ten": "b"}}, {"kind": "merge", "la": 1},
    {"kind": "merge", "on": "2026-11-15", "from": "a", "to": "b", "links": [{"from": "c", "to": "b"}]},
]  # fmt: skip


@pytest.mark.parametrize("document", BAD_FILES)
def test_a_wrong_plan_file_is_refused_in_words(document):
    with pytest.raises(ValidationError):
        read_request(document)


# --- Constraints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "done"},
        {"state": "planned", "done_at": NOW},
        {"state": "undone", "done_at": NOW},
        {"decision": ""},
    ],
)
def test_the_database_refuses_half_told_acts(reviewer, facts):
    values = {"kind": "close", "on": TODAY, "decision": "1/QĐ", "title": "x", "request": {}, "planned_by": reviewer}
    with pytest.raises(IntegrityError), transaction.atomic():
        Reorganisation.objects.create(**values | facts)


def test_the_database_refuses_the_same_act_done_twice(communes):
    done = communes.merge()
    done.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        done.save()


@pytest.mark.parametrize("case", ["oneself", "twice", "two homes"])
def test_the_database_refuses_impossible_successions(communes, health, case):
    row = communes.merge().successions.first()
    changes = {
        "oneself": {"successor": row.predecessor},
        "twice": {"is_home": False},
        "two homes": {"successor": health},
    }
    row.pk = None
    for name, value in changes[case].items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


# --- The command -----------------------------------------------------------------------------------------------------


def command(*args, **options):
    out = StringIO()
    call_command("merge_agencies", *args, as_json=True, at=NOW, stdout=out, **options)
    return json.loads(out.getvalue())


@pytest.fixture
def plan_file(communes, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(communes.plan().as_document(), ensure_ascii=False), encoding="utf-8")
    return path


def test_the_command_plans_runs_once_and_undoes(plan_file, communes):
    before = dump()
    planned = command(plan_file, dry_run=True)
    assert (planned["outcome"], planned["plans"][0]["id"], dump()) == ("planned", None, before)
    done = command(plan_file)
    assert done["outcome"] == "done"
    assert command(plan_file)["outcome"] == "unchanged"
    assert command(plan_file, dry_run=True)["outcome"] == "unchanged"
    pk = done["plans"][0]["id"]
    assert command(undo=pk, dry_run=True)["outcome"] == "planned"
    assert command(undo=pk)["outcome"] == "undone"
    assert command(undo=pk)["outcome"] == "unchanged"
    assert dump() == before


def test_the_command_prints_the_plan_as_text(plan_file):
    out = StringIO()
    call_command("merge_agencies", plan_file, dry_run=True, at=NOW, stdout=out)
    assert out.getvalue().startswith("Sáp nhập Ủy ban nhân dân xã Suối Lạnh, Ủy ban nhân dân xã Nà Bản")
    assert "Kênh và mã QR (5)" in out.getvalue()


def test_of_several_plans_all_or_none_are_done(communes, tmp_path):
    good = communes.plan(**{"kind": "close", "from": "X0", "to": None}).as_document()
    bad = communes.plan(**{"kind": "close", "from": "X9", "to": None}).as_document()
    path = tmp_path / "plans.json"
    path.write_text(json.dumps([good, bad]), encoding="utf-8")
    before = dump()
    with pytest.raises(CommandError) as refused:
        command(path)
    assert (refused.value.returncode, dump(), Reorganisation.objects.count()) == (1, before, 0)


@pytest.mark.parametrize(("args", "code"), [([], 2), (["khong-co.json"], 2)])
def test_wrong_usage_is_told_apart_from_a_refusal(args, code):
    with pytest.raises(CommandError) as refused:
        command(*args)
    assert refused.value.returncode == code


def test_a_refusal_exits_with_one(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(CommandError, match="không phải JSON đúng") as refused:
        command(path)
    assert refused.value.returncode == 1


SUCCESSION = """old_province,old_district,old_unit,old_code,new_province,new_unit,new_code,how,default
Tỉnh Thử,Huyện Một,Xã Suối Lạnh,10001,Tỉnh Thử,Xã Suối Lạnh,10001,whole,
Tỉnh Thử,Huyện Một,Xã Nà Bản,10002,Tỉnh Thử,Xã Suối Lạnh,10001,split,default
Tỉnh Thử,Huyện Một,Xã Nà Bản,10002,Tỉnh Thử,Phường Tân Cương,10009,split,
Tỉnh Thử,Huyện Một,Xã Pò Lung,10003,Tỉnh Thử,Xã Pò Lung,10003,whole,
Tỉnh Thử,Huyện Một,Xã Chưa Có,10004,Tỉnh Thử,Xã Mới Tinh,10008,whole,
Tỉnh Khác,Huyện Hai,Xã Xa Lắc,20001,Tỉnh Khác,Xã Gần Gũi,20002,whole,
"""


def test_a_name_that_goes_to_another_unit_is_free_in_time(communes, tmp_path):
    """Old Nà Bản goes into a new unit, and old Suối Lạnh becomes the new Nà Bản: one plan, old ones end first."""
    rows = ["Xã Nà Bản,10002,Xã Pò Lung Mới,10003,whole", "Xã Suối Lạnh,10001,Xã Nà Bản,10002,whole"]
    path = tmp_path / "doi-cho.csv"
    path.write_text("\n".join(["old_unit,old_code,new_unit,new_code,how", *rows]), encoding="utf-8")
    document = command(succession=path, on=MERGED_ON, decision=DECISION, treat_as="old")
    assert (document["outcome"], len(document["plans"])) == ("done", 1)
    heir = communes.rows[0].successions.get().successor
    assert (heir.name, heir.is_active, heir.pk != communes.rows[1].pk) == ("Ủy ban nhân dân xã Nà Bản", True, True)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "ke-thua.csv"
    path.write_text(SUCCESSION, encoding="utf-8")
    return path


def test_a_table_of_successions_becomes_plans(communes, table):
    options = {"on": MERGED_ON, "decision": DECISION, "province": "tinh thu", "treat_as": "old"}
    document = command(succession=table, dry_run=True, **options)
    assert [row["outcome"] for row in document["plans"]] == ["planned"]
    assert document["notes"] == [
        "Bảng có 5 dòng: 4 đơn vị cũ, 4 đơn vị mới.",
        "Lập được 1 kế hoạch; 1 đơn vị không đổi; 0 đơn vị chưa rõ là cũ hay mới; "
        "1 đơn vị mới chưa có đơn vị cũ nào trong danh bạ.",
        "Chưa có trong danh bạ: Xã Mới Tinh ← Xã Chưa Có",
    ]
    assert command(succession=table, **options)["outcome"] == "done"
    ward = Agency.objects.get(name="Ủy ban nhân dân phường Tân Cương")
    commune = Agency.objects.active().get(name="Ủy ban nhân dân xã Suối Lạnh")
    assert (ward.kind, ward.gso_code, ward.channels.count(), commune.channels.count()) == ("phuong", "10009", 0, 3)
    assert Agency.objects.get(pk=communes.rows[2].pk).is_active


def test_names_on_both_sides_without_a_day_are_left_to_a_person(communes, table):
    document = command(succession=table, dry_run=True, on=MERGED_ON, decision=DECISION, province="Tỉnh Thử")
    assert [line for line in document["notes"] if line.startswith("Chưa rõ")] == [
        "Chưa rõ: Xã Suối Lạnh (Huyện Một, Tỉnh Thử): có trong danh bạ, chưa ghi ngày bắt đầu hoạt động.",
        "Chưa rõ: Xã Pò Lung (Huyện Một, Tỉnh Thử): có trong danh bạ, chưa ghi ngày bắt đầu hoạt động.",
        "Chưa rõ: Xã Nà Bản: cùng nhóm với Xã Suối Lạnh, chờ làm rõ.",
    ]


def test_the_qr_code_and_the_old_address_go_on_answering(communes, client_for):
    communes.merge()
    browser = client_for(None)
    new = Agency.objects.get(founded_on=MERGED_ON)
    landing = browser.get(reverse("qr", args=[communes.channels[1].qr_code]))
    assert new.name in landing.content.decode()
    old = browser.get(reverse("agency_detail", args=[communes.rows[1].slug])).content.decode()
    assert reverse("agency_detail", args=[new.slug]) in old
    assert "Đã sáp nhập vào" in old and "từ 15/11/2026" in old
    page = browser.get(reverse("agency_detail", args=[new.slug])).content.decode()
    assert "Tiếp nhận từ" in page and communes.rows[1].name in page
    found = browser.get(reverse("agency_list"), {"q": "suoi lanh"}).content.decode()
    assert "đến hết 14/11/2026" in found and new.slug in found


# --- The desk --------------------------------------------------------------------------------------------------------


FORM = {"kind": "merge", "new_names": "UBND xã Mới", "on": "15/11/2026", "decision": DECISION, "contacts": "move"}


def test_at_the_desk_a_merge_is_planned_read_done_and_undone(communes, client_for):
    browser, before = client_for(communes.actor), dump()
    made = browser.post(reverse("reorganisation_new"), FORM | {"sources": [row.slug for row in communes.rows]})
    row = Reorganisation.objects.get()
    assert made["Location"] == reverse("reorganisation", args=[row.pk])
    page = browser.get(made["Location"])
    assert "Chưa đổi gì" in page.content.decode() and communes.channels[0].qr_code in page.content.decode()
    assert dump() == before
    done = browser.post(made["Location"], {"seen": page.context["plan"].fingerprint}, follow=True)
    assert "Đã thực hiện: Sáp nhập" in done.content.decode()
    assert Agency.objects.active().filter(name="UBND xã Mới").exists()
    again = browser.post(made["Location"], {"seen": "x"})
    assert "Hoàn tác" in again.content.decode()
    browser.post(reverse("reorganisation_undo", args=[row.pk]))
    assert dump() == before


def test_a_stale_preview_is_shown_again(communes, client_for):
    row = reorganising.prepare(communes.plan(), actor=communes.actor, now=NOW)
    answer = client_for(communes.actor).post(reverse("reorganisation", args=[row.pk]), {"seen": "cu"})
    assert answer.status_code == 409
    assert "Dữ liệu vừa thay đổi" in answer.content.decode()


def test_a_plan_can_be_dropped_until_it_is_done(communes, client_for):
    browser = client_for(communes.actor)
    row = reorganising.prepare(communes.plan(), actor=communes.actor, now=NOW)
    browser.post(reverse("reorganisation_drop", args=[row.pk]))
    assert not Reorganisation.objects.exists()
    done = communes.merge()
    browser.post(reverse("reorganisation_drop", args=[done.pk]))
    assert Reorganisation.objects.get().state == "done"


def test_the_form_says_what_is_missing(communes, client_for):
    browser = client_for(communes.actor)
    answer = browser.post(reverse("reorganisation_new"), FORM | {"new_names": "", "sources": [communes.rows[0].slug]})
    assert "phải có ít nhất 1 cơ quan tiếp nhận" in answer.content.decode()


def test_undo_at_the_desk_says_what_was_written_since(communes, client_for):
    done = communes.merge()
    communes.channels[0].refresh_from_db()
    communes.channels[0].amend(actor=communes.actor, reason="Sửa", name="Tên khác")
    browser = client_for(communes.actor)
    page = browser.get(reverse("reorganisation", args=[done.pk])).content.decode()
    assert "Không hoàn tác được nữa" in page and "Tên khác" in page
    answer = browser.post(reverse("reorganisation_undo", args=[done.pk]), follow=True).content.decode()
    assert "Không hoàn tác được vì đã có dữ liệu mới" in answer


def test_the_list_costs_the_same_for_one_and_four(communes, client_for, django_assert_num_queries):
    browser, url = client_for(communes.actor), reverse("reorganisation_list")
    reorganising.prepare(communes.plan(), actor=communes.actor, now=NOW)
    browser.get(url)
    with django_assert_num_queries(4):
        browser.get(url)
    for name in ("UBND xã Một", "UBND xã Hai", "UBND xã Ba"):
        reorganising.prepare(communes.plan(to={"name": name}), actor=communes.actor, now=NOW)
    with django_assert_num_queries(4):
        browser.get(url)


def test_the_preview_costs_the_same_for_few_and_many_rows(communes, health, client_for, django_assert_num_queries):
    row = reorganising.prepare(communes.plan(to=health.slug), actor=communes.actor, now=NOW)
    browser, url = client_for(communes.actor), reverse("reorganisation", args=[row.pk])
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    for agency in communes.rows:
        builders.make_channel(agency, actor=communes.actor)
        builders.make_contact(agency, actor=communes.actor)
        builders.make_agency(parent=agency, actor=communes.actor)
    with django_assert_num_queries(len(few)):
        browser.get(url)


def test_who_works_there_already_is_not_carried_twice(communes, health):
    builders.make_contact(health, "Đầu Mối 1", "khac@yte.example", actor=communes.actor)
    text = "\n".join(reorganising.plan_of(communes.plan(to=health.slug), TODAY).lines)
    assert text.count("thôi ở cơ quan cũ; đã là đầu mối của Sở Y tế") == 1
    communes.merge(to=health.slug)
    assert health.contact_points.filter(full_name="Đầu Mối 1").count() == 1


# --- At the same moment ----------------------------------------------------------------------------------------------


def at_once(acts):
    """Do all acts on their own connections, released together; what each answers, or the refusal."""
    together = Barrier(len(acts))

    def one(act):
        together.wait(10)
        try:
            return act()
        except ValidationError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_parallel_merges_one_is_done(communes):
    """Two people with a plan each, each pressing twice."""
    document, person = communes.plan().as_document(), communes.actor
    rows = [reorganising.prepare(communes.plan(note=note), actor=person, now=NOW) for note in ("", "bản khác")]
    fresh = [Reorganisation.objects.get(pk=row.pk) for row in rows * 2]
    ended = at_once([partial(reorganising.run, row, actor=person, now=NOW) for row in fresh])
    assert sorted(end.is_new for end in ended) == [False, False, False, True]
    assert Agency.objects.filter(name=document["to"][0]["name"], status="active").count() == 1
    assert AgencySuccession.objects.count() == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_parallel_undos_one_is_done(communes):
    before, pk = dump(), communes.merge().pk
    rows = [Reorganisation.objects.get(pk=pk) for _ in range(3)]
    ended = at_once([partial(reorganising.undo, row, actor=communes.actor, now=NOW) for row in rows])
    assert sorted(end.is_new for end in ended) == [False, False, True]
    assert dump() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_different_plans_for_the_same_commune_do_not_both_win(communes, health):
    plans = [communes.plan(), communes.plan(**{"kind": "merge", "from": "X1", "to": health.slug})]
    rows = [reorganising.prepare(plan, actor=communes.actor, now=NOW) for plan in plans]
    ended = at_once([partial(reorganising.run, row, actor=communes.actor, now=NOW) for row in rows])
    assert sorted(isinstance(end, ValidationError) for end in ended) == [False, True]
    assert communes.rows[1].successions.count() == 1
