"""What every page's frame needs: whose portal this is, what this person may open, and how many notices wait."""

from dataclasses import dataclass

from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from registry.models.message import Notice

PUBLIC_NAV = (("check", "Kiểm tra"), ("agency_list", "Cơ quan"), ("channel_list", "Kênh"))
FOCAL_NAV = (("my_work", "Việc của tôi"), ("notices", "Thông báo"))
DESK_NAV = (
    ("desk", "Điều hành"),
    ("review_queue", "Chờ duyệt"),
    ("publish_list", "Chờ đăng"),
    ("grid", "Bảng theo dõi"),
    ("month_report", "Báo cáo"),
    ("campaign_list", "Đợt truyền thông"),
    ("group_list", "Mạng lưới"),
    ("messages", "Tin gửi"),
    ("unreachable", "Cần gọi"),
    ("fake_list", "Trang giả"),
)
BELOW = (
    ("/dieu-hanh/dau-viec/", "desk"),
    ("/dieu-hanh/san-pham/", "review_queue"),
    ("/dieu-hanh/dau-moi/", "review_queue"),
    ("/dieu-hanh/kenh/", "review_queue"),
    ("/dieu-hanh/don-vi/", "grid"),
    ("/dieu-hanh/dang-bai/", "publish_list"),
    ("/dieu-hanh/lich-dang/", "publish_list"),
    ("/dieu-hanh/ket-noi/", "publish_list"),
    ("/dieu-hanh/con-thieu/", "group_list"),
    ("/dieu-hanh/luot-dang/", "publish_list"),
    ("/dieu-hanh/so-lieu-dang/", "publish_list"),
    ("/dieu-hanh/noi-dung-trong-tam/", "campaign_list"),
    ("/dieu-hanh/de-nghi/", "review_queue"),
    ("/dieu-hanh/mau-chu/", "month_report"),
    ("/dieu-hanh/chot-ky/", "month_report"),
    ("/dieu-hanh/tai-ve/", "month_report"),
    ("/dieu-hanh/gui-bao-cao/", "month_report"),
    ("/dieu-hanh/nhac-han/", "messages"),
)
"""Pages whose address does not begin with that of the link under which people look for them."""
ADMIN_NAV = ("admin:index", "Quản trị")


@dataclass(frozen=True)
class NavItem:
    """One link of the header."""

    name: str
    words: str
    url: str
    is_current: bool


def portal(request):
    """Context processor of all templates."""
    user = getattr(request, "user", None)
    return {
        "province_name": settings.PROVINCE_NAME,
        "portal_name": settings.PORTAL_NAME,
        "province_office": settings.PROVINCE_OFFICE,
        "hotline": settings.HOTLINE,
        "logo_url": static(settings.PROVINCE_LOGO or "logo.svg"),
        "nav": SimpleLazyObject(lambda: nav_for(user, request.path)),
        "unread_notices": SimpleLazyObject(lambda: unread_notices(user)),
    }


def nav_for(user, path):
    """Links of the header for a person; someone who came by a signed link sees only public ones."""
    if user is None or not user.is_authenticated or user.scope:
        names = PUBLIC_NAV
    elif not user.is_province_staff:
        names = FOCAL_NAV + PUBLIC_NAV[:1]
    else:
        names = DESK_NAV + ((ADMIN_NAV,) if user.is_staff else ())
    links = [(name, words, address_of(name)) for name, words in names]
    current = current_of(links, path)
    return [NavItem(name, words, url, name == current) for name, words, url in links if url]


def current_of(links, path):
    """Name of the link under which a page stands: the longest address that the page's own begins with."""
    known = [*BELOW, *((url, name) for name, _, url in links if url)]
    matching = [pair for pair in known if path.startswith(pair[0])]
    return max(matching, key=lambda pair: len(pair[0]), default=("", ""))[1]


def address_of(name):
    """Address of a page, or "" while it isn't there."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def unread_notices(user):
    """How many in-app notices wait for this person: one cheap count, only when the page shows it."""
    if user is None or not user.is_authenticated:
        return 0
    return Notice.objects.visible_to(user).unread().count()
