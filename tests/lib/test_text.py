"""Text keys: what staff search for and the order in which names are read aloud."""

import random

import pytest

from portal.lib.text import clean_line, fold, nfc, person_name, person_sort_key, slugify_vi, sort_key


def shuffled(names):
    return random.Random(7).sample(names, len(names))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Sở Y tế", "so y te"),
        ("  THUẬN   HOÀ ", "thuan hoa"),
        ("Thuận Hòa", "thuan hoa"),
        ("Đồng Đăng", "dong dang"),
        ("B’Lao", "b'lao"),
        ("Ｆａｃｅｂｏｏｋ", "facebook"),
        ("Sơ\u0309 Y te\u0302\u0301", "so y te"),
        ("", ""),
    ],
)
def test_search_form_has_no_accents_case_or_extra_spaces(written, folded):
    assert fold(written) == folded


def test_a_line_loses_what_cannot_be_seen():
    assert clean_line(" Sở\u200b Y\u202e\ttế\r\n\x07 ") == "Sở Y tế"


def test_decomposed_text_is_composed():
    assert nfc("Ho\u0300a") == "Hòa"


def test_names_sort_in_the_order_of_the_vietnamese_alphabet():
    names = "An Anh Ành Ảnh Ãnh Ánh Ạnh Ao Ăn Ân Ba Du Đa Em Êm On Ôn Ơn Un Ưn".split()
    assert sorted(shuffled(names), key=sort_key) == names


def test_a_shorter_name_stands_before_the_longer_one_that_begins_with_it():
    names = ["Xã An", "Xã An Bình", "Xã Anh", "Xã Án", "Xã Ăn"]
    assert sorted(shuffled(names), key=sort_key) == ["Xã An", "Xã Án", "Xã An Bình", "Xã Anh", "Xã Ăn"]


def test_digits_stand_before_letters():
    assert sorted(["Tổ b", "Tổ 7", "Tổ a"], key=sort_key) == ["Tổ 7", "Tổ a", "Tổ b"]


@pytest.mark.parametrize("text", ["Sở Khoa học và Công nghệ", "UBND xã B’Lao", "中文 😀", "", "Ủy ban " * 60])
def test_keys_are_short_ascii_letters_and_digits(text):
    key, person = sort_key(text), person_sort_key(text)
    assert key.isascii() and key.isalnum() and key == key.lower() and len(key) <= 242
    assert person.isascii() and person.isalnum() and len(person) <= 229


def test_people_sort_by_given_name_then_by_family_name():
    people = [
        "Lê Thị An",
        "Bùi Văn Anh",
        "Trần Anh",
        "Nguyễn Văn Ánh",
        "Đỗ Bình",
    ]
    assert sorted(shuffled(people), key=person_sort_key) == people


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Sở Y tế", "so-y-te"), ("Ban Đảng - Đoàn (tỉnh)", "ban-dang-doan-tinh"), ("B’Lao", "blao"), ("中文", "")],
)
def test_slugs_know_the_letter_d_with_stroke(text, slug):
    assert slugify_vi(text) == slug


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("nguyễn văn a", "Nguyễn Văn A"),
        ("đỗ thị ánh", "Đỗ Thị Ánh"),
        ("  lò  thị\u200b ủn ", "Lò Thị Ủn"),
        ("NGUYỄN VĂN ĐỨC", "Nguyễn Văn Đức"),
        ("h'bia niê-kđăm", "H'Bia Niê-Kđăm"),
        ("k’brêu", "K’Brêu"),
        ("K'sor H'Bia", "K'sor H'Bia"),
        ("Anne-Marie van der Berg", "Anne-Marie van der Berg"),
        ("McDonald", "McDonald"),
        ("HUY", "HUY"),
        ("a\u0301nh", "Ánh"),
        ("", ""),
    ],
)
def test_a_persons_name_gets_its_capitals_unless_it_was_written_with_care(typed, name):
    assert person_name(typed) == name
    assert person_name(name) == name
