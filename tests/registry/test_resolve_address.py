"""`resolve_address` answers each line of its input with one line, whatever the line holds."""

import io
import json

import pytest
from django.core.management import call_command


@pytest.fixture
def resolve(monkeypatch, capsys):
    def run(data, *options):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        call_command("resolve_address", *options)
        return capsys.readouterr().out.splitlines()

    return run


@pytest.mark.parametrize(
    "line",
    [
        r"https://www.facebook.com/xaminh\nhoa",
        r'"https://www.facebook.com/xaminh\nhoa"',
        r"https://www.facebook.com/xaminh\r\nhoa",
        "https://www.facebook.com/xaminh\rhoa\r",
        '"https://www.facebook.com/xaminhhoa"',
    ],
)
def test_address_broken_over_two_lines_fits_on_one(resolve, line):
    (answer,) = map(json.loads, resolve(line.encode() + b"\n", "--json"))
    assert (answer["outcome"], answer["key"]) == ("account", "facebook:xaminhhoa")


def test_every_line_gets_one_line_also_for_odd_bytes_and_separators(resolve):
    lines = [
        "zalo.me/g/abcdef123",
        "",
        "a\u2028b\x85c",
        r'"\ud800"',
        r"https://www.facebook.com\@evil.vn",
        '"a\\',
        "\x00",
    ]
    data = "\n".join(lines).encode() + b"\n\xff\xfe\n" + b"x" * 1_000_000
    answers = [json.loads(line) for line in resolve(data, "--json")]
    assert [answer["outcome"] for answer in answers] == [
        *("account", "not_account", "not_account", "not_account", "rejected", "not_account"),
        *("not_account", "not_account", "rejected"),
    ]
    assert answers[2]["input"] == lines[2]
    assert len(resolve(data)) == len(answers)


def test_written_line_break_never_joins_two_hosts(resolve):
    (answer,) = map(json.loads, resolve(rb"https://www.facebook.com\news.evil.vn", "--json"))
    assert (answer["outcome"], answer["key"]) == ("rejected", "")
