"""A second table of spellings and disguises, platform by platform. All names here are invented."""

import pytest

from registry.addresses.parser import read_address

PAGE = "facebook:xaminhhoa"
PERSON = "facebook:id:100012345678901"
UC = "UCabcdefghijklmnopqrst12"
TARGET = "https%3A%2F%2Fwww.facebook.com%2Fxaminhhoa"
ONION = "facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion"

ACCOUNTS = {
    PAGE: [
        "https://z-m.facebook.com/xaminhhoa",
        "https://www.www.facebook.com/xaminhhoa",
        f"https://www.{ONION}/xaminhhoa",
        "https://www.facebook.com//xaminhhoa//",
        "https://www.facebook.com/pages/category/Government-Organization/xaminhhoa/",
        "https://www.facebook.com/xaminhhoa%20",
        "https://www.facebook.com/xaminhhoa%E2%80%8B?ref=x",
        "https://www.facebook.com/xaminhhoa%0A",
        "https://www.%66acebook.com/xaminhhoa",
        "https://www.face\tbook.com/xaminhhoa",
        "https://www.facebook.com\n/xaminhhoa",
        f"https://www.google.com/url?sa=t&url={TARGET}&usg=AO",
        f"https://www.youtube.com/redirect?event=video_description&q={TARGET}",
        f"https://l.instagram.com/?u={TARGET}&e=AT",
        "https://l.facebook.com/l.php?u=https%253A%252F%252Fwww.facebook.com%252Fxaminhhoa",
        f"https://l.facebook.com/l.php?u=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3D{TARGET.replace('%', '%25')}",
        TARGET,
        TARGET.replace("%", "%25"),
        "hxxps://www[.]facebook[.]com/xaminhhoa",
        "www,facebook,com/xaminhhoa",
        "www. facebook.com/xaminhhoa",
        "https: //www.facebook.com/xaminhhoa",
        "Fanpage:facebook.com/xaminhhoa",
        "https.//www.facebook.com/xaminhhoa",
        "httpswww.facebook.com/xaminhhoa",
        "https://www.facebook.com/xaminhhoa<br>",
        "👉https://www.facebook.com/xaminhhoa",
        "https://www.facebook.com/xaminhhoa 👈",
        "https://www.facebook.com/xaminhhoa👈",
        "Xem [trang của xã](https://www.facebook.com/xaminhhoa).",
        '[Trang xã](https://www.facebook.com/xaminhhoa "Trang xã")',
        '<a href="https://www.facebook.com/xaminhhoa">Trang xã</a>',
        "Trang https://www.facebook.com/xaminhhoa của xã Minh Hoà",
        "Mời xem (https://www.facebook.com/xaminhhoa) để biết thêm",
        "“https://www.facebook.com/xaminhhoa”.",
        "\ufeff\u00a0https://www.facebook.com/xaminhhoa\u200b",
    ],
    PERSON: [
        "https://www.facebook.com/profile.php?id=100012345678901?mibextid=ZbWKwL",
        "https://www.facebook.com/profile.php?id=100012345678901/",
        "https://www.facebook.com/profile/100012345678901/",
        "https://www.facebook.com/#!/profile.php?id=100012345678901",
        "https://www.facebook.com/people/_/100012345678901/",
        "https://www.messenger.com/t/100012345678901",
        "fb://profile/100012345678901",
    ],
    "facebook:group:minhhoaquetoi": [
        "https://www.facebook.com/groups/minhhoaquetoi/media/photos",
        "https://www.facebook.com/groups/minhhoaquetoi/posts/",
    ],
    "zalo:oa:1234567890123456789": ["https://zalo.me/oa/1234567890123456789", "zalo://oa/1234567890123456789"],
    "zalo:user:+84912345678": [
        "zalo.me/0912%20345%20678",
        "https://zalo.me/(+84)912345678",
        "zalo.me/%2B84912345678",
        "zalo.me/0084912345678",
        "https://chat.zalo.me/?phone=+84912345678",
    ],
    "zalo:group:abcdef123": ["https://chat.zalo.me/g/abcdef123", "https://zalo.me//G//ABCDEF123#x"],
    "youtube:@minhhoatv": [
        "https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2F%40minhhoatv&gl=VN",
        "https://www.youtube.com/attribution_link?a=x&u=%2F%40MinhHoaTV",
        "https://www.youtube.com/%40minhhoatv/community",
        "https://music.youtube.com/@minhhoatv",
    ],
    f"youtube:{UC}": [
        f"https://www.youtube.com/embed/live_stream?channel={UC}",
        f"https://www.youtube.com/feeds/videos.xml?channel_id={UC}",
        f"https://www.youtube.com/{UC}",
        f"https://m.youtube.com/#/channel/{UC}",
    ],
    "youtube:user:minhhoatv": ["http://www.youtube.com/profile?user=MinhHoaTV"],
    "tiktok:@minh.hoa_tv": [
        "https://www.tiktok.com/embed/@minh.hoa_tv",
        "https://lite.tiktok.com/@minh.hoa_tv/live",
        "https://www.tiktok.com/@minh.hoa_tv/reposts",
        "https://www.tiktok.com/%40Minh.Hoa_TV.",
    ],
    "tiktok:id:6900000000000000001": ["snssdk1180://user/profile/6900000000000000001?refer=web"],
    "x:minhhoa_vn": [
        "https://twitter.com/#!/minhhoa_vn",
        "https://x.com/intent/follow?screen_name=%40minhhoa_vn",
        "https://x.com/minhhoa_vn/highlights",
    ],
    "x:id:123456": ["twitter://user?id=123456", "https://x.com/i/user/123456/"],
    "instagram:minh.hoa_": ["https://ig.me/m/minh.hoa_", "https://www.instagram.com/@Minh.Hoa_/reels/"],
    "threads:minh.hoa_": ["https://www.threads.net/%40minh.hoa_?xmt=a", "barcelona://user?username=minh.hoa_"],
    "web:tinhmau.gov.vn": [
        "https://tinhmau。gov。vn/.",
        "https://tinhmau.gov.vn/;jsessionid=ABC",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Ftinhmau.gov.vn%2F%3Ffbclid%3DIw",
        "Website: tinhmau.gov.vn;",
    ],
    "web:zalo.tinhmau.gov.vn": ["https://zalo.tinhmau.gov.vn"],
    "web:123.vn": ["123.vn"],
    "web:evil.vn": ["https://evil.vn/?u=https://www.facebook.com/xaminhhoa"],
}

NO_ACCOUNTS = [
    "https://www.facebook.com/v18.0/dialog/oauth?client_id=1",
    "https://www.facebook.com/hashtag/minh%20hoa",
    "https://www.facebook.com/favicon.ico",
    "https://www.facebook.com/profile?sk=about",
    "https://www.facebook.com/xaminhhoa/media_set?set=a.1",
    "https://business.facebook.com/latest/home?asset_id=100012345678901",
    "https://graph.facebook.com/100012345678901/picture",
    "https://www.facebook.com/sharer.php?u=https://tinhmau.gov.vn",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fyoutu.be%2FdQw4w9WgXcQ",
    "https://zalo.me/12345",
    "https://id.zalo.me/account?continue=https%3A%2F%2Fchat.zalo.me%2F",
    "https://rd.zapps.vn/detail/1234567890123456789?id=abc",
    f"https://www.youtube.com/channel/{UC}/community?lb=Ugkxabc",
    "https://www.youtube.com/@",
    "https://www.youtube.com/tv",
    "https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3Dabc",
    "twitter://status?id=1712345678901234567",
    "instagram://media?id=123",
    "https://www.instagram.com/n/minh.hoa_",
    "https://www.instagram.com/invites/contact/?i=abc",
    "https://vt.tiktok.com/",
    "https://web.archive.org/web/2020/https://www.facebook.com/xaminhhoa",
    "https://tinhmau.gov.vn/van-ban/So%2012.pdf",
    "Email: vanthu@tinhmau.gov.vn",
    "@minh.hoa_tv",
    "https://",
    "//",
    "12.KH/UBND",
    "BC.UBND/12",
    "danh-sach.xlsx",
    "Có mã QR gửi kèm theo",
    "👍👍",
    "\u200b",
]

UNRESOLVABLE = [
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fbit.ly%2Fabc",
    "https://www.facebook.com/people/Xa-Minh-Hoa/pfbid02abcDEF/",
    "https://fb.com/l/6lp1kJRRR",
    "https://linktr.ee/xaminhhoa",
    "https://s.net.vn/abc",
    "https://maps.app.goo.gl/abc",
    "https://lite.tiktok.com/t/ZSabc/",
]

HOSTILE = [
    "[https://www.facebook.com/xaminhhoa](https://evil.vn/x)",
    '<a href="https://evil.vn/">www.facebook.com/xaminhhoa</a>',
    "https://l.facebook.com/l.php?u=javascript%3Aalert(1)",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Ffacebook.com.evil.vn%2Fx",
    "https://www.facebook.com%2f.evil.vn/",
    "https://www.facebook.com%00.evil.vn/",
    "https://facebook.com%2eevil.vn/xaminhhoa",
    "https://www.facebook.com%40evil.vn/",
    "https://facebook.com․evil.vn/xaminhhoa",
    "https://facebook.com。evil.vn/xaminhhoa",
    "https://you-tube.com/@minhhoatv",
    "https://facebooook.com/xaminhhoa",
    "https://zaloo.vn/",
    "https://fb-verify.com/",
    "https://tinhmaugovvn.com/",
    "https://zaI0.me/g/abcdef123",
    "https://facebook.com.tinhmau.gov.vn/xaminhhoa",
    "https://www.tinhmau.gov.vn.vn/",
    "103.1.2.3/tinhmau.gov.vn",
    "http://①②⑦.0.0.1/",
    "http://0177.0.0.1/",
    "http://[::ffff:127.0.0.1]/",
    "java\nscript:alert(1)",
    "\\\\tinhmau.gov.vn\\share",
    "https://tinhmau.gov.vn\nxaminhhoa.vn",
    "tinhmau.gov.vn và xaminhhoa.vn",
    "https://www.facebook.com/xa%20minhhoa",
    "https://www.tiktok.com/@minh%20hoa",
    "https://www.facebook.com/xa\x00minhhoa",
    "https://www.facebook.com/xaminhhoⓐ",
    "facebook.corn/xaminhhoa",
]

ROWS = [(key, text) for key, texts in ACCOUNTS.items() for text in texts]
OTHERS = [
    (outcome, text)
    for outcome, texts in (("not_account", NO_ACCOUNTS), ("unresolvable", UNRESOLVABLE), ("rejected", HOSTILE))
    for text in texts
]


@pytest.mark.parametrize(("key", "text"), ROWS)
def test_spelling_names_the_account(key, text):
    address = read_address(text)
    assert (address.outcome, address.key) == ("account", key), address.reason


@pytest.mark.parametrize(("outcome", "text"), OTHERS)
def test_text_that_names_no_account_gets_its_outcome_and_a_sentence(outcome, text):
    address = read_address(text)
    assert (address.outcome, address.key, address.canonical_url) == (outcome, "", "")
    assert address.reason


@pytest.mark.parametrize(
    "text",
    [
        "https://www.%66acebook.com/xaminhhoa",
        "https://www.facebook.com/xaminhhoa%E2%80%8B",
        "https://www.face\tbook.com/xaminhhoa",
        "www,facebook,com/xaminhhoa",
        TARGET,
        f"https://www.google.com/url?url={TARGET}",
        "Trang https://www.facebook.com/xaminhhoa của xã",
    ],
)
def test_every_repair_is_told(text):
    assert read_address(text).warnings


def test_story_names_the_account_of_its_parameter_as_owner():
    assert read_address(f"https://m.facebook.com/story.php?story_fbid=1&id={PERSON[12:]}").owner == PERSON
