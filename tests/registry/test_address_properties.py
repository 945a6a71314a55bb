"""Whatever is pasted gets an answer, fast, and a key outlives every harmless change of its spelling."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.addresses.parser import read_address

PIECES = st.sampled_from(
    [
        *("https://", "http:", "//", "www.", "facebook.com", "zalo.me", "youtube.com", "tiktok.com", "x.com"),
        *("gov.vn", "evil.vn", "/", "@", "?id=", "#!/", "%2F", "%00", "%0A", "\\", ":", ".", "..", "g/", "share/"),
        *("profile.php", "0900000001", "xaminhhoa", "\u200b", "\u202e", "о", "é", "İ", "ⓐ", "👉", " ", "\n", ","),
        *("l.php?u=", "google.com/url?q=", "attribution_link?u=/", "&", "[", "](", "[.]", "<a href=", "xn--"),
        *("UCabcdefghijklmnopqrst12", "fb://page/", "Fanpage:", "của", "channel/", "embed/", "(+84)", "https%3A%2F%2F"),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=14).map("".join))
NAME = "[a-z]{2}q[a-z0-9]{3,15}"
"""Letters no reserved word of a platform has in this order."""
DIGITS = "[1-9][0-9]{14,17}"
URLS = st.one_of(
    st.from_regex(rf"https://www\.facebook\.com/{NAME}", fullmatch=True),
    st.from_regex(rf"https://www\.facebook\.com/({DIGITS}|profile\.php\?id={DIGITS})", fullmatch=True),
    st.from_regex(rf"https://www\.facebook\.com/groups/({NAME}|{DIGITS})", fullmatch=True),
    st.from_regex(rf"https://zalo\.me/({DIGITS}|{NAME}|g/[a-z]{{6}}[0-9]{{3}}|09[0-9]{{8}})", fullmatch=True),
    st.from_regex(rf"https://www\.youtube\.com/(@{NAME}|c/{NAME}|user/{NAME}|@đài{NAME})", fullmatch=True),
    st.from_regex(r"https://www\.youtube\.com/channel/UC[A-Za-z0-9_-]{22}", fullmatch=True),
    st.from_regex(rf"https://www\.tiktok\.com/(@{NAME}|@{NAME}\.[a-z]_|share/user/{DIGITS})", fullmatch=True),
    st.from_regex(rf"https://x\.com/({NAME.replace('15', '8')}|i/user/[1-9][0-9]{{5,15}})", fullmatch=True),
    st.from_regex(rf"https://www\.instagram\.com/{NAME}[._][a-z]", fullmatch=True),
    st.from_regex(rf"https://www\.threads\.com/@{NAME}_", fullmatch=True),
    st.from_regex(rf"https://{NAME}\.gov\.vn(/xa-[a-z]{{2}}q[a-z]{{3,15}})?", fullmatch=True),
    st.from_regex(rf"https://play\.google\.com/store/apps/details\?id=vn\.{NAME}", fullmatch=True),
    st.from_regex(r"https://apps\.apple\.com/vn/app/id[1-9][0-9]{8}", fullmatch=True),
)


def with_parameter(url):
    return f"{url}{'&' if '?' in url else '?'}utm_source=zalo"


def behind_a_leaving_page(url):
    encoded = "".join(
        char if char.isalnum() and char.isascii() else f"%{byte:02X}" for char in url for byte in char.encode()
    )
    return f"https://l.facebook.com/l.php?u={encoded}&h=AT0"


NOISES = {
    "as it is": str,
    "no scheme": lambda url: url.removeprefix("https://"),
    "http": lambda url: url.replace("https://", "http://"),
    "capital host": lambda url: "/".join([part.upper() if at < 3 else part for at, part in enumerate(url.split("/"))]),
    "default port": lambda url: "/".join(
        [part + ":443" if at == 2 else part for at, part in enumerate(url.split("/"))]
    ),
    "full stop behind the host": lambda url: "/".join(
        [part + "." if at == 2 else part for at, part in enumerate(url.split("/"))]
    ),
    "slash": lambda url: url + "/",
    "parameter": with_parameter,
    "fragment": lambda url: url + "#gioi-thieu",
    "brackets": lambda url: f"  <{url}>. ",
    "quotes": lambda url: f"“{url}”,",
    "Markdown": lambda url: f"[Trang của xã]({url})",
    "sentence": lambda url: f"Xem tại: {url};",
    "label": lambda url: f"Link:{url}",
    "emoji": lambda url: f"👉{url} 👈",
    "hidden character": lambda url: url[:-2] + "\u200b" + url[-2:],
    "line break": lambda url: url[:-2] + "\n" + url[-2:],
    "misspelt scheme": lambda url: url.replace("https://", "htpps//"),
    "leaving page": behind_a_leaving_page,
}


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_any_text_gets_an_answer_and_a_key_survives_a_second_reading(text):
    address = read_address(text)
    assert address.outcome in ("account", "not_account", "unresolvable", "rejected")
    assert bool(address.key) == (address.outcome == "account") == bool(address.canonical_url)
    if address.key:
        again = read_address(address.canonical_url)
        assert (again.key, again.canonical_url) == (address.key, address.canonical_url)
        assert address.key.startswith(f"{address.platform}:")
        assert address.canonical_url.isascii() and len(address.key) <= 300 and len(address.canonical_url) <= 500
    else:
        assert address.reason


@pytest.mark.parametrize("noise", NOISES)
@given(url=URLS)
@settings(max_examples=12, deadline=None)
def test_harmless_noise_never_changes_the_key(noise, url):
    address = read_address(url)
    assert address.is_account and not address.reason
    assert read_address(address.canonical_url).key == address.key
    assert read_address(NOISES[noise](url)).key == address.key


@pytest.mark.parametrize(
    "text",
    [
        *("a" * 2_000_000, " " * 100_000, "a." * 1000, "(" * 19_000, "@" * 2000, "\\" * 2000, "[a](" * 500, "x " * 999),
        *(
            "https://a.vn/" + "a/" * 900,
            "https://facebook.com/" + "a-1" * 600,
            "a" + "\u0301" * 19_000,
            "\u200b" * 20_000,
        ),
        *(
            "https://a.vn/?" + "a=1&" * 450,
            "http://" * 280,
            "https://" + "a." * 900 + "vn",
            "facebook.com/l.php?u=" * 90,
        ),
        *("www." + "\ufdfa" * 1900, "https://facebook.com/" + "\ufdfa" * 1900, "https://a.vn/" + " " * 1900 + "x"),
        *("<a href" * 2700, "<a href=" + "a" * 19_000, "[" * 19_000 + "](a", "👉" * 19_000, "https%3A%2F%2F" * 130),
    ],
    ids=range(24),
)
def test_no_text_takes_longer_than_fifty_milliseconds(text):
    best = min(_seconds(text) for _ in range(3))
    assert best < 0.05


def _seconds(text):
    started = time.perf_counter()
    read_address(text)
    return time.perf_counter() - started
