"""Pages that only lead on: the true address stands in a parameter. A log-in page is none: nobody has arrived there."""

from registry.addresses.splitting import Parts

ANY_PATH = "*"
WRAPPERS = (
    ("l.facebook.com", ANY_PATH, "u"),
    ("lm.facebook.com", ANY_PATH, "u"),
    ("l.instagram.com", ANY_PATH, "u"),
    ("l.messenger.com", ANY_PATH, "u"),
    ("l.threads.net", ANY_PATH, "u"),
    ("l.threads.com", ANY_PATH, "u"),
    ("facebook.com", "l.php", "u"),
    ("facebook.com", "flx/warn", "u"),
    ("instagram.com", "l.php", "u"),
    ("consent.youtube.com", ANY_PATH, "continue"),
    ("youtube.com", "redirect", "q"),
    ("youtube.com", "attribution_link", "u"),
    ("consent.google.com", ANY_PATH, "continue"),
    ("google.com", "url", "url"),
    ("google.com", "url", "q"),
    ("google.com.vn", "url", "url"),
    ("google.com.vn", "url", "q"),
    ("translate.google.com", "translate", "u"),
    ("safelinks.protection.outlook.com", ANY_PATH, "url"),
    ("linkedin.com", "redir/redirect", "url"),
    ("vk.com", "away.php", "to"),
    ("slack-redir.net", "link", "url"),
)
"""Host (or any host below it), path, parameter."""


def target_of(parts: Parts) -> str:
    """The address that the page leads to; "" when it is no such page. A relative one counts from the page's host."""
    path = "/".join(parts.segments)
    for host, at, name in WRAPPERS:
        if f".{parts.host}".endswith(f".{host}") and at in (ANY_PATH, path) and (target := parts.query.get(name)):
            is_relative = target.startswith("/") and not target.startswith("//")
            return f"https://{parts.host}{target}" if is_relative else target
    return ""
