"""Imports: what a sheet would do, doing it all or nothing, and doing it again."""

import io
import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.lib.documents.csv import csv_lines
from portal.lib.documents.xlsx import xlsx_bytes
from registry.exports import export_table
from registry.importing import State, plan_import
from registry.importing.book import AgencyBook
from registry.models import (
    Agency,
    AgencySuccession,
    Channel,
    ContactPoint,
    PersonalDataAccess,
    Reorganisation,
    User,
)
from registry.sheets import KINDS, read_sheet
from tests import builders
from tests.registry.sheet_files import FIRST, HEADINGS, SECOND, csv, row, xlsx

AGENCY_HEADINGS = ["Mã đơn vị", "Tên đơn vị", "Tên viết tắt", "Loại", "Cơ quan cấp trên"]

pytestmark = pytest.mark.django_db


def plan_of(*rows, kind="registrations", headings=HEADINGS):
    return plan_import(read_sheet(xlsx(headings, *rows), kind=kind, name="b.xlsx"))


def problems(plan):
    return [(line.number, problem.column, problem.message) for line in plan.sheet.rows for problem in line.problems]


def states(plan):
    return [planned.state for planned in plan.rows]


def test_a_registration_confirms_the_person_and_the_channel(health, other_agency, reviewer):
    plan = plan_of(FIRST, SECOND)
    assert (plan.outcome, states(plan)) == ("accept", [State.NEW, State.NEW])
    assert ContactPoint.objects.count() == 0
    plan.run(reviewer)
    contact, channel = ContactPoint.objects.get(agency=health), Channel.objects.get(agency=health)
    assert (contact.status, contact.phone, contact.user.email) == ("confirmed", "0912000111", "thu.vi@yte.example")
    assert (channel.status, channel.primary_key, channel.confirmed_by) == ("confirmed", "facebook:soytethu", reviewer)
    assert channel.history.first().history_user == reviewer


def test_the_same_sheet_again_changes_nothing(health, other_agency, reviewer):
    plan_of(FIRST, SECOND).run(reviewer)
    before = [model.history.count() for model in (Agency, Channel, ContactPoint)]
    again = plan_of(FIRST, SECOND)
    assert (states(again), again.is_runnable) == ([State.UNCHANGED, State.UNCHANGED], False)
    again.run(reviewer)
    assert [model.history.count() for model in (Agency, Channel, ContactPoint)] == before


def test_changes_are_shown_before_and_after(health, reviewer):
    plan_of(FIRST).run(reviewer)
    plan = plan_of(row(c4="Phó Trưởng phòng", c5="0912000999"))
    shown = [(d.label, d.before, d.after) for d in plan.rows[0].differences]
    assert states(plan) == [State.CHANGED]
    assert shown == [("Chức vụ", "Chuyên viên", "Phó Trưởng phòng"), ("Số điện thoại", "0912000111", "0912000999")]
    plan.run(reviewer)
    assert ContactPoint.objects.get().phone == "0912000999"


def test_an_empty_cell_erases_nothing(health, reviewer):
    plan_of(FIRST).run(reviewer)
    assert states(plan_of(row(c4=""))) == [State.UNCHANGED]


def test_one_bad_row_stops_the_whole_sheet(health, other_agency, reviewer):
    plan = plan_of(FIRST, row(c2="Sở Không Có", c1=""))
    assert plan.outcome == "reject_rows"
    with pytest.raises(ValidationError):
        plan.run(reviewer)
    assert (Channel.objects.count(), ContactPoint.objects.count()) == (0, 0)


def test_a_refusal_by_a_verb_undoes_the_rows_before_it(health, other_agency, reviewer):
    plan = plan_of(FIRST, SECOND)
    builders.make_channel(health, actor=reviewer, kind="youtube", url=SECOND[8])
    with pytest.raises(ValidationError, match="Dòng 3"):
        plan.run(reviewer)
    assert (Channel.objects.count(), ContactPoint.objects.count(), User.objects.focal_points().count()) == (1, 0, 0)


@pytest.mark.parametrize(
    ("code", "name", "column", "words"),
    [
        ("SYT", "Sở Tài chính", "Mã đơn vị", "Mã “SYT” là của “Sở Y tế”, không phải “Sở Tài chính”"),
        ("", "Sở Y tá", "Tên đơn vị", "Có phải “Sở Y tế”?"),
        ("", "Sở Xa Lạ Hoàn Toàn", "Tên đơn vị", "Hãy thêm cơ quan trước."),
        ("XYZ", "Sở Y tế", "Mã đơn vị", "“Sở Y tế” mang mã SYT"),
    ],
)
def test_agencies_that_cannot_be_told(health, other_agency, code, name, column, words):
    found = problems(plan_of(row(c1=code, c2=name)))
    assert [line[:2] for line in found] == [(1, column)]
    assert words in found[0][2]


@pytest.mark.parametrize("name", ["so y te", "SỞ Y TẾ", "Sở  Y tế"])
def test_agencies_are_found_whatever_the_spelling(health, name):
    assert problems(plan_of(row(c1="", c2=name))) == []


def test_a_commune_is_found_without_the_words_before_its_name(other_agency):
    assert problems(plan_of([*SECOND[:1], "", "Xã Suối Mơ", *SECOND[3:]])) == []


def test_a_closed_agency_is_named_with_its_end(health, reviewer):
    health.close(actor=reviewer, on=date(2026, 11, 15), reason="Hợp nhất vào Sở Tài chính.")
    found = problems(plan_of(FIRST))
    assert "kết thúc hoạt động từ 15/11/2026. Hợp nhất vào Sở Tài chính." in found[0][2]


def test_a_former_name_is_answered_with_todays_name(health, reviewer):
    health.rename(actor=reviewer, name="Sở Y tế và Dân số", on=date(2026, 11, 1))
    found = problems(plan_of(row(c1="")))
    assert "nay là “Sở Y tế và Dân số”" in found[0][2]


@pytest.mark.parametrize("name", ["Sở Thông tin Truyền thông", "Sở Thông tin Truyền thôn"])
def test_a_closed_agency_is_answered_with_those_who_came_after_it(health, other_agency, reviewer, name):
    gone, between = (
        builders.make_agency(actor=reviewer, name=title, kind="so", code="")
        for title in ("Sở Thông tin Truyền thông", "Sở Trung gian")
    )
    plan = Reorganisation.objects.create(
        kind="merge", decision="QĐ 1", title="Sắp xếp", on=date(2026, 11, 15), request={}, planned_by=reviewer, state="done",
        done_at=timezone.now(), done_by=reviewer,
    )  # fmt: skip
    for before, after in ((gone, between), (gone, other_agency), (between, health)):
        AgencySuccession.objects.create(reorganisation=plan, predecessor=before, successor=after, on=plan.on)
    for closed in (gone, between):
        closed.close(actor=reviewer, on=date(2026, 11, 15), reason="Sắp xếp.")
    sentence = problems(plan_of(row(c1="", c2=name)))[0][2]
    assert sentence.endswith(f"từ 15/11/2026. Sắp xếp. Có phải “{other_agency.name}” hoặc “Sở Y tế”?")
    assert sentence.startswith("Không có cơ quan nào tên") == (name != gone.name)


def test_a_former_name_with_a_slip_is_answered_with_todays_name(health, reviewer):
    health.rename(actor=reviewer, name="Sở Chăm lo sức khoẻ nhân dân", on=date(2026, 11, 1))
    found = problems(plan_of(row(c1="", c2="Sở Y tếu")))
    assert "nay là “Sở Chăm lo sức khoẻ nhân dân”" in found[0][2]


def test_strange_names_are_compared_only_so_often(health):
    book = AgencyBook.load()
    book.hints = 1
    assert "Có phải" in book._why_unknown("Sở Y tá") and "Có phải" not in book._why_unknown("Sở Y tê nhé")


def test_the_same_address_spelt_otherwise_is_one_channel(health, other_agency):
    plan = plan_of(FIRST, row(c0=2, c8="HTTPS://m.facebook.com/SoYTeThu/"))
    assert (plan.outcome, plan.sheet.bad_rows[0].skipped) == ("warn", "Trùng dòng 2")
    other = plan_of(FIRST, [*SECOND[:7], "Facebook", "fb.com/soytethu", SECOND[9]])
    assert [found[:2] for found in problems(other)] == [(2, "Đường dẫn")]


def test_two_people_may_keep_one_channel(health, reviewer):
    plan = plan_of(FIRST, row(c3="Nông Thị Hai", c5="0912000333", c6="hai.nong@yte.example"))
    assert states(plan) == [State.NEW, State.NEW]
    plan.run(reviewer)
    assert (Channel.objects.count(), ContactPoint.objects.count()) == (1, 2)


def test_an_address_of_another_agency_is_refused(health, other_agency, reviewer):
    builders.make_channel(other_agency, actor=reviewer, name="Trang xã", url=FIRST[8])
    message = "Địa chỉ này đã đăng ký: kênh “Trang xã” của Ủy ban nhân dân xã Suối Mơ."
    assert problems(plan_of(FIRST)) == [(1, "Đường dẫn", message)]


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("Facebook", "https://facebook.com.gia.example/soyte"),
        ("Facebook", "https://www.facebook.com/soyte/posts/1"),
        ("Website", "https://soyte.tinh.gov.vn@gia.example/"),
        ("Website", "http://127.0.0.1:6379/"),
        ("YouTube", "https://www.facebook.com/soytethu"),
        ("Zalo", "https://zalo.me/0912000111"),
        ("Facebook", ""),
    ],
)
def test_addresses_that_are_no_channel(health, kind, url):
    assert [found[:2] for found in problems(plan_of(row(c7=kind, c8=url)))] == [(1, "Đường dẫn")]


def test_an_email_of_the_staff_is_no_contact(health, administrator):
    assert [found[:2] for found in problems(plan_of(row(c6=administrator.email)))] == [(1, "Email")]


def test_agencies_are_founded_with_kind_from_the_name_and_parent_from_the_sheet(reviewer):
    rows = [
        ["SLD", "Sở Lao động Thử", "", "", ""],
        ["TTVL", "Trung tâm Việc làm Thử", "TTVL", "Khác", "Sở Lao động Thử"],
    ]
    plan_of(*rows, kind="agencies", headings=AGENCY_HEADINGS).run(reviewer)
    centre = Agency.objects.get(code="TTVL")
    assert (centre.kind, centre.parent.name, centre.parent.kind) == ("khac", "Sở Lao động Thử", "so")
    again = plan_of(*rows, kind="agencies", headings=AGENCY_HEADINGS)
    assert states(again) == [State.UNCHANGED, State.UNCHANGED]


def test_an_agency_is_not_its_own_superior(reviewer):
    plan = plan_of(["", "Sở Thử", "", "", "Sở Thử"], kind="agencies", headings=AGENCY_HEADINGS)
    assert [found[:2] for found in problems(plan)] == [(1, "Cơ quan cấp trên")]


def test_entering_many_writes_what_the_verbs_write_one_by_one(health, other_agency, reviewer):
    """The quick way and the way through the verbs leave the same rows; only keys, codes and moments differ."""
    plan_of(FIRST, SECOND).run(reviewer)
    many = written()
    Channel.objects.all().delete()
    ContactPoint.objects.all().delete()
    User.objects.focal_points().delete()
    plan_of(FIRST, SECOND)._run_row_by_row(reviewer, None)
    assert written() == many


def written():
    """Every field but those that are new with each row."""
    new = {"id", "qr_code", "proposed_at", "confirmed_at", "channel", "user", "password", "date_joined"}
    rows = []
    for model in (Channel, ContactPoint, User):
        names = [field.name for field in model._meta.concrete_fields if field.name not in new]
        rows.append(list(model.objects.order_by("pk").values_list(*names)))
    keys = list(Channel.objects.order_by("pk").values_list("keys__key", "keys__is_live"))
    return rows, keys, list(ContactPoint.objects.order_by("pk").values_list("user__username", flat=True))


def test_agencies_are_corrected_but_never_renamed_by_a_sheet(health, reviewer):
    plan = plan_of(["SYT", "Sở Y tế", "Y tế", "", ""], kind="agencies", headings=AGENCY_HEADINGS)
    assert [(d.label, d.before, d.after) for d in plan.rows[0].differences] == [("Tên viết tắt", "SYT", "Y tế")]
    plan.run(reviewer)
    assert health.names.get().short_name == "Y tế"
    renamed = plan_of(["SYT", "Sở Sức khoẻ", "", "", ""], kind="agencies", headings=AGENCY_HEADINGS)
    assert [found[:2] for found in problems(renamed)] == [(1, "Mã đơn vị")]


def test_a_kind_that_cannot_be_guessed_is_asked_for(reviewer):
    plan = plan_of(["", "Trung tâm Thử", "", "", ""], kind="agencies", headings=AGENCY_HEADINGS)
    assert [found[:2] for found in problems(plan)] == [(1, "Loại")]


def test_channels_without_address_are_known_by_name(other_agency, reviewer):
    headings, line = (
        ["Đơn vị", "Loại kênh", "Tên kênh", "Đường dẫn"],
        [other_agency.name, "Đài truyền thanh", "Đài xã", ""],
    )
    plan_of(line, kind="channels", headings=headings).run(reviewer)
    assert states(plan_of(line, kind="channels", headings=headings)) == [State.UNCHANGED]


def test_a_returned_contact_is_put_right_and_confirmed(health, health_focal, reviewer):
    headings = ["Đơn vị", "Họ và tên", "Điện thoại", "Vai trò"]
    contact = ContactPoint.propose(
        actor=health_focal, agency=health, role="policy", full_name="Hà Văn Thử", phone="0912000444"
    )
    contact.return_for_changes(actor=reviewer, reason="Sai số")
    plan_of(["Sở Y tế", "Hà Văn Thử", "0912000555", "Đầu mối"], kind="contacts", headings=headings).run(reviewer)
    contact.refresh_from_db()
    assert (contact.status, contact.phone) == ("confirmed", "0912000555")


def test_matching_costs_the_same_for_one_row_and_for_forty(health, other_agency, django_assert_num_queries):
    one = read_sheet(xlsx(HEADINGS, FIRST), kind="registrations")
    rows = [
        row(c3=f"Người {n} Thử", c6=f"n{n}@yte.example", c8=f"https://www.facebook.com/trangthu{n}") for n in range(40)
    ]
    forty = read_sheet(xlsx(HEADINGS, *rows), kind="registrations")
    for sheet in (one, forty):
        with django_assert_num_queries(8):
            plan = plan_import(sheet)
        assert plan.outcome in ("accept", "reject_rows")


@pytest.fixture
def full_registry(health, other_agency, reviewer, administrator):
    """Two agencies with people and channels, some texts that a spreadsheet would run."""
    plan_of(FIRST, SECOND).run(reviewer)
    channel = Channel.objects.get(agency=health)
    channel.amend(actor=reviewer, reason="Thử", description="+84 là đầu số; -1", decision_number="-12/QĐ")
    builders.make_contact(health, "Hoàng Thị Phát", "phat.hoang@yte.example", actor=reviewer, role="spokesperson")
    return administrator


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_is_exported_and_imported_again_changes_nothing(full_registry, kind, form):
    table = export_table(kind, user=full_registry, reveal=True)
    content = xlsx_bytes(table) if form == "xlsx" else "".join(csv_lines(table)).encode()
    plan = plan_import(read_sheet(content, kind=kind, name=f"x.{form}"))
    assert problems(plan) == []
    assert states(plan) and set(states(plan)) == {State.UNCHANGED}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(alphabet=st.characters(exclude_categories=("C", "Z"), exclude_characters="<>"), max_size=60))
def test_any_text_goes_out_and_comes_in_the_same(health, reviewer, words):
    """The guard against formulas is put on and taken off; spaces aside, what was stored is what is read."""
    Channel.objects.all().delete()
    builders.make_channel(health, actor=reviewer, description=words)
    for form in ("csv", "xlsx"):
        table = export_table("channels", user=reviewer, reveal=True)
        content = xlsx_bytes(table) if form == "xlsx" else "".join(csv_lines(table)).encode()
        plan = plan_import(read_sheet(content, kind="channels", name=f"x.{form}"))
        assert states(plan) in ([State.UNCHANGED], [State.REFUSED])


def test_lists_go_out_masked_unless_asked_for(full_registry):
    masked = list(export_table("contacts", user=full_registry).values())
    assert "0912•••111" in {cell for line in masked for cell in line}
    assert not {"0912000111", "thu.vi@yte.example"} & {cell for line in masked for cell in line}


def run(*arguments, **options):
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out, **options)
        code = 0
    except CommandError as error:
        code = error.returncode
    return code, out.getvalue()


def test_the_command_answers_with_one_document(tmp_path, health, administrator):
    file = tmp_path / "bang.csv"
    file.write_bytes(csv(HEADINGS, FIRST))
    code, out = run("import_registry", str(file), dry_run=True, as_json=True)
    document = json.loads(out)
    assert (code, document["outcome"], document["rows_ok"], document["rows_bad"]) == (0, "accept", 1, 0)
    assert document["rows"][0]["ngay"] == "2026-11-01"
    assert Channel.objects.count() == 0
    code, out = run("import_registry", str(file), as_json=True)
    assert (code, json.loads(out)["counts"]["new"], Channel.objects.count()) == (0, 1, 1)


def test_the_clock_of_a_rehearsal_is_written(tmp_path, health, administrator):
    file = tmp_path / "bang.csv"
    file.write_bytes(csv(HEADINGS, FIRST))
    call_command("import_registry", str(file), "--at", "2026-03-01T08:00", stdout=io.StringIO())
    assert Channel.objects.get().reconfirmed_on == date(2026, 3, 1)


def test_the_command_refuses_with_the_row_the_column_and_a_sentence(tmp_path, health, administrator):
    file = tmp_path / "bang.csv"
    file.write_bytes(csv(HEADINGS, row(c5="9,12E+08")))
    code, out = run("import_registry", str(file), as_json=True)
    document = json.loads(out)
    assert (code, document["outcome"]) == (1, "reject_rows")
    assert [(error["row"], error["column"]) for error in document["errors"]] == [(1, "Số điện thoại")]
    assert run("import_registry", str(tmp_path / "khong-co.csv"))[0] == 2
    assert run("import_registry", str(file), by="nguoi-la")[0] == 1


def test_the_command_works_on_a_portal_without_people(tmp_path, db):
    file = tmp_path / "co-quan.csv"
    file.write_text("type,name,short,gso_code,evidence\nso,Sở Y tế,SYT,,x\n")
    assert run("import_registry", str(file), kind="agencies")[0] == 0
    assert Agency.objects.get().history.first().history_user.is_active is False


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_export_command_writes_what_import_reads_and_leaves_a_trace(full_registry, tmp_path, suffix):
    file = tmp_path / f"ra.{suffix}"
    assert run("export_registry", kind="contacts", output=file)[0] == 0
    code, out = run("import_registry", str(file), kind="contacts", as_json=True)
    assert (code, json.loads(out)["counts"]) == (0, {"new": 0, "changed": 0, "unchanged": 3, "refused": 0})
    assert PersonalDataAccess.objects.get().actor == full_registry
    assert run("export_registry", kind="contacts", output=tmp_path / "ra.doc")[0] == 2
