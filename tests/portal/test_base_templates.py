"""The frame of every page: header by role, forms, error pages, vendored files, icons."""

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from portal import badges, context
from portal.forms import PortalFormRenderer
from registry.models import CalendarDay, Notice

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
PUBLIC = ["Kiểm tra", "Cơ quan", "Kênh"]
DESK = [
    "Điều hành",
    "Chờ duyệt",
    "Chờ đăng",
    "Bảng theo dõi",
    "Báo cáo",
    "Đợt truyền thông",
    "Mạng lưới",
    "Tin gửi",
    "Cần gọi",
    "Trang giả",
]


class ChannelForm(forms.Form):
    name = forms.CharField(label="Tên kênh", help_text="Như trên trang.")
    kind = forms.ChoiceField(label="Loại", choices=[("a", "Facebook"), ("b", "Zalo")], widget=forms.RadioSelect)
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label="Công khai", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def words_of_nav(user, path="/"):
    return [item.words for item in context.nav_for(user, path)]


def test_vendored_files_are_those_that_were_checked():
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    listed = {(VENDOR / name).resolve(): digest for digest, name in (line.split() for line in lines)}
    for path, digest in listed.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, path
    present = {path.resolve() for path in VENDOR.rglob("*") if path.is_file() and path.name != "SHA256SUMS"}
    assert present <= listed.keys()


def test_vendored_packages_carry_their_licences_and_no_source_maps():
    for folder in filter(Path.is_dir, VENDOR.iterdir()):
        assert (folder / "LICENSE").is_file(), folder
    assert not [path for path in VENDOR.rglob("*.min.*") if b"sourceMappingURL" in path.read_bytes()]


def test_every_icon_that_is_used_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    pages = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    used = set(re.findall(r'{% icon "([^"]+)"', pages)) | {icon for _, icon, _ in badges.BADGES.values()}
    assert used <= drawn, used - drawn


def test_every_class_of_tone_has_a_colour():
    styles = (STATIC / "css/portal.css").read_text() + (STATIC / "css/desk.css").read_text()
    for tone in {tone for tone, _, _ in badges.BADGES.values()}:
        assert f".status-{tone} " in styles and f".heat-{tone} " in styles


def test_styles_ask_no_other_host():
    for path in (STATIC / "css").glob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:)?//", path.read_text()), path


def test_numbers_of_rows_go_back_as_they_are():
    """A thousand separator in `value="1.234"` would name another row: keys are written with stringformat."""
    pages = {path: path.read_text() for path in (ROOT / "templates").rglob("*.html")}
    assert not [path for path, page in pages.items() if re.search(r'value="{{ [\w.]*(pk|id) }}"', page)]


def test_header_of_a_visitor():
    assert words_of_nav(None) == PUBLIC


@pytest.mark.django_db
def test_header_by_role(health_focal, leader, reviewer, administrator):
    assert words_of_nav(health_focal) == ["Việc của tôi", "Thông báo", "Kiểm tra"]
    assert words_of_nav(leader) == DESK
    assert words_of_nav(reviewer) == words_of_nav(administrator) == [*DESK, "Quản trị"]


@pytest.mark.django_db
def test_someone_who_came_by_a_signed_link_gets_no_workspace_menu(health_focal):
    health_focal.scope = 1
    assert words_of_nav(health_focal) == PUBLIC


@pytest.mark.django_db
def test_the_current_place_is_marked(reviewer):
    marked = [item.words for item in context.nav_for(reviewer, reverse("grid")) if item.is_current]
    assert marked == ["Bảng theo dõi"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/dieu-hanh/", "Điều hành"),
        ("/dieu-hanh/dau-viec/7/", "Điều hành"),
        ("/dieu-hanh/san-pham/7/", "Chờ duyệt"),
        ("/dieu-hanh/san-pham/cho-dang/", "Chờ đăng"),
        ("/dieu-hanh/kenh/7/", "Chờ duyệt"),
    ],
)
def test_a_page_stands_under_the_link_where_people_look_for_it(reviewer, path, words):
    assert [item.words for item in context.nav_for(reviewer, path) if item.is_current] == [words]


@pytest.mark.django_db
def test_unread_notices_are_counted_once(health_focal, other_focal, django_assert_num_queries):
    for person, key in ((health_focal, "a"), (health_focal, "b"), (other_focal, "c")):
        Notice.objects.create(recipient=person, text="Có việc", url="/viec/", key=key)
    Notice.objects.filter(key="b").update(read_at=timezone.now())
    with django_assert_num_queries(1):
        assert context.unread_notices(health_focal) == 1
    with django_assert_num_queries(0):
        assert context.unread_notices(None) == 0


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_what_to_do(client_for):
    answer = client_for().get("/khong-co-trang-nay/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "<h1>Không tìm thấy trang</h1>" in page and "hãy kiểm tra lại đường link" in page
    assert '<html lang="vi">' in page and 'href="#noi-dung"' in page


@pytest.mark.django_db
def test_an_address_behind_a_button_shows_a_way_on_when_it_is_opened(client_for, reviewer):
    """After signing in again a person is sent to the address of the form: it must not be an empty page."""
    answer = client_for(reviewer).get(reverse("message_test"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    page = answer.content.decode()
    assert page.count("<h1") == 1 and f'href="{reverse("account_home")}"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["400", "403", "404", "403_csrf", "429"])
def test_error_pages_have_one_heading_and_a_way_on(status):
    request = RequestFactory().get("/")
    page = render_to_string(f"{status}.html", request=request)
    assert page.count("<h1") == 1 and 'href="/"' in page


def test_the_page_of_a_broken_server_needs_nothing():
    page = render_to_string("500.html")
    assert "/static/" not in page and "<h1>" in page and 'lang="vi"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/kiem-tra/?q=so+y+te", "/co-quan/", "/kenh/", "/khong-co-trang-nay/"])
def test_visitors_get_no_cookie(client_for, address):
    assert not client_for().get(address).cookies


def test_fields_are_tied_to_their_help_and_errors():
    page = str(ChannelForm({"name": ""})["name"].as_field_group())
    assert '<label class="form-label" for="id_name">' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'aria-invalid="true"' in page and "is-invalid" in page
    assert "Hãy điền mục này." in page


def test_optional_fields_say_so():
    form = ChannelForm()
    assert "(không bắt buộc)" in form["note"].as_field_group()
    assert "(không bắt buộc)" not in form["name"].as_field_group()


def test_the_error_summary_links_to_fields_that_are_there():
    page = render_to_string("_form.html", {"form": ChannelForm({})})
    targets = re.findall(r'<li><a href="#([^"]+)">', page)
    assert targets == ["id_name", "id_kind_0"]
    assert all(f'id="{target}"' in page for target in targets)
    assert 'role="alert"' in page and 'type="hidden" name="version"' in page


def test_a_form_without_faults_has_no_summary():
    assert "error-summary" not in render_to_string("_form.html", {"form": ChannelForm()})


def test_a_fieldset_names_its_choices():
    page = ChannelForm()["kind"].as_field_group()
    assert "<fieldset" in page and '<legend class="form-label">Loại</legend>' in page


def deadlines(*days, today):
    request = HttpRequest()
    lines = "".join(f"{{% deadline day{number} today %}}" for number in range(len(days)))
    values = {f"day{number}": day for number, day in enumerate(days)}
    return Template("{% load portal_tags %}" + lines).render(Context({"request": request, "today": today, **values}))


@pytest.mark.django_db
def test_deadlines_of_a_page_cost_one_look_at_the_calendar(django_assert_num_queries):
    days = [date(2026, 11, day) for day in (20, 23, 25, 27)]
    with django_assert_num_queries(1):
        page = deadlines(*days, today=date(2026, 11, 18))
    assert "27/11/2026" in page


@pytest.mark.django_db
def test_a_deadline_counts_the_swap_days_that_staff_entered():
    CalendarDay.objects.update_or_create(day=date(2026, 11, 19), defaults={"is_working": False, "note": "thử"})
    assert "còn 1 ngày làm việc" in deadlines(date(2026, 11, 20), today=date(2026, 11, 18))


@pytest.mark.django_db
def test_a_missing_deadline_is_said():
    assert "không có hạn" in deadlines(None, today=date(2026, 11, 18))


def test_choices_and_options_are_drawn_as_django_draws_them():
    """Our templates write them in place, for speed; the markup is Django's but for the spaces between elements."""
    kinds = [("a", "Một <b>"), ("Nhóm", [("b", "Hai"), ("c", "Ba")]), ("", "Không")]
    for widget in (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.Select):
        drawn = [
            re.sub(r"\s+(?=<)|(?<=>)\s+", "", widget({"data-x": "1", "disabled": True}, kinds).render(
                "loai", ["b"], {"id": "loai", "class": "c"}, renderer=renderer))
            for renderer in (PortalFormRenderer(), DjangoTemplates())
        ]  # fmt: skip
        assert drawn[0] == drawn[1]
