"""Hosts as data: which platform answers at which host name, and which hosts never name a channel."""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HOSTS = {
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "m.me": "facebook",
    "messenger.com": "facebook",
    "fb.me": "facebook",
    "fb.watch": "facebook",
    "fb.gg": "facebook",
    "facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion": "facebook",
    "zalo.me": "zalo",
    "zaloapp.com": "zalo",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "youtube-nocookie.com": "youtube",
    "yt.be": "youtube",
    "tiktok.com": "tiktok",
    "x.com": "x",
    "twitter.com": "x",
    "t.co": "x",
    "instagram.com": "instagram",
    "instagr.am": "instagram",
    "ig.me": "instagram",
    "threads.net": "threads",
    "threads.com": "threads",
}
"""Registrable domain → platform. Sub-domains are judged by PLAIN_SUBDOMAINS."""

NAMES = {
    "facebook": "Facebook",
    "zalo": "Zalo",
    "youtube": "YouTube",
    "tiktok": "TikTok",
    "x": "X",
    "instagram": "Instagram",
    "threads": "Threads",
    "web": "website",
    "app": "kho ứng dụng",
}

LABELS = {"fb": "facebook", "face": "facebook", "insta": "instagram", "ig": "instagram", "yt": "youtube"} | {
    name: name for name in ("facebook", "zalo", "youtube", "tiktok", "x", "instagram", "threads")
}
"""Words before a colon by which people name a platform: "Fb: ubndtinhlaichau"."""

PLAIN_SUBDOMAINS = {
    "facebook": words(
        "www m web mbasic touch free business d x iphone mobile 0 p n b-m z-m beta m.beta mtouch secure h wap www.m m.www"
    )
    | {""},
    "zalo": {"", "www", "m", "chat"},
    "youtube": {"", "www", "m", "music", "gaming", "tv", "vn"},
    "tiktok": {"", "www", "m", "lite", "vt", "vm"},
    "x": {"", "www", "m", "mobile"},
    "instagram": {"", "www", "m", "l"},
    "threads": {"", "www", "m"},
}
"""Sub-domains at which the platform shows accounts. Others (developers., help., ads.) are the platform's own pages."""

LANGUAGE_SUBDOMAIN_PLATFORMS = ("facebook",)
"""en-gb.facebook.com, vi-vn.facebook.com show the same pages as www."""

SHORTENERS = words(
    """
    bit.ly bitly.com j.mp tinyurl.com goo.gl ow.ly is.gd v.gd cutt.ly rb.gy s.id t.ly shorturl.at shorturl.asia
    shorten.asia rebrand.ly buff.ly lnkd.in tiny.cc bom.so by.com.vn g.co g.page trib.al dlvr.it qr.page qrco.de
    q-r.to me-qr.com qrs.ly l.ead.me hoi.lc tny.im adf.ly soo.gd urlz.fr shope.ee amzn.to ln.run
    surl.li surl.lt app.goo.gl page.link onelink.me smarturl.it snip.ly short.gy short.io tr.ee 1link.vn
    linkshort.vn rutgonlink.vn rutgon.me forms.gle maps.app.goo.gl a.co cli.gs shrtco.de s.net.vn goo.su cutt.us
    tiny.one shorten.ee bitly.com.vn t2m.io clck.ru u.to v.ht shorte.st bl.ink soo.gl zpr.io lstu.fr kutt.it
    ouo.io bit.do dub.sh dub.co msng.link lin.ee lihi.cc reurl.cc
    linktr.ee beacons.ai taplink.cc bio.link lnk.bio campsite.bio heylink.me linkin.bio solo.to znap.link bio.site
    msha.ke hoo.be allmylinks.com linkbio.co flow.page many.link biolinky.co link.me komi.io milkshake.app
    """
)

"""Addresses that only lead on, and pages that only list other channels: which one is meant is not to be seen."""

SERVICE_HOSTS = words(
    """
    google.com google.com.vn gmail.com drive.google.com docs.google.com meet.google.com bing.com zoom.us office.com
    sharepoint.com live.com dropbox.com coccoc.com yahoo.com wikipedia.org fbcdn.net fbsbx.com facebook.net meta.com
    cdninstagram.com twimg.com ytimg.com ggpht.com googleusercontent.com googlevideo.com tiktokcdn.com tiktokv.com
    zdn.vn zadn.vn zalo.vn zalo.cloud zalopay.vn zalo.ai zalopay.com.vn googleapis.com gstatic.com workplace.com youtubekids.com
    zapps.vn zingmp3.vn archive.org archive.ph archive.is archive.today translate.goog duckduckgo.com baidu.com yandex.com
    outlook.com office365.com microsoft.com icloud.com apple.com zoom.com webex.com canva.com wetransfer.com
    """
)
"""Services of which no page is an agency's channel: search, files, forms, mail, the platforms' machinery."""

FREE_HOSTING = words(
    """
    blogspot.com wordpress.com weebly.com wixsite.com web.app firebaseapp.com github.io gitlab.io vercel.app
    netlify.app pages.dev workers.dev herokuapp.com onrender.com 000webhostapp.com business.site ueniweb.com
    webflow.io godaddysites.com mystrikingly.com carrd.co glitch.me ngrok.io ngrok-free.app trycloudflare.com
    replit.app surge.sh jimdosite.com webnode.vn notion.site ladi.me haravan.com mysapo.net sites.google.com
    """
)
"""Anyone gets a site here in a minute: an agency's name in the host proves nothing."""

RESERVED_ENDINGS = {
    "localhost",
    "local",
    "internal",
    "lan",
    "home",
    "corp",
    "intranet",
    "arpa",
    "onion",
    "invalid",
    "test",
}
"""Names that no public site can have."""

KNOWN_ENDINGS = words(
    """
    vn com net org gov edu info biz me io tv app dev online site xyz top asia pro name mobi club shop store live
    news link page cc co us uk fr jp kr cn sg th la kh ru de eu in ai am be ly gl gd gy watch vip fun icu click
    website space tech blog cloud int example tk ml ga cf gg
    """
)
"""Endings by which a text without http:// is taken for an address."""

BRANDS = {
    "facebook": "facebook.com",
    "fb": "facebook.com",
    "messenger": "messenger.com",
    "instagram": "instagram.com",
    "youtube": "youtube.com",
    "tiktok": "tiktok.com",
    "twitter": "twitter.com",
    "zalo": "zalo.me",
    "zaloapp": "zaloapp.com",
    "threads": "threads.com",
}
"""Names of platforms that fake hosts imitate → the true host."""

COMMON_ENDINGS = words("vn com net org gov edu info me")
"""Endings by which even 123.vn is an address; 12.kh/ubnd is the number of a dispatch."""

DEEP_SCHEMES = {
    "fb": "facebook",
    "fb-messenger": "facebook",
    "zalo": "zalo",
    "vnd.youtube": "youtube",
    "youtube": "youtube",
    "tiktok": "tiktok",
    "snssdk1233": "tiktok",
    "snssdk1180": "tiktok",
    "musically": "tiktok",
    "twitter": "x",
    "x": "x",
    "instagram": "instagram",
    "barcelona": "threads",
    "market": "app",
    "itms-apps": "app",
}
"""Schemes by which phones open an app."""

HOSTILE_SCHEMES = words(
    """
    javascript data file ftp ftps sftp vbscript intent blob about view-source chrome ws wss gopher dict ldap ldaps
    ssh telnet jar android-app content resource livescript filesystem feed res mhtml ms-word ms-excel search-ms smb
    nfs redis php phar expect
    """
)


def split_host(host: str) -> tuple[str, str, str]:
    """(platform, registrable domain, sub-domain) of a host of a platform; ("", "", "") for any other host."""
    labels = host.split(".")
    for cut in range(max(0, len(labels) - 3), len(labels) - 1):
        domain = ".".join(labels[cut:])
        if domain in HOSTS:
            return HOSTS[domain], domain, ".".join(labels[:cut])
    return "", "", ""


def is_known(host: str) -> bool:
    """A host of a platform or of a service that everybody shares."""
    return bool(split_host(host)[0]) or is_under(host, SERVICE_HOSTS)


def is_under(host: str, domains: frozenset[str]) -> bool:
    """Whether the host is one of the domains or below one."""
    labels = host.split(".")
    return any(".".join(labels[cut:]) in domains for cut in range(len(labels)))
