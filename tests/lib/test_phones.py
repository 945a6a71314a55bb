"""Phone numbers as they stand in dispatches, messy sheets and chat messages (all numbers are invented)."""

import pytest

from portal.lib.phones import LOST_DIGITS, NOT_A_PHONE, format_phone, mask_phone, normalise_phone, zalo_phone


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("0912345678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("0912 345 678/Zalo", "0912345678"),
        ("SĐT/zalo: 0912-345-678.", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("+84 (0)912 345 678", "0912345678"),
        ("(+84) 912345678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("84912345678", "0912345678"),
        ("０９１２３４５６７８", "0912345678"),
        ("\u200b0912345678\u202c", "0912345678"),
        ("912345678", "0912345678"),
        ("912345678.0", "0912345678"),
        ("0912345678 0987654321", "0912345678"),
        ("0912 345 678 - 0987 654 321", "0912345678"),
        ("01201234567", "0701234567"),
        ("0123 456 7890", "0834567890"),
        ("01662345678", "0362345678"),
        ("+84 199 234 5678", "0592345678"),
        ("0205 3812 345", "02053812345"),
        ("(0213) 3.876.543", "02133876543"),
        ("024 3825 1234", "02438251234"),
    ],
)
def test_any_usual_spelling_gives_national_digits(written, digits):
    assert normalise_phone(written) == digits


@pytest.mark.parametrize(
    "written", ["", "không có", "123456", "0112345678", "09123456", "+1 202 555 0123", "20/11/2026"]
)
def test_what_cannot_ring_is_refused_with_an_example(written):
    with pytest.raises(ValueError) as refusal:
        normalise_phone(written)
    assert str(refusal.value) == NOT_A_PHONE


@pytest.mark.parametrize("written", ["9.12346E+08", "9,12E+8", "8.49123E+10", "9E8"])
def test_a_number_that_excel_rounded_is_refused(written):
    with pytest.raises(ValueError) as refusal:
        normalise_phone(written)
    assert str(refusal.value) == LOST_DIGITS


@pytest.mark.parametrize(
    ("digits", "shown"),
    [("0912345678", "0912 345 678"), ("02053812345", "0205 3812 345"), ("02438251234", "024 3825 1234"), ("", "")],
)
def test_phones_are_shown_in_groups(digits, shown):
    assert format_phone(digits) == shown


@pytest.mark.parametrize(
    ("digits", "masked"), [("0962703852", "0962•••852"), ("02053812345", "0205•••345"), ("113", "•••"), ("", "")]
)
def test_masked_phones_show_the_first_four_and_last_three_digits(digits, masked):
    assert mask_phone(digits) == masked


def test_zalo_wants_the_country_code_without_a_plus():
    assert zalo_phone("0912345678") == "84912345678"
