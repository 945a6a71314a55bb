"""One real page has dozens of spellings; a fake one has as many disguises. All names here are invented."""

import pytest

from registry.addresses import lookalike
from registry.addresses.parser import read_address

PAGE = "facebook:xaminhhoa"
UC = "UCabcdefghijklmnopqrst12"

ACCOUNTS = {
    PAGE: [
        "https://www.facebook.com/xaminhhoa",
        "http://m.facebook.com/xaminhhoa/?ref=share",
        "facebook.com/Xa.Minh.Hoa",
        "FB.com/xaminhhoa",
        "https://vi-vn.facebook.com/xaminhhoa/about",
        "https://touch.facebook.com/pg/xaminhhoa/photos/",
        "https://www.facebook.com/#!/xaminhhoa",
        "https://www.facebook.com/@xaminhhoa",
        "https://m.me/xaminhhoa?text=abc",
        "https://www.messenger.com/t/xaminhhoa",
        "https://fb.me/xaminhhoa",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.facebook.com%2Fxaminhhoa&h=AT1",
        "fb://facewebmodal/f?href=https%3A%2F%2Fwww.facebook.com%2Fxaminhhoa",
        "<https://www.facebook.com/xaminhhoa>;",
        "[Trang của xã](https://www.facebook.com/xaminhhoa).",
        "Fanpage: https://www.facebook.com/xaminhhoa",
        "Trang của xã ở https://www.facebook.com/xaminhhoa.",
        "https//www.facebook.com/xaminhhoa",
        "htttps://facebook.com/xaminhhoa",
        "https://https://facebook.com/xaminhhoa",
        "https:// www.facebook.com/xaminhhoa",
        "https://www.facebook.com/xaminh\nhoa",
        "https://www.facebook.com/xaminh%68oa",
        "https://www.faceboo\u212a.com/xaminhhoa",
        "https://www.face\u200bbook.com/xa\u2060minhhoa",
        "https://www。facebook。com/xaminhhoa",
        "//facebook.com:443/xaminhhoa",
    ],
    "facebook:lienhoanhoa": [
        "https://www.facebook.com/messages/t/lienhoanhoa",
        "https:facebook.com/lienhoanhoa",
        "https://www.facebook.com/lienhoanhoa&mibextid=ZbWKwL",
        "wwww.facebook.com/lienhoanhoa",
        "\uff48\uff54\uff54\uff50\uff53://www.facebook.com/lienhoanhoa",
        "https://www.facebook.com/lienhoanhoa (trang của xã)",
        "https://www.facebook.com/lienhoanhoa - Trang của xã",
        "https://www.facebook.com/lienhoanhoa, Zalo 0900000001",
    ],
    "facebook:id:100012345678901": [
        "https://www.facebook.com/profile.php?id=100012345678901&sk=about",
        "https://m.facebook.com/people/Xa-Minh-Hoa/100012345678901/",
        "https://www.facebook.com/p/Xã-Minh-Hoà-100012345678901/",
        "https://www.facebook.com/pages/category/Government/Xa-Minh-Hoa-100012345678901",
        "fb://page/100012345678901",
        "facebook.com/100012345678901/photos",
    ],
    "facebook:group:minhhoaquetoi": ["https://www.facebook.com/groups/MinhHoaQueToi/media/?ref=share"],
    "zalo:oa:1234567890123456789": [
        "https://zalo.me/1234567890123456789?src=qr",
        "https://chat.zalo.me/?oaid=1234567890123456789",
    ],
    "zalo:group:abcdef123": [
        "https://chat.zalo.me/?g=abcdef123",
        "zalo.me/g/abcdef123",
        "<https://zalo.me/g/abcdef123>.",
    ],
    "zalo:alias:xaminhhoa": ["https://zalo.me/XaMinhHoa"],
    "zalo:user:+84900000001": [
        "zalo.me/0900 000 001",
        "https://zalo.me/84900000001",
        "https://zalo.me/+84900000001",
        "zalo://conversation?phone=0900000001",
    ],
    "youtube:@đàiminhhoà": [
        "https://www.youtube.com/@ĐàiMinhHoà",
        "https://m.youtube.com/@%C4%90%C3%A0iMinhHo%C3%A0/videos",
        "https://www.youtube.com/@Đa\u0300iMinhHoa\u0300?si=x",
    ],
    f"youtube:{UC}": [f"https://www.youtube.com/channel/{UC}/about", f"vnd.youtube://channel/{UC}"],
    "youtube:c:daiminhhoa": ["https://www.youtube.com/DaiMinhHoa/videos"],
    "youtube:user:daiminhhoa": [
        "https://www.youtube.com/subscription_center?add_user=DaiMinhHoa",
        "http://youtube.com/user/DaiMinhHoa",
    ],
    "tiktok:@minh.hoa_tv": ["https://www.tiktok.com/@Minh.Hoa_TV?_t=1&_r=1", "tiktok://user?username=minh.hoa_tv"],
    "tiktok:id:6900000000000000001": ["https://m.tiktok.com/h5/share/usr/6900000000000000001.html"],
    "x:minhhoa_vn": ["https://twitter.com/MinhHoa_VN/media", "twitter://user?screen_name=minhhoa_vn"],
    "x:id:123456": ["https://x.com/intent/user?user_id=123456"],
    "instagram:minh.hoa_": ["https://instagr.am/minh.hoa_/", r"https://www.instagram.com/minh.hoa\_/"],
    "threads:minh.hoa_": ["https://www.threads.com/@minh.hoa_/replies"],
    "web:minhhoa.tinhmau.gov.vn": [
        "http://WWW.minhhoa.tinhmau.gov.vn/trang-chu?utm_source=zalo",
        "minhhoa.tinhmau.gov.vn)",
    ],
    "web:zalora.vn": ["https://www.zalora.vn"],
    "web:data.gov.uk": ["https://data.gov.uk"],
    "web:tinhmau.gov.vn/xa-minh-hoa": [
        "https://tinhmau.gov.vn/xa-minh-hoa/Pages/default.aspx",
        "https://tinhmau.gov.vn/xa-minh-hoa/",
    ],
    "app:android:vn.tinhmau.so": ["https://play.google.com/store/apps/details?id=vn.tinhmau.so&hl=vi"],
    "app:ios:1234567890": ["https://apps.apple.com/vn/app/tinh-mau-so/id1234567890"],
}

NO_ACCOUNTS = [
    "",
    "   ",
    "UBND xã Minh Hoà",
    "Fb: xaminhhoa",
    "@xaminhhoa",
    "0900 000 001",
    "vanthu@tinhmau.gov.vn",
    "mailto:vanthu@tinhmau.gov.vn",
    "29/9/2026",
    "https://www.facebook.com/",
    "https://www.facebook.com/login/?next=https%3A%2F%2Fwww.facebook.com%2Fxaminhhoa",
    "https://www.facebook.com/xaminhhoa/posts/pfbid0abc",
    "https://www.facebook.com/groups/abc/permalink/123/",
    "https://www.facebook.com/story.php?story_fbid=1&id=100012345678901",
    "https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com%2Fxaminhhoa",
    "https://developers.facebook.com/docs",
    "https://oa.zalo.me/home",
    "https://zalo.me/s/123456789/",
    "https://zalo.me/19001234",
    "https://www.youtube.com/watch?v=abc&channel_id=UCabcdefghijklmnopqrst12",
    "https://youtu.be/abc",
    f"https://studio.youtube.com/channel/{UC}",
    "https://www.tiktok.com/@minhhoa/video/7000000000000000001",
    "https://x.com/minhhoa/status/1",
    "https://www.instagram.com/p/abc/",
    "https://www.threads.net/@minhhoa/post/abc",
    "https://tinhmau.gov.vn/wp-admin/",
    "https://tinhmau.gov.vn/tin-tuc/hop-mat-dai-bieu-123456.html",
    "https://tinhmau.gov.vn/van-ban/so-12.pdf",
    "https://docs.google.com/forms/d/e/abc/viewform",
]

UNRESOLVABLE = [
    "https://www.facebook.com/share/1AbCdEf/?mibextid=x",
    "https://www.facebook.com/share/p/1AbCdEf/",
    "https://fb.watch/abc/",
    "https://fb.me/2AbCdE",
    "https://zaloapp.com/qr/p/abc123",
    "zalo://qr/p/abc123",
    "https://vt.tiktok.com/ZSabc/",
    "https://www.tiktok.com/t/ZTabc/",
    "https://t.co/abc",
    "https://bit.ly/minhhoa",
]

HOSTILE = [
    "https://evil.example\\@tinhmau.gov.vn/",
    "https:\\\\facebook.com\\xaminhhoa",
    "https://facebook.com@evil.vn/xaminhhoa",
    "www.facebook.com@evil.vn",
    "https://www.facebook.com:x@evil.vn/",
    "https://facebook.com%2F@evil.vn",
    "https://facebook.com.evil.vn/xaminhhoa",
    "https://faceb00k.com/xaminhhoa",
    "https://facebokk.com/xaminhhoa",
    "https://zalo-oa.vn/xaminhhoa",
    "https://www.faceb\u043e\u043ek.com/xaminhhoa",
    "https://facebóok.com/xaminhhoa",
    "https://xn--fcebook-hwa.com/xaminhhoa",
    "https://tinhmau.gov.vn.com/",
    "https://tinhmau-gov.vn/",
    "https://tinhmaugov.vn/",
    "https://tinhmau.g0v.vn/",
    "https://gov.tinhmau.vn/",
    "https://tinhmau.gov.com.vn/",
    "https://fb.com.vn/xaminhhoa",
    "https://zallo.me/g/abcdef123",
    "https://zalooa.vn/",
    "https://vntiktok.com/",
    "https://t\u1ecbnhmau.gov.vn/",
    "https://evil.vn/www.facebook.com/xaminhhoa",
    "https://www.facebook.com/xaminhho\u0430",
    "https://www.facebook.com/\u202eaohhnimax",
    "https://www.facebook.com/xa minhhoa",
    "https://www.facebook.com:8443/xaminhhoa",
    "https://www.facebook.com/profile.php?id=100012345678901&id=100012345678902",
    "https://www.facebook.com/../xaminhhoa",
    "https://www.facebook.com/x%0d%0aSet-Cookie:a",
    "https://www.facebook.com/a https://www.facebook.com/b",
    "http://2130706433/",
    "http://[::1]/",
    "http://localhost/",
    "http://169.254.169.254/latest",
    "javascript:alert(1)",
    "intent://x#Intent;package=com.facebook.katana;end",
    "file:///etc/passwd",
    "ftp://tinhmau.gov.vn/",
]

ROWS = [(key, text) for key, texts in ACCOUNTS.items() for text in texts]


@pytest.mark.parametrize(("key", "text"), ROWS)
def test_spelling_names_the_account(key, text):
    address = read_address(text)
    assert (address.outcome, address.key) == ("account", key), address.reason


@pytest.mark.parametrize("text", NO_ACCOUNTS)
def test_post_login_page_or_plain_words_are_no_account(text):
    address = read_address(text)
    assert (address.outcome, address.key) == ("not_account", "")
    assert address.reason


@pytest.mark.parametrize("text", UNRESOLVABLE)
def test_share_link_asks_for_the_full_address(text):
    address = read_address(text)
    assert (address.outcome, address.key) == ("unresolvable", "")
    assert "dán lại" in address.reason


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_address_is_refused_with_a_sentence(text):
    address = read_address(text)
    assert (address.outcome, address.key, address.canonical_url) == ("rejected", "", "")
    assert address.reason


@pytest.mark.parametrize(
    "text",
    [
        "https://www.face\u200bbook.com/xaminhhoa",
        "htpps://facebook.com/xaminhhoa",
        "https://xa-minh-hoa.web.app",
        "https://fb.me/xaminhhoa",
    ],
)
def test_mended_or_doubtful_address_carries_a_warning(text):
    assert read_address(text).warnings


def test_post_names_its_owner_but_gives_no_key():
    assert read_address("https://www.facebook.com/xa.minh.hoa/posts/1").owner == PAGE
    assert read_address("https://tinhmau.gov.vn/wp-admin").owner == "web:tinhmau.gov.vn"


def test_refused_disguise_says_what_it_imitates():
    assert read_address("https://facebook.com.evil.vn/xaminhhoa").imitates == "facebook.com/xaminhhoa"
    assert read_address("https://tinhmau-gov.vn").imitates == "tinhmau.gov.vn"
    assert read_address("https://www.facebook.com/xaminhho\u0430").imitates == "facebook.com/xaminhhoa"


def test_phone_and_member_of_a_group_are_persons():
    assert read_address("https://zalo.me/0900000001").is_personal
    assert read_address("https://www.facebook.com/groups/1/user/100012345678901/").is_personal
    assert not read_address("https://www.facebook.com/xaminhhoa").is_personal


@pytest.mark.parametrize(
    ("fake", "known"),
    [
        ("facebook:xaminhh0a", PAGE),
        ("facebook:xarninhhoa", PAGE),
        ("facebook:xaminhhoaa", PAGE),
        ("facebook:xaminhhoaofficial", PAGE),
        ("facebook:tintucxaminhhoa247", PAGE),
        ("facebook:cauchuyensoytetinhmaudo", "facebook:soytetinhmau"),
        ("tiktok:@xaminhhoa", PAGE),
        ("facebook:group:xaminhhoa", PAGE),
    ],
)
def test_name_that_looks_like_a_known_one_is_noticed(fake, known):
    assert lookalike.nearest(fake, ["zalo:oa:1234567890123456789", known]) == known


@pytest.mark.parametrize(
    "key", ["facebook:id:100012345678902", "zalo:group:abcdef124", "facebook:hoaminh", "web:minhhoa.vn"]
)
def test_numbers_and_other_names_are_not_look_alikes(key):
    known = [PAGE, "facebook:id:100012345678901", "zalo:group:abcdef123", "facebook:phuong1tinhmau"]
    assert lookalike.nearest(key, known) == ""


def test_short_name_inside_a_longer_one_is_no_look_alike():
    assert lookalike.nearest("facebook:xaminhhoabongda", [PAGE]) == ""


def test_the_longest_known_name_inside_is_the_one_imitated():
    known = ["youtube:@minhhoatv", "facebook:minhhoatvnews"]
    assert lookalike.nearest("facebook:minhhoatvnews24h", known) == "facebook:minhhoatvnews"


def test_neighbouring_wards_are_two_places():
    assert lookalike.nearest("facebook:phuong2tinhmau", ["facebook:phuong1tinhmau"]) == ""
