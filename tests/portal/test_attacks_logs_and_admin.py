"""The log of personal data only grows; the administration pages answer crafted addresses and change only what they show."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from registry.models import PersonalDataAccess

HUGE = "9" * 25


@pytest.mark.parametrize(
    "attack",
    [
        lambda row: PersonalDataAccess.objects.update(subject="khác"),
        lambda row: PersonalDataAccess.objects.all().delete(),
        lambda row: PersonalDataAccess.objects.bulk_update([row], ["subject"]),
        lambda row: row.save(),
        lambda row: row.delete(),
    ],
)
def test_the_log_of_personal_data_only_grows(attack, reviewer):
    row = PersonalDataAccess.objects.create(actor=reviewer, act="Xem số", subject="Vi Thị Đầu")
    with pytest.raises(ValidationError):
        attack(row)
    assert PersonalDataAccess.objects.get().subject == "Vi Thị Đầu"


@pytest.mark.parametrize("query", [f"id__in={HUGE}", "created_at__year=99999", "p=abc", "o=99", "status__exact=la"])
@pytest.mark.parametrize("model", ["agency", "channel", "contactpoint", "user", "knownfake"])
def test_no_filter_breaks_a_list_of_the_administration(query, model, client_for, administrator):
    answer = client_for(administrator).get(f"/quan-tri/registry/{model}/?{query}")
    assert answer.status_code in (200, 302, 400)


def test_the_administration_keeps_facts_that_it_only_shows(client_for, administrator, world):
    channel = world.channel
    crafted = {
        "name": channel.name, "status": "closed", "url": "https://evil.example/", "agency": "0", "qr_code": "AAAA",
        "keys-TOTAL_FORMS": "1", "keys-INITIAL_FORMS": "0", "keys-0-key": "facebook:evil",
    }  # fmt: skip
    client_for(administrator).post(f"/quan-tri/registry/channel/{channel.pk}/change/", crafted)
    before = (channel.status, channel.url, channel.qr_code, channel.agency_id)
    channel.refresh_from_db()
    assert (channel.status, channel.url, channel.qr_code, channel.agency_id) == before
    assert not channel.keys.filter(key="facebook:evil").exists()


def test_nobody_raises_a_role_by_hand(client_for, reviewer, health_focal):
    data = {
        "full_name": "Ai Đó",
        "email": health_focal.email,
        "phone": "",
        "role": "administrator",
        "is_superuser": "1",
    }
    client_for(reviewer).post(f"/quan-tri/registry/user/{health_focal.pk}/change/", data)
    client_for(health_focal).post(reverse("account_settings"), data)
    health_focal.refresh_from_db()
    assert (health_focal.role, health_focal.is_staff, health_focal.is_superuser) == ("focal_point", False, False)
