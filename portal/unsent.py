"""Words typed into a form whose session had ended: kept in the visitor's new session, given back after they come in again.

Without JavaScript nothing else would hold them. Only for views marked `keeps_unsent_words`; files are not kept.
"""

from django.contrib import messages
from django.utils import timezone

from registry.limiting import counted, fingerprint

SESSION_KEY = "unsent"
MOST_LETTERS = 25_000
AN_HOUR = 20
"""How often one visitor's words are kept within an hour: nobody fills the table of sessions."""
NOT_WORDS = ("csrfmiddlewaretoken", "act", "page", "base", "seen", "is_declared")
KEPT = (
    "Phiên làm việc đã hết. Chữ bạn vừa gõ còn được giữ: hãy đăng nhập lại, hoặc mở lại đường link trong tin nhắc, "
    "rồi mở đúng việc đang làm."
)
LOST = "Phiên làm việc đã hết nên chưa nhận được nội dung vừa gửi. Hãy đăng nhập lại, hoặc mở lại đường link trong tin nhắc."


def keeps_unsent_words(view):
    """Mark a view whose form may be given back after the session ended in the middle."""
    view.keeps_unsent_words = True
    return view


class UnsentWordsMiddleware:
    """Stands before the one that sends visitors to sign-in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        marked = getattr(view, "keeps_unsent_words", False)
        if marked and request.method == "POST" and not request.user.is_authenticated:
            messages.warning(request, KEPT if keep(request) else LOST)


def keep(request) -> bool:
    """Remember what was typed on this address; False when it is too much or too often."""
    words = {name: value for name, value in request.POST.items() if name not in NOT_WORDS}
    if sum(map(len, words.values())) > MOST_LETTERS:
        return False
    if counted(f"unsent:{fingerprint(request, timezone.now())}") > AN_HOUR:
        return False
    request.session[SESSION_KEY] = {"path": request.path, "words": words}
    return True


def take(request) -> dict:
    """What was kept for this address, once; {} when nothing was."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["path"] != request.path:
        return {}
    del request.session[SESSION_KEY]
    return kept["words"]
