"""Every state of a product × every act × every person, through the pages: what happens, and that nothing else does.

What is expected is written here in two small tables, not taken from the code: which state an act leads to, and whose act
it is.
"""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.links import make_token
from campaigns.models import Appeal, ContentItem, ReasonCode
from campaigns.models.content_status import TRANSITIONS
from tests import builders
from tests.campaigns.test_workspace import product

pytestmark = pytest.mark.django_db

STATES = ("draft", "submitted", "changes", "approved", "published", "rejected", "withdrawn")
LEADS = {
    "edit": {"draft": "draft", "changes": "changes"},
    "submit": {"draft": "submitted", "changes": "submitted"},
    "withdraw": {"draft": "withdrawn", "submitted": "withdrawn", "changes": "withdrawn"},
    "appeal": {"rejected": "rejected"},
    "approve": {"submitted": "approved"},
    "return": {"submitted": "changes"},
    "reject": {"submitted": "rejected"},
    "publish": {"approved": "published", "published": "published"},
    "reopen": {"rejected": "submitted"},
    "assign": {"submitted": "submitted"},
    "hold": {"submitted": "submitted"},
    "release": {"submitted": "submitted"},
}
OF_THE_AGENCY = ("edit", "submit", "withdraw", "appeal")
PEOPLE = ("administrator", "reviewer", "leader", "own", "link", "other", "visitor")
DENIED = {
    "agency": {"administrator": "desk", "reviewer": "desk", "leader": "desk", "other": 404, "visitor": "sign-in"},
    "desk": {"leader": 403, "own": 403, "other": 403, "link": "sign-in", "visitor": "sign-in"},
}
"""How those are turned away whose act it isn't; whoever is missing may do it."""


class Town:
    """One product in each state, and a browser for each person."""

    def __init__(self, world, people, client_for):
        self.world, self.administrator = world, people["administrator"]
        self.browsers = {name: client_for(person) for name, person in people.items()}
        self.browsers["link"].post(reverse("signed_link", args=[make_token(world.focal, world.obligation)]))
        self.channels = [builders.make_channel(world.agency, actor=world.reviewer) for _ in range(2)]
        self.items = {state: getattr(self, state)() for state in STATES}

    def draft(self):
        return builders.draft_item(self.world.obligation, actor=self.world.focal, now=None, body=f"Lời {id(object())}")

    def submitted(self):
        item = self.draft()
        ContentItem.objects.filter(pk=item.pk).update(body=f"Lời của {item.pk}")
        item.submit(actor=self.world.focal)
        return item

    def decided(self, verb, **words):
        item = self.submitted()
        getattr(item, verb)(actor=self.world.reviewer, version=1, **words)
        return item

    def changes(self):
        return self.decided("return_for_changes", code=ReasonCode.SOURCE, note="Thiếu nguồn.")

    def approved(self):
        return self.decided("approve")

    def rejected(self):
        return self.decided("reject", code=ReasonCode.TOPIC, note="Sai chủ đề.")

    def published(self):
        item, channel = self.approved(), self.channels[1]
        item.publish(actor=self.world.reviewer, channel=channel, url=f"{channel.url}/posts/1")
        return item

    def withdrawn(self):
        item = self.submitted()
        item.withdraw(actor=self.world.focal)
        return item

    def request(self, act, item):
        """Address and form of the act, and what must be there before: an appeal to grant, a hold to lift."""
        at = [item.pk]
        if act in ("edit", "submit"):
            words = {"title": "Tên đã đổi", "link": "", "body": "Lời đã đổi", "seen": item.version}
            return reverse("item_edit", args=at), product(act="submit" if act == "submit" else "save", **words)
        if act in ("approve", "return", "reject"):
            return reverse("item_decide", args=at), {"act": act, "version": item.version, "code": ReasonCode.SOURCE}
        if act == "publish":
            channel, moment = self.channels[0], timezone.localtime().strftime("%H:%M %d/%m/%Y")
            form = {"channel": channel.pk, "url": f"{channel.url}/posts/2", "published_at": moment, "is_sure": "1"}
            return reverse("publish_item", args=at), form
        if act == "reopen":
            return reverse("appeal_decide", args=[self.appealed(item)]), {"act": "grant", "answer": ""}
        if act == "release" and item.status == "submitted":
            item.hold(actor=self.world.reviewer, reason="Chờ số liệu")
        names = {"withdraw": "item_withdraw", "appeal": "item_appeal", "assign": "item_assign"}
        form = {"reason": "Xin xem lại căn cứ", "reviewer": self.administrator.pk}
        return reverse(names.get(act, f"item_{act}"), args=at), form

    def appealed(self, item):
        """An appeal that waits, whatever the state; 0 where no decision could be appealed against."""
        decision = item.last_decision
        if not decision:
            return 0
        return Appeal.objects.create(item=item, decision=decision, reason="Xin xem lại", asked_by=self.world.focal).pk


@pytest.fixture
def town(world, administrator, leader, other_focal, client_for):
    people = {"administrator": administrator, "reviewer": world.reviewer, "leader": leader, "own": world.focal}
    return Town(world, people | {"link": None, "other": other_focal, "visitor": None}, client_for)


def trace(item):
    """All that an act could change."""
    row = ContentItem.objects.get(pk=item.pk)
    counted = (row.versions.count(), row.decisions.count(), row.publications.count(), row.appeals.count())
    return row.status, row.title, row.body, row.version, row.reviewer_id, bool(row.held_at), counted


def turned_away(answer):
    if answer.status_code != 302:
        return answer.status_code
    where = answer["Location"]
    return "sign-in" if where.startswith("/dang-nhap/") else "desk" if where == reverse("desk") else where


def fault_of(town, state, act, person):
    """Do it, look, and undo it; "" when all is as the tables say."""
    with transaction.atomic():
        item = ContentItem.objects.get(pk=town.items[state].pk)
        url, form = town.request(act, item)
        before = trace(item)
        answer = town.browsers[person].post(url, form)
        after = trace(item)
        transaction.set_rollback(True)
    denied = DENIED["agency" if act in OF_THE_AGENCY else "desk"]
    if person in denied and turned_away(answer) != denied[person]:
        return f"{person} may not {act} ({state}) but got {turned_away(answer)}"
    expected = None if person in denied else LEADS[act].get(state)
    if expected and (after == before or after[0] != expected):
        return f"{person} {act} ({state}): {after[0]} instead of {expected}, {answer.status_code}"
    if not expected and after != before:
        return f"{person} {act} ({state}): {before} became {after}"
    return ""


def faults(town, acts=tuple(LEADS)):
    cells = ((state, act, person) for state in STATES for act in acts for person in PEOPLE)
    return [fault for cell in cells if (fault := fault_of(town, *cell))]


def test_every_state_act_and_person(town):
    assert faults(town) == []


def test_the_table_sees_an_act_that_leads_elsewhere_and_one_that_is_nobodys(town, monkeypatch):
    monkeypatch.setitem(TRANSITIONS["withdraw"], "approved", "withdrawn")
    assert len(faults(town, ("withdraw",))) == 2
