"""Pages that everybody may read, signed in or not; a proposal is on none of them."""

from tests.access import public


def agency(world):
    return {"slug": world.agency.slug}


def channel(world):
    return {"pk": world.channel.pk, "slug": world.channel.slug}


def proposed(world):
    return {"pk": world.proposed_channel.pk, "slug": world.proposed_channel.slug}


ROWS = {
    "home": public(),
    "check": [public(), public(query="?q=https://www.facebook.com/xaminhhoa")],
    "agency_list": [public(), public(query="?q=so+y+te&kind=so&page=9")],
    "agency_detail": [public(agency), public(lambda world: {"slug": "khong-co"}, 404)],
    "channel_list": [public(), public(query="?q=so+y+te&kind=website&agency_kind=so")],
    "channel_detail": [public(channel), public(proposed, 404)],
    "channel_qr_svg": [
        public(lambda world: {"pk": world.channel.pk}),
        public(lambda world: {"pk": world.proposed_channel.pk}, 404),
    ],
    "channel_qr_png": [
        public(lambda world: {"pk": world.channel.pk}),
        public(lambda world: {"pk": world.proposed_channel.pk}, 404),
    ],
    "qr": [
        public(lambda world: {"code": world.channel.qr_code}),
        public(lambda world: {"code": world.proposed_channel.qr_code}, 404),
    ],
    "robots": public(),
    "sitemap": public(),
}
