"""Texts with variables: names are replaced and nothing else happens; every wrong brace is told in Vietnamese."""

import unicodedata

import pytest

from portal.lib.filling import LONGEST, EditableText, Variable, fill, names_in

KNOWN = EditableText(
    "thu", "Thử", "Thử", "Chào {ten}", (Variable("ten", "tên", "An"), Variable("thang", "tháng", "tháng 10/2026"))
)
LIST = "Các biến dùng được: {ten}, {thang}."


def test_names_are_replaced_wherever_they_stand():
    assert fill("{ten}, {thang}: {ten}.", {"ten": "An", "thang": "tháng 10/2026"}) == "An, tháng 10/2026: An."
    assert names_in("{ten}, {thang}: {ten}.") == ["ten", "thang"]


def test_a_line_whose_variable_is_empty_is_left_out():
    assert fill("Đầu\nNộp trễ: {ds}.\nCuối {n}", {"ds": "", "n": "0"}) == "Đầu\nCuối 0"


@pytest.mark.parametrize(
    "nasty", ["{ten}", "{0.__class__}", "{{ten}}", "{% now 'Y' %}", "<b>&amp;</b>", "\\1 \\g<1>", "${ten}"]
)
def test_a_value_is_put_in_as_it_is(nasty):
    assert fill("a {ten} b", {"ten": nasty}) == f"a {nasty} b"


def test_a_value_that_nobody_gave_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        fill("{ten}", {})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{tem}", f"Không có biến {{tem}}. {LIST}"),
        ("{ten.__class__}", f"Dấu ngoặc nhọn “{{ten.__class__}}” không phải là một biến. {LIST}"),
        ("{ten!r}", f"Dấu ngoặc nhọn “{{ten!r}}” không phải là một biến. {LIST}"),
        ("{ten:>999999999}", f"Dấu ngoặc nhọn “{{ten:>999999999}}” không phải là một biến. {LIST}"),
        ("{ten[0]}", f"Dấu ngoặc nhọn “{{ten[0]}}” không phải là một biến. {LIST}"),
        ("{}", f"Dấu ngoặc nhọn “{{}}” không phải là một biến. {LIST}"),
        ("{ Ten }", f"Dấu ngoặc nhọn “{{ Ten }}” không phải là một biến. {LIST}"),
        ("chào {ten", f"Dấu ngoặc nhọn “{{ten” không phải là một biến. {LIST}"),
        ("chào ten}", f"Dấu ngoặc nhọn “}}” không phải là một biến. {LIST}"),
        ("  \n ", "Mẫu chữ không được để trống."),
        ("a" * (LONGEST + 1), f"Mẫu chữ dài quá {LONGEST} ký tự."),
    ],
)
def test_what_cannot_be_used_is_told(text, fault):
    assert KNOWN.faults(text) == [fault]


def test_a_text_without_variables_says_so():
    assert EditableText("a", "b", "c", "d").faults("{ten}") == ["Không có biến {ten}. Mẫu chữ này không có biến nào."]


def test_a_good_text_has_no_fault():
    assert KNOWN.faults("Chào {ten} {thang}, 100 % [ok] $x") == []


def test_what_is_kept_is_clean():
    typed = unicodedata.normalize("NFD", "  Tiếng Việt \u200b\r\nDòng hai\x07  \n\n")
    assert KNOWN.cleaned(typed) == "  Tiếng Việt\nDòng hai"
    assert EditableText("a", "b", "c", "d", is_line=True).cleaned(" một\nhai  ba ") == "một hai ba"
