"""One month of the province, played with a real browser against the real server, worker and mail server."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import xlsxwriter
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.browser.conftest import ROOT

pytestmark = pytest.mark.browser

PASSWORD = "mat-khau-cua-can-bo-9"
MINDED, SILENT = "dau.moi@noivu.example", "dau.moi@congthuong.example"
SET_UP = f"""
from datetime import timedelta
from django.utils import timezone
from registry.models import Agency, CalendarDay, User
admin = User.objects.create_user("quan-tri", "quan-tri@tinh.example", full_name="Lành Thị Quản", role="administrator")
User.objects.create_user("xet-duyet", "xet-duyet@tinh.example", {PASSWORD!r}, full_name="Nông Văn Duyệt", role="reviewer")
for name, code in (("Sở Nội vụ", "SNV"), ("Sở Công Thương", "SCT")):
    Agency.found(actor=admin, name=name, kind="so", code=code)
today = timezone.localdate()
for shift in range(-3, 15):
    CalendarDay.objects.get_or_create(day=today + timedelta(days=shift), defaults={{"is_working": True, "note": "thử"}})
"""
"""Every day near today is worked: the test must pass on a Sunday, too."""

SHEET_HEAD = [
    "STT", "Mã đơn vị", "Tên đơn vị", "Họ và tên đầu mối", "Chức vụ", "Số điện thoại", "Email", "Loại kênh", "Đường dẫn", "Ngày hiệu lực",
]  # fmt: skip


def registration_sheet(path):
    """The sheet that agencies filled in: one page of Sở Nội vụ, one of Sở Công Thương."""
    day = timezone.localdate().strftime("%d/%m/%Y")
    rows = [
        ["1", "SNV", "Sở Nội vụ", "Bế Thị Chăm", "Chuyên viên", "0990000501", MINDED, "Facebook",
         "https://www.facebook.com/sonoivuthunghiem", day],
        ["2", "SCT", "Sở Công Thương", "Chu Văn Lặng", "Chuyên viên", "0990000502", SILENT, "Facebook",
         "https://www.facebook.com/socongthuongthunghiem", day],
    ]  # fmt: skip
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Danh sách")
        for number, row in enumerate([SHEET_HEAD, *rows]):
            sheet.write_row(number, 0, row)


def press(page, name):
    """Press a button of a form and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def press_act(page, value):
    """Press the visible button of one of several acts, and wait for the page that answers."""
    with page.expect_navigation():
        page.locator(f"button[name=act][value={value}]:not(.visually-hidden)").first.click()


def follow(page, name):
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


def sees(page, words):
    """The words are on the page, or come within the time of the window."""
    page.get_by_text(words).first.wait_for(state="visible")


def fill(page, **values):
    for name, value in values.items():
        page.fill(f"[name={name}]", value)


def day_words(day):
    return day.strftime("%d/%m/%Y")


def sign_in(page):
    page.goto("/dang-nhap/")
    fill(page, login="xet-duyet", password=PASSWORD)
    press(page, "Đăng nhập")
    page.wait_for_url("**/dieu-hanh/")


def import_sheet(page, path):
    page.goto("/dieu-hanh/nhap-du-lieu/")
    page.set_input_files("[name=file]", path)
    press(page, "Xem trước")
    assert "Xem trước" in page.text_content("h1")
    press(page, "Xác nhận nhập")
    assert "Đã nhập" in page.text_content("h1")


def issue_dispatch(page, today):
    """A campaign with one nomination and the monthly quota, due tomorrow; issued."""
    page.goto("/dieu-hanh/dot/moi/")
    fill(page, title="Truyền thông chính sách tháng này", starts_on=day_words(today))
    press(page, "Lưu")
    follow(page, "Thêm công văn")
    fill(page, number="77/SKHCN-CĐS", issued_on=day_words(today), subject="truyền thông chính sách",
         issuer="Sở Khoa học và Công nghệ")  # fmt: skip
    press(page, "Lưu")
    follow(page, "Cử đầu mối")
    fill(
        page, title="Cử đầu mối truyền thông chính sách", starts_on=day_words(today), due_on=day_words(tomorrow(today))
    )
    page.select_option("[name=contact_role]", "policy")
    press(page, "Lưu")
    follow(page, "Gửi sản phẩm hằng tháng")
    fill(
        page,
        title="Tối thiểu 01 sản phẩm truyền thông/tháng",
        starts_on=day_words(today),
        due_day=str(tomorrow(today).day),
    )
    page.set_checked("[name=due_next_month]", tomorrow(today).month != today.month)
    press(page, "Lưu")
    follow(page, "Ban hành")
    press(page, "Ban hành")
    sees(page, "Đã ban hành")


def tomorrow(today):
    return today + timedelta(days=1)


def links_of(mail):
    """The signed links of a mail in their order."""
    return list(dict.fromkeys(re.findall(r"http://localhost:\d+/viec/l/[\w:.\-=]+/", mail["text"])))


def nominate(page, link):
    page.goto(link)
    press(page, "mở việc này")
    follow(page, "Cử đầu mối")
    fill(page, full_name="Hoàng Thị Mới", position="Chuyên viên", phone="0990 000 503")
    press(page, "Gửi")
    sees(page, "Hoàng Thị Mới")


def submit(page, link):
    page.goto(link)
    press(page, "mở việc này")
    follow(page, re.compile("Nộp"))
    fill(
        page,
        title="Hướng dẫn nộp hồ sơ trực tuyến",
        body="Người dân nộp hồ sơ tại nhà.",
    )
    page.check("[name=is_declared]")
    press_act(page, "submit")
    sees(page, "Đã nộp lúc")
    return page.url


def send_back(page):
    page.goto("/dieu-hanh/cho-duyet/")
    follow(page, "Hướng dẫn nộp hồ sơ trực tuyến")
    page.check("[name=code][value=source]")
    page.fill("[name=note]", "Đề nghị ghi rõ nguồn ảnh.")
    press(page, "Trả lại để sửa")


def mend(page, item):
    page.goto(item)
    sees(page, "Đề nghị ghi rõ nguồn ảnh.")
    follow(page, "Sửa và nộp lại")
    page.fill("[name=body]", "Người dân nộp hồ sơ tại nhà. Ảnh: Sở Nội vụ.")
    page.check("[name=is_declared]")
    press_act(page, "submit")
    sees(page, "Đã nộp lúc")


def approve_and_publish(page):
    page.goto("/dieu-hanh/cho-duyet/")
    follow(page, "Hướng dẫn nộp hồ sơ trực tuyến")
    page.locator("ins", has_text="Ảnh: Sở Nội vụ.").first.wait_for()
    press_act(page, "approve")
    page.goto("/dieu-hanh/san-pham/cho-dang/")
    follow(page, "Ghi nhận đã đăng")
    page.select_option("[name=channel]", index=1)
    page.fill("[name=url]", "https://www.facebook.com/sonoivuthunghiem/posts/1")
    press(page, "Ghi nhận đã đăng")
    sees(page, "Đã đăng")


def confirm_nominee(page):
    page.goto("/dieu-hanh/cho-duyet/?loai=dau-moi")
    follow(page, "Hoàng Thị Mới")
    press(page, "Xác nhận đầu mối")


def outcome_in_grid(page, agency):
    page.goto("/dieu-hanh/bang-theo-doi/")
    return page.get_by_role("row", name=re.compile(agency)).last.text_content()


def report_on_screen(page):
    """Heading → cells of the last table of the report, one row per agency."""
    page.goto("/dieu-hanh/bao-cao/")
    table = page.locator("table").last
    return rows_by_agency([cells_of(row) for row in table.locator("tr").all()])


def cells_of(row):
    return [" ".join(cell.text_content().split()) for cell in row.locator("th, td").all()]


def report_in_file(page, path):
    with page.expect_download() as download:
        page.get_by_label("Dạng tệp báo cáo").select_option("xlsx")
        page.get_by_role("button", name="Tải báo cáo").click()
    download.value.save_as(path)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Theo đơn vị").to_python()
    return rows_by_agency(rows[next(number for number, row in enumerate(rows) if row[0] == "Đơn vị") :])


def rows_by_agency(rows):
    """{agency: {heading: value}} from a heading row and the rows below it."""
    return {row[0]: {name: amount(cell) for name, cell in zip(rows[0], row, strict=True)} for row in rows[1:]}


def amount(cell):
    """A cell as both the screen and the file mean it: a number, or words."""
    if isinstance(cell, str) and re.fullmatch(r"-?[\d.]+(,\d+)?( ?%)?", cell):
        number = float(cell.rstrip(" %").replace(".", "").replace(",", "."))
        return round(number / 100, 3) if "%" in cell else number
    return round(cell, 3) if isinstance(cell, float) else cell


def tick_at(portal, moment):
    command = [sys.executable, "manage.py", "tick", "--at", moment.isoformat(), "--json"]
    return subprocess.run(command, cwd=ROOT, env=portal.environment, capture_output=True, text=True)


def test_a_month_of_the_province(portal, window, tmp_path):
    today = timezone.localdate()
    portal.manage("shell", "-v0", "-c", SET_UP)
    portal.start()
    try:
        play(portal, window, tmp_path, today)
    finally:
        portal.stop()


def play(portal, window, tmp_path, today):
    desk, phone = window(1366), window(360, 740, phone=True)
    sign_in(desk)
    registration_sheet(tmp_path / "dang-ky.xlsx")
    import_sheet(desk, tmp_path / "dang-ky.xlsx")
    issue_dispatch(desk, today)
    portal.wake()

    mail = portal.mails_to(MINDED)[0]
    nomination, quota = sorted(links_of(mail), key=lambda link: "sản phẩm" in text_before(mail, link))
    nominate(phone, nomination)
    item = submit(phone, quota)
    send_back(desk)
    mend(phone, item)
    approve_and_publish(desk)
    confirm_nominee(desk)

    visitor = window(360, 740)
    visitor.goto("/kiem-tra/?q=m.facebook.com/SoNoiVuThuNghiem")
    assert "Sở Nội vụ" in visitor.text_content("main")
    visitor.goto("/co-quan/so-noi-vu/")
    visitor.locator("main a[href^='/kenh/']").first.click()
    visitor.wait_for_url("**/kenh/*-*/")
    assert "facebook.com/sonoivuthunghiem" in visitor.text_content("main")
    assert "đúng hạn" in outcome_in_grid(desk, "Sở Nội vụ")
    assert "đúng hạn" not in outcome_in_grid(desk, "Sở Công Thương")

    remind_the_silent_one(portal)
    compare_report(desk, tmp_path)


def text_before(mail, link):
    """The lines of a mail which say what a link is for."""
    return mail["text"].split(link)[0].rsplit("http://", 1)[-1]


def remind_the_silent_one(portal):
    """The working day after the due date: four ticks at once, then one more, and still one letter."""
    moment = timezone.localtime().replace(hour=9, minute=0) + timedelta(days=2)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: tick_at(portal, moment), range(4)))
    assert [result.returncode for result in results] == [0] * 4, [result.stderr for result in results]
    tick_at(portal, moment)
    subjects = {address: [mail["subject"].strip() for mail in portal.mails_to(address)] for address in (MINDED, SILENT)}
    told = [result.stdout for result in results]
    assert len([subject for subject in subjects[SILENT] if subject.startswith("Quá hạn")]) == 1, (subjects, told)
    assert not [subject for subject in subjects[MINDED] if subject.startswith("Quá hạn")]


def compare_report(page, folder):
    """The file, read back by another library, says what the screen says."""
    screen, file = report_on_screen(page), report_in_file(page, folder / "bao-cao.xlsx")
    assert screen["Sở Nội vụ"]["Đúng hạn"] == 1
    assert {name: file[name] for name in screen} == screen
