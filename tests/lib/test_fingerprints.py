"""Marks by which the same link, text or picture is recognised."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from portal.lib.fingerprints import is_near, link_key, picture_hash, pieces_of, text_hash
from portal.lib.uploads.small import small_picture

TEXT = (
    "Ngày 20/11, xã tổ chức tập huấn phòng cháy rừng cho hơn 200 hộ dân ở các bản vùng cao, phát tờ rơi và mã QR. " * 2
)


@pytest.mark.parametrize(
    "spelling",
    [
        "https://www.facebook.com/kenhthu/posts/123?fbclid=abc",
        "http://m.facebook.com/kenhthu/posts/123/?mibextid=x&ref=share",
        "https://web.facebook.com/kenhthu/posts/123?utm_source=zalo&_rdr",
        "https://FACEBOOK.com:443/kenhthu/posts/123#binh-luan",
    ],
)
def test_spellings_of_one_post_have_one_key(spelling):
    assert link_key(spelling) == "facebook.com/kenhthu/posts/123"


def test_what_says_which_post_stays_in_the_key():
    one = link_key("https://www.facebook.com/permalink.php?story_fbid=1&id=9&fbclid=z")
    assert one == link_key("https://m.facebook.com/permalink.php?id=9&story_fbid=1")
    assert one != link_key("https://www.facebook.com/permalink.php?story_fbid=2&id=9")


@pytest.mark.parametrize("other", ["", "ftp://a.vn/x", "javascript:alert(1)", "khong phai link", "https://"])
def test_what_is_no_web_address_has_no_key(other):
    assert link_key(other) == ""


def test_texts_that_differ_in_accents_case_and_stops_are_the_same():
    assert text_hash(TEXT) == text_hash(TEXT.upper().replace(",", " ").replace("ử", "ư"))
    assert text_hash(TEXT) != text_hash(TEXT + "Thêm một câu.")
    assert text_hash("Chào cờ đầu tuần") == ""


def scenery(seed=0):
    picture = Image.new("RGB", (800, 600), "skyblue")
    draw = ImageDraw.Draw(picture)
    for number in range(12):
        left, top = (number * 137 + seed * 211) % 700, (number * 89 + seed * 53) % 500
        shade = (number * 40 % 255, (number * 70 + seed * 30) % 255, 90)
        draw.ellipse((left, top, left + 180, top + 140), fill=shade)
    return picture


def recompressed(picture, quality=40):
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(stream)


def test_a_smaller_lighter_recompressed_copy_is_the_same_picture():
    original = picture_hash(scenery())
    copies = (
        scenery().resize((400, 300)),
        recompressed(scenery()),
        ImageEnhance.Brightness(scenery()).enhance(1.1),
    )
    for copy in copies:
        mark = picture_hash(copy)
        assert is_near(original, mark)
        assert set(pieces_of(original)) & set(pieces_of(mark))


def test_other_pictures_are_not_the_same_and_a_plain_surface_has_no_mark():
    marks = [picture_hash(scenery(seed)) for seed in range(8)]
    assert not any(is_near(one, other) for at, one in enumerate(marks) for other in marks[at + 1 :])
    assert picture_hash(Image.new("RGB", (300, 200), "white")) is None


def test_marks_at_most_five_bits_apart_share_a_piece():
    mark = picture_hash(scenery())
    for start in range(0, 59):
        other = mark ^ (0b11111 << start)
        assert set(pieces_of(mark)) & set(pieces_of(other)), start


def test_a_small_picture_is_small_upright_and_opaque():
    stream = BytesIO()
    scenery().convert("RGBA").save(stream, "PNG")
    small, mark = small_picture(stream)
    picture = Image.open(small)
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (480, 360), "RGB")
    assert is_near(mark, picture_hash(scenery())) and stream.tell() == 0
