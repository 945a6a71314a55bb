"""Hostile and ordinary files, built here byte by byte; the outcome is what the sender sees."""

import hashlib
import json
import socket
import struct
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from io import BytesIO

import docx
import pillow_heif
import pytest
import xlsxwriter
from django.core.management import call_command
from PIL import Image, PngImagePlugin

from portal.lib.uploads import accepted_types, check_file, slot_for
from portal.lib.uploads.reading import CHILD
from portal.lib.uploads.small import poster_of, small_picture

MAIN_RELS = "word/_rels/document.xml.rels"


def outcome(content, slot, name):
    return str(check_file(BytesIO(content), slot, name).outcome)


def picture(kind="JPEG", size=(40, 30), mode="RGB", **options):
    stream = BytesIO()
    Image.new(mode, size).save(stream, kind, **options)
    return stream.getvalue()


def with_exif():
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = "Người chụp", 6
    return picture(exif=exif)


def with_text_chunk():
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Người chụp")
    return picture("PNG", pnginfo=info)


def png_of_many_pixels():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + header
        + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    )


def word(changes=(), extra=(), document=None):
    """An ordinary document whose parts are edited: changes (part, old, new) and extra (name, content)."""
    stream, edited = BytesIO(), BytesIO()
    (document or docx.Document()).save(stream)
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(edited, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            for part, old, new in changes:
                assert part != name or old.encode() in content
                content = content.replace(old.encode(), new.encode()) if part == name else content
            target.writestr(name, content)
        for name, content in extra:
            target.writestr(name, content)
    return edited.getvalue()


def body(xml):
    return [("word/document.xml", "<w:body>", f"<w:body>{xml}")]


def relation(kind, target, mode="External"):
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    xml = f'<Relationship Id="rX" Type="{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    return [(MAIN_RELS, "</Relationships>", xml)]


def symlink():
    entry = zipfile.ZipInfo("word/media/a.png")
    entry.external_attr = 0o120777 << 16
    return [(entry, "/etc/passwd")]


def overlapping():
    stream = BytesIO(word())
    with zipfile.ZipFile(stream, "a") as archive:
        twin = zipfile.ZipInfo("word/twin.xml")
        first = archive.infolist()[0]
        for field in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
            setattr(twin, field, getattr(first, field))
        archive.filelist.append(twin)
        archive._didModify = True
    return stream.getvalue()


def workbook():
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write(0, 0, "Tên cơ quan")
    return stream.getvalue()


def box(kind, *content):
    payload = b"".join(content)
    return struct.pack(">I4s", len(payload) + 8, kind) + payload


def video(*, flags=1, udta=b"", filler=b"", brand=b"isom"):
    reference = box(b"dref", b"\0\0\0\0", b"\0\0\0\1", box(b"url ", b"\0\0\0" + bytes([flags])))
    media = box(b"mdia", box(b"mdhd", bytes(24)), box(b"minf", box(b"dinf", reference)))
    moov = box(b"moov", box(b"mvhd", bytes(100)), box(b"trak", media), box(b"udta", udta))
    return box(b"ftyp", brand, bytes(8)) + moov + box(b"free", filler) + box(b"mdat", b"\x11" * 50)


def pdf(objects=b"", tail=b"startxref\n9\n%%EOF\n"):
    return b"%PDF-1.7\n1 0 obj << /Type /Catalog /Root 1 0 R >> endobj\n" + objects + tail


def object_stream(content):
    packed = zlib.compress(content)
    return b"2 0 obj << /Type /ObjStm /Length %d >> stream\n" % len(packed) + packed + b"\nendstream endobj\n"


MP3 = (b"\xff\xfb\x90\x00" + bytes(413)) * 4
QUICKTIME_PLACE = box(b"meta", bytes(20), b"com.apple.quicktime.location.ISO6709", b"+21.85+106.76/")

ORDINARY = [
    (picture(), "image", "ảnh hội nghị (lần 1).jpg"),
    (picture(), "image", "ANH.JPG"),
    (picture(mode="CMYK"), "image", "in.jpeg"),
    (picture(progressive=True, dpi=(300, 300)), "image", "tien.jpg"),
    (picture("PNG"), "image", "so.1.png"),
    (picture("PNG", mode="P"), "image", "bang-mau.png"),
    (picture("WEBP"), "image", "a.webp"),
    (word(), "document", "Bài viết tháng 11.docx"),
    (word(relation("hyperlink", "https://langson.gov.vn/")), "document", "lien-ket.docx"),
    (word(relation("attachedTemplate", "file:///C:/Mau/Normal.dotm")), "document", "mau-trong-may.docx"),
    (word(body("<w:p><w:r><w:t>&lt;script&gt; DDEAUTO trong bài</w:t></w:r></w:p>")), "document", "chu.docx"),
    (word(extra=[("word/embeddings/Microsoft_Excel_Sheet1.xlsx", workbook())]), "document", "bieu-do.docx"),
    (pdf(), "document", "a.pdf"),
    (pdf(object_stream(b"1 0 << /Type /Page >>")), "document", "nen.pdf"),
    (video(), "video", "Phóng sự.MP4"),
    (video(filler=b"IsoMedia File"), "video", "a.mp4"),
    (MP3, "audio", "phat-thanh.mp3"),
    (b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + MP3, "audio", "co-the.mp3"),
    (workbook(), "sheet", "danh-sach.xlsx"),
    ("Tên;SĐT\r\nSở Mẫu;0912345678\r\n".encode("utf-8-sig"), "sheet", "a.csv"),
    ("Tên\tSĐT\r\nSở\t09\r\n".encode("utf-16"), "sheet", "a.csv"),
]
CLEANED = [
    (with_exif(), "image", "chu-anh.jpg"),
    (picture(comment=b"<script>alert(1)</script>"), "image", "ghi-chu.jpg"),
    (picture() + b"PK\x03\x04 the rest of an archive", "image", "hai-loai.jpg"),
    (with_text_chunk(), "image", "tac-gia.png"),
    (picture("PNG") + b"<html>", "image", "duoi.png"),
    (picture(), "image", "../../../tmp/a.jpg"),
    (picture(), "image", "C:\\anh\\a.jpg"),
    (picture(), "image", 'x" onload="alert(1).jpg'),
    (picture(), "image", "a\u202e.jpg"),
    (picture(), "image", "anh.jpg "),
    (picture(), "image", "a" * 300 + ".jpg"),
    (video(udta=box(b"\xa9xyz", b"\0\x12\x15\xc7+21.85+106.76/")), "video", "noi-quay.mp4"),
    (video(udta=QUICKTIME_PLACE), "video", "dien-thoai.mp4"),
    (video(filler=b"<html><script>"), "video", "thua.mp4"),
]
WARNED = [
    (
        word(body('<w:p><w:del w:id="1" w:author="A"><w:r><w:delText>x</w:delText></w:r></w:del></w:p>')),
        "document",
        "a.docx",
    ),
]
REFUSED = [
    (b"", "document", "trong.docx"),
    (b"<svg/>", "image", "logo.jpg"),
    (picture("PNG"), "image", "png.jpg"),
    (picture("TIFF"), "image", "tiff.jpg"),
    (b"\x89PNG\r\n\x1a\n<html><script></script></html>", "image", "a.png"),
    (png_of_many_pixels(), "image", "lon.png"),
    (picture(size=(400, 300))[:-400], "image", "cut.jpg"),
    (picture(), "image", "a.html"),
    (picture(), "image", "a.svg"),
    (picture(), "image", "a.php.jpg"),
    (picture(), "image", "anh.jpg\x00.html"),
    (picture(), "image", ".jpg"),
    (picture(), "image", "khong-duoi"),
    (picture(), "image", "anh.ｊｐｇ"),
    (picture(), "document", "anh.jpg"),
    (word(), "image", "a.docx"),
    (word(extra=[("word/vbaProject.bin", b"x")]), "document", "macro.docx"),
    (word(extra=[("word/activeX/activeX1.xml", "<a/>")]), "document", "activex.docx"),
    (word(extra=[("word/embeddings/oleObject1.bin", b"x")]), "document", "ole.docx"),
    (word(extra=[("word/media/a.zip", word())]), "document", "nested.docx"),
    (word(extra=[("word/media/a.png", bytes(200_000_000 // 40))] * 1), "document", "bomb.docx"),
    (word(extra=[(f"word/media/{n}.xml", "<a/>") for n in range(2_100)]), "document", "many.docx"),
    (word(extra=[("../../x.xml", "<a/>")]), "document", "traversal.docx"),
    (word(extra=symlink()), "document", "symlink.docx"),
    (overlapping(), "document", "overlap.docx"),
    (b"\n" + word(), "document", "prefix.docx"),
    (word() + b"%PDF-1.7", "document", "tail.docx"),
    (word(body('<w:p><w:fldSimple w:instr="DDEAUTO c:\\\\x"/></w:p>')), "document", "dde.docx"),
    (
        word(body("<w:p><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:</w:instrText></w:r></w:p>")),
        "document",
        "dde-cut.docx",
    ),
    (word(body('<w:altChunk r:id="rX"/>')), "document", "altchunk.docx"),
    (word(relation("aFChunk", "a.html", "Internal")), "document", "chunk.docx"),
    (word(relation("attachedTemplate", "http://xau.example/a.dotm")), "document", "template.docx"),
    (word(relation("image", "http://xau.example/a.png")), "document", "beacon.docx"),
    (word(relation("hyperlink", "javascript:alert(1)")), "document", "script-link.docx"),
    (word([("word/document.xml", "<w:document", '<!DOCTYPE x [<!ENTITY a "b">]><w:document')]), "document", "dtd.docx"),
    (word(extra=[("word/x.xml", "<a>" + "<b/>" * 1_000_000 + "</a>")]), "document", "tags.docx"),
    (
        word(body('<w:p><w:fldSimple w:instr="INCLUDEPICTURE &quot;http://xau.example/a&quot;"/></w:p>')),
        "document",
        "field.docx",
    ),
    (workbook(), "document", "bang.docx"),
    (b"{\\rtf1 x}", "document", "rtf.docx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "document", "khoa.docx"),
    (pdf(tail=b""), "document", "cut.pdf"),
    (b"x" + pdf(), "document", "x.pdf"),
    (pdf(b"2 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj\n"), "document", "js.pdf"),
    (pdf(b"2 0 obj << /S /J#61vaScript >> endobj\n"), "document", "js-escaped.pdf"),
    (pdf(object_stream(b"2 0 << /S /Launch >>")), "document", "launch.pdf"),
    (pdf(b"2 0 obj << /Type /EmbeddedFile >> endobj\n"), "document", "attachment.pdf"),
    (pdf(b"/ObjStm stream\nx"), "document", "stream-cut.pdf"),
    (pdf(b"trailer << /Encrypt 5 0 R >>"), "document", "locked.pdf"),
    (b"#EXTM3U\nfile:///etc/passwd", "video", "hls.mp4"),
    (b"\x1aE\xdf\xa3" + bytes(40), "video", "webm.mp4"),
    (video(flags=0), "video", "outside.mp4"),
    (video(brand=b"avif"), "video", "picture.mp4"),
    (video()[:-20], "video", "cut.mp4"),
    (box(b"ftyp", b"isom", bytes(8)), "video", "empty.mp4"),
    (box(b"ftyp", b"isom", bytes(8)) + struct.pack(">I4sQ", 1, b"moov", 2**63), "video", "size64.mp4"),
    (b"MZ" + bytes(100), "audio", "exe.mp3"),
    (MP3[:900], "audio", "short.mp3"),
    (b"<html><script></script></html>", "sheet", "a.csv"),
    (b"a,b\x00c\n", "sheet", "nul.csv"),
    (word(), "sheet", "a.xlsx"),
]


def names(cases):
    return [unicodedata.normalize("NFD", name).encode("ascii", "replace").decode()[:30] for _, _, name in cases]


@pytest.mark.parametrize(("content", "slot", "name"), ORDINARY, ids=names(ORDINARY))
def test_ordinary_files_are_accepted(content, slot, name):
    assert outcome(content, slot, name) == "accept"


@pytest.mark.parametrize(("content", "slot", "name"), CLEANED, ids=names(CLEANED))
def test_hidden_parts_are_removed(content, slot, name):
    assert outcome(content, slot, name) == "accept_sanitized"


@pytest.mark.parametrize(("content", "slot", "name"), WARNED, ids=names(WARNED))
def test_what_a_person_should_know_is_a_warning(content, slot, name):
    assert outcome(content, slot, name) == "warn"


@pytest.mark.parametrize(("content", "slot", "name"), REFUSED, ids=names(REFUSED))
def test_hostile_and_broken_files_are_refused_with_a_sentence(content, slot, name):
    checked = check_file(BytesIO(content), slot, name)
    assert (str(checked.outcome), checked.content, checked.is_accepted) == ("reject", None, False)
    assert checked.message.endswith(".") and "Hãy" in checked.message


def test_pictures_lose_owner_comment_and_tail_but_stand_upright():
    stored = check_file(BytesIO(with_exif()), "image", "a.jpg").content.read()
    assert Image.open(BytesIO(stored)).size == (30, 40) and len(Image.open(BytesIO(stored)).getexif()) == 0
    for content in (picture(comment=b"<script>"), picture() + b"<script>"):
        assert b"<script" not in check_file(BytesIO(content), "image", "a.jpg").content.read()


def test_a_video_loses_its_place_without_moving_a_byte():
    original = video(udta=box(b"\xa9xyz", b"\0\x12\x15\xc7+21.85+106.76/"))
    stored = check_file(BytesIO(original), "video", "a.mp4").content.read()
    assert b"+21.85" not in stored and len(stored) == len(original) and stored[-50:] == original[-50:]


def test_the_checksum_and_size_are_of_what_is_stored():
    checked = check_file(BytesIO(with_exif()), "image", "a.jpg")
    stored = checked.content.read()
    assert (checked.size, checked.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())


def test_names_are_shown_composed_and_without_their_path():
    decomposed = unicodedata.normalize("NFD", "Ảnh Đại hội.jpg")
    assert check_file(BytesIO(picture()), "image", decomposed).name == "Ảnh Đại hội.jpg"
    assert outcome(picture(), "image", decomposed) == "accept"
    assert check_file(BytesIO(picture()), "image", "../..\\tmp/a\r\nb.jpg").name == "ab.jpg"


def test_a_file_over_the_limit_is_refused_before_it_is_opened():
    message = check_file(BytesIO(picture() + bytes(21 * 1024 * 1024)), "image", "a.jpg").message
    assert message == "Tệp quá lớn (tối đa 20 MB). Hãy giảm dung lượng rồi tải lên lại."


def test_a_refusal_names_the_types_that_the_slot_takes():
    assert (
        check_file(BytesIO(b"x"), "document", "a.txt").message == "Ô này chỉ nhận tệp PDF hoặc DOCX. Hãy chọn tệp khác."
    )
    assert accepted_types("sheet") == ".xlsx,.csv" and str(slot_for("Phóng sự.MP4")) == "video"


def test_the_command_answers_like_the_page(tmp_path, capsys):
    path = tmp_path / "a.bin"
    path.write_bytes(picture())
    call_command("check_file", str(path), "--slot", "image", "--name", "anh.jpg", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["outcome"], len(answer["stored_sha256"])) == ("accept", 64)
    with pytest.raises(SystemExit) as refusal:
        call_command("check_file", str(path), "--slot", "image", "--name", "anh.html", "--json")
    assert refusal.value.code == 1
    assert json.loads(capsys.readouterr().out)["outcome"] == "reject"


def test_nothing_that_is_uploaded_makes_the_machine_call_anybody(monkeypatch):
    """Checked and made small with the network cut at its edge: same answers, and nobody tried."""
    tried = []

    def refuse(*address, **_):
        tried.append(address)
        raise OSError("no network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for content, slot, name in (*ORDINARY, *CLEANED, *WARNED, *REFUSED):
        checked = check_file(BytesIO(content), slot, name)
        if checked.is_accepted and checked.content_type.startswith("image/"):
            small_picture(checked.content)
        elif checked.is_accepted and checked.content_type.startswith("video/"):
            poster_of(checked.content)
    assert tried == []


# --- pictures of iPhones, and the children that read ---------------------------------------------------------------


def heic(size=(64, 48), **options):
    stream = BytesIO()
    pillow_heif.from_pillow(Image.linear_gradient("L").resize(size).convert("RGB")).save(stream, quality=40, **options)
    return stream.getvalue()


def with_size(content, width, height):
    """The same file, saying that its picture is larger: the box `ispe` of its head."""
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", width, height) + content[at + 8 :]


def test_a_heic_picture_becomes_an_upright_jpeg_without_its_notes():
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = "Người chụp", 6
    checked = check_file(BytesIO(heic(exif=exif.tobytes())), slot_for("IMG_0001.HEIC"), "IMG_0001.HEIC")
    assert (checked.outcome, checked.name, checked.extension) == ("accept_sanitized", "IMG_0001.jpg", "jpg")
    assert "HEIC sang JPG" in checked.message
    drawn = Image.open(checked.content)
    assert (drawn.format, drawn.size, checked.content_type) == ("JPEG", (48, 64), "image/jpeg")
    assert not drawn.getexif()
    assert b"Ng\xc6" not in checked.content.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (picture(), "không phải ảnh HEIC"),
        (heic().replace(b"ftypheic", b"ftypavif"), "không phải ảnh HEIC"),
        (heic()[:-100], "Ảnh bị hỏng"),
        (with_size(heic((64, 64)), 8_000, 7_000), "quá nhiều điểm ảnh"),
    ],
    ids=["a JPEG", "another brand", "cut", "a flood"],
)
def test_what_is_not_a_sound_heic_is_refused(content, said):
    checked = check_file(BytesIO(content), "image", "a.heic")
    assert (checked.outcome, said in checked.message) == ("reject", True)


CALL = """
import sys
sys.path.insert(0, sys.argv[1])
import {child} as child, socket
{shut_in}
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[2])), 2)
except OSError as error:
    print(type(error).__name__, error.errno)
"""


@pytest.mark.parametrize("child", ["reading_child", "heic_child"])
@pytest.mark.parametrize(("shut_in", "calls"), [("child.shut_in(5)", 0), ("", 1)], ids=["shut in", "not shut in"])
def test_the_child_that_reads_cannot_open_a_socket(child, shut_in, calls):
    """The negative control: without the limit the same call comes through."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.2 if shut_in else 5)
        arguments = [str(CHILD.parent), str(canary.getsockname()[1])]
        command = [sys.executable, "-I", "-c", CALL.format(child=child, shut_in=shut_in), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == ("OSError 24\n" if shut_in else "")
        try:
            canary.accept()[0].close()
            came = 1
        except TimeoutError:
            came = 0
    assert came == calls
