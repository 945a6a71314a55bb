"""Files in the reviewer's page: words of documents, pieces of videos, the browser's own viewer, and what stays closed."""

import time
import zlib
from hashlib import sha256
from io import BytesIO

import docx
import pytest
from django.core.files.base import ContentFile as Bytes
from django.urls import reverse
from docx.oxml import parse_xml

from campaigns.models import ContentFile
from portal.lib.ranges import BeyondTheEnd, wanted_bytes
from portal.lib.uploads import reading
from tests.builders import draft_item
from tests.documents import docx_of, pdf_of

pytestmark = pytest.mark.django_db
WORD = next(kind for kind, name in reading.KINDS.items() if name == "docx")
PDF = "application/pdf"
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FILM = bytes(range(256)) * 40


@pytest.fixture
def desk(client_for, reviewer):
    return client_for(reviewer)


@pytest.fixture
def hand_in(world):
    """Submit a product with one file as it is, without the check that uploads go through."""

    def submit(content, media_type, name="tep.bin"):
        item = draft_item(world.obligation, actor=world.focal)
        row = ContentFile(
            item=item, name=name, media_type=media_type, size=len(content), sha256=sha256(content).hexdigest(),
            added_by=world.focal,
        )  # fmt: skip
        row.file = Bytes(content, name=name)
        row.save()
        item.submit(actor=world.focal)
        return row

    return submit


def words(desk, row):
    return desk.get(reverse("file_words", args=[row.pk])).text


def played(desk, row, **headers):
    return desk.get(reverse("file_open", args=[row.pk]), headers=headers)


def test_a_word_file_is_read_in_the_page_with_everything_in_it_as_text(desk, hand_in):
    content = docx_of("Dòng đầu <script>alert(1)</script>", heading="Tiêm chủng", table=[["Xã", "Số trẻ"], ["A", "12"]])
    page = words(desk, hand_in(content, WORD))
    assert "<h4>Tiêm chủng</h4>" in page
    assert "Dòng đầu &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<td>Số trẻ</td>" in page and "<td>12</td>" in page


def test_the_words_of_a_pdf_are_read_and_a_scan_is_named_as_one(desk, hand_in):
    assert "Bai viet thang chin" in words(desk, hand_in(pdf_of("Bai viet thang chin"), PDF))
    assert "Tệp chỉ có ảnh quét, hãy tải về" in words(desk, hand_in(pdf_of(""), PDF))


def test_inserted_words_and_content_controls_are_not_hidden_from_the_reviewer(desk, hand_in, monkeypatch):
    row = hand_in(docx_with(
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Trong khung</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:ins><w:r><w:t>Chèn thêm</w:t></w:r></w:ins><w:del><w:r><w:delText>Đã bỏ</w:delText></w:r></w:del></w:p>"
    ), WORD)  # fmt: skip
    page = words(desk, row)
    assert "Trong khung" in page and "Chèn thêm" in page
    assert "Đã bỏ" not in page


def docx_with(xml):
    """A Word file whose body is this XML."""
    stream = BytesIO(docx_of("THAN"))
    document = docx.Document(stream)
    body = document.element.body
    body.insert(0, parse_xml(f'<w:body xmlns:w="{NAMESPACE}">{xml}</w:body>'))
    for part in list(body[0]):
        body.append(part)
    body.remove(body[0])
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_long_file_is_cut_and_says_so(desk, hand_in):
    page = words(desk, hand_in(docx_of(*["Chữ " * 500] * 60), WORD))
    assert "Tệp còn dài" in page
    assert len(page) < 100_000


def test_a_broken_file_is_a_sentence(desk, hand_in):
    assert "Không đọc được tệp này" in words(desk, hand_in(b"%PDF-1.4 hong", PDF))


def test_a_document_that_never_ends_is_given_up_and_not_tried_again(desk, hand_in, monkeypatch, tmp_path):
    child = tmp_path / "child.py"
    child.write_text("while True: pass")
    monkeypatch.setattr(reading, "CHILD", child)
    monkeypatch.setattr(reading, "SECONDS", 0.3)
    row, start = hand_in(pdf_of("Bài"), PDF), time.monotonic()
    assert "Không đọc được tệp này" in words(desk, row)
    assert 0.3 <= time.monotonic() - start < 5
    monkeypatch.undo()
    assert "Không đọc được tệp này" in words(desk, row)


def test_a_page_that_swells_is_stopped_by_the_limits_of_the_child(monkeypatch):
    """A page content of 60 MB when unpacked, which would take the reader most of a minute."""
    monkeypatch.setattr(reading, "PROCESSOR_SECONDS", 1)
    swollen = zlib.compress(b"BT (A) Tj ET " * 5_000_000, 9)
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n" % len(swollen) + swollen
    assert not reading.read_document(BytesIO(pdf_of().replace(b"<</Length 0>>stream\n", stream)), PDF).is_read


def test_a_video_is_played_by_pieces(desk, hand_in):
    row = hand_in(FILM, "video/mp4", "phong-su.mp4")
    whole = played(desk, row)
    assert (whole.status_code, whole["Accept-Ranges"], whole.getvalue()) == (200, "bytes", FILM)
    piece = played(desk, row, range="bytes=100-299")
    assert (piece.status_code, piece["Content-Range"]) == (206, f"bytes 100-299/{len(FILM)}")
    assert (piece["Content-Length"], piece.getvalue()) == ("200", FILM[100:300])
    assert played(desk, row, range=f"bytes={len(FILM)}-")["Content-Range"] == f"bytes */{len(FILM)}"
    older = played(desk, row, **{"range": "bytes=0-9", "if-range": '"khac"'})
    assert (older.status_code, older.getvalue()) == (200, FILM)
    assert played(desk, row)["Content-Disposition"] == 'inline; filename="phong-su.mp4"'


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", None), ("bytes=0-", (0, 9)), ("bytes=4-6", (4, 6)), ("bytes=4-99", (4, 9)), ("bytes=-3", (7, 9)),
        ("bytes=-99", (0, 9)), ("bytes=-", None), ("bytes=5-4", None), ("bytes=0-1,4-5", None), ("items=0-1", None),
    ],
)  # fmt: skip
def test_a_range_is_read_as_the_standard_says(header, wanted):
    assert wanted_bytes(header, 10) == wanted


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(header):
    with pytest.raises(BeyondTheEnd):
        wanted_bytes(header, 10)


def test_nothing_in_an_opened_file_may_run_or_fetch(desk, hand_in):
    for content, media_type in ((pdf_of("Bài"), PDF), (FILM, "video/mp4"), (FILM, "audio/mpeg")):
        answer = played(desk, hand_in(content, media_type))
        assert answer["X-Content-Type-Options"] == "nosniff"
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "script-src" not in policy and "connect-src" not in policy


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "image/png", WORD])
def test_only_what_the_browser_plays_safely_is_opened(media_type, desk, hand_in):
    assert played(desk, hand_in(b"<script>", media_type)).status_code == 404


def test_the_web_server_in_front_sends_the_pieces_when_there_is_one(desk, hand_in, settings):
    settings.X_ACCEL_PREFIX = "/rieng/"
    row = hand_in(FILM, "video/mp4")
    answer = played(desk, row, range="bytes=1-2")
    assert (answer.content, answer["X-Accel-Redirect"]) == (b"", f"/rieng/{row.file.name}")
    assert answer["Content-Disposition"].startswith("inline")


def test_the_page_of_a_product_shows_players_and_the_way_to_the_words(desk, hand_in):
    row = hand_in(FILM, "video/mp4", "phong-su.mp4")
    page = desk.get(reverse("review_item", args=[row.item_id])).text
    assert f'<video class="img-fluid" controls preload="none" src="{reverse("file_open", args=[row.pk])}"' in page
    row = hand_in(pdf_of("Bài"), PDF)
    assert f'href="{reverse("file_words", args=[row.pk])}"' in desk.get(reverse("review_item", args=[row.item_id])).text


def test_files_put_on_after_a_return_stay_with_the_agency_until_handed_in(desk, hand_in, world):
    row = hand_in(pdf_of("Bài"), PDF)
    row.item.return_for_changes(actor=world.reviewer, version=1, code="link", note="Mở không được.")
    later = ContentFile.objects.create(
        item=row.item, file=Bytes(b"%PDF-1.4", name="moi"), name="moi.pdf", media_type=PDF, size=8, sha256="moi",
        added_by=world.focal,
    )  # fmt: skip
    for view in ("file_words", "file_open", "file_download"):
        assert desk.get(reverse(view, args=[row.pk])).status_code == 200
        assert desk.get(reverse(view, args=[later.pk])).status_code == 404
