"""Look-alikes are found through indexes: the same answers as reading every key of the register."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import recognising
from registry.addresses import lookalike
from registry.models import Agency, Channel, ChannelKey
from registry.models.agency import spellings
from registry.verdict import judge
from tests import builders

TODAY = date(2026, 3, 2)
ONSETS = ("b", "ch", "d", "l", "m", "ng", "s", "th", "x")
RIMES = ("a", "ai", "an", "en", "inh", "o", "u", "uong")
ALPHABET = "abcdeghilmnoprstuvxy01469.rnvvcl"


def name_of(chance):
    tail = "".join(chance.choice(ONSETS) + chance.choice(RIMES) for _ in range(chance.choice((1, 2, 2, 3))))
    return chance.choice(("ubndxa", "ubndphuong", "so", "congan", "", "trungtamhanhchinhcongxa")) + tail


def spoilt(chance, name):
    """What a faker or a clumsy finger makes of a name."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(name))
        match chance.randrange(6):
            case 0:
                name = name[:at] + name[at + 1 :]
            case 1:
                name = name[:at] + chance.choice(ALPHABET) + name[at:]
            case 2:
                name = name[:at] + chance.choice(ALPHABET) + name[at + 1 :]
            case 3:
                name = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
            case 4:
                name = chance.choice(("tintuc", "", "vn", "abc")) + name + chance.choice(("official", "news24h", "xyz"))
            case 5:
                name = name.translate(str.maketrans("oaelm", "0431n"))
        name = name or "x"
    return name


def fill_register(chance, count):
    """Keys of a few hundred channels of agencies that live."""
    actor = builders.make_staff("nguoi-ghi", "Người Ghi", "administrator")
    agencies = [builders.make_agency(f"Ủy ban nhân dân xã Tên {name_of(chance)}", actor=actor) for _ in range(8)]
    shapes = ("facebook:{}", "youtube:@{}", "zalo:alias:{}", "web:{}.gov.vn", "facebook:group:{}", "zalo:oa:{}")
    names = sorted({shape.format(name_of(chance)) for shape in shapes for _ in range(count // len(shapes))})
    sample = builders.make_channel(agencies[0], actor=actor)
    sample.keys.all().delete()
    rows = []
    for index, key in enumerate(names):
        channel = Channel.objects.get(pk=sample.pk)
        channel.pk, channel.qr_code, channel.agency = None, "", agencies[index % 8]
        channel.derive()
        rows.append((channel, ChannelKey(channel=channel, key=key, is_live=True)))
    Channel.objects.bulk_create([channel for channel, _ in rows])
    for channel, key in rows:
        key.channel = channel
        key.derive()
    ChannelKey.objects.bulk_create([key for _, key in rows])
    return names


@pytest.mark.django_db
def test_index_and_rule_find_what_reading_every_key_finds():
    chance = random.Random(20261121)
    keys = fill_register(chance, 300)
    known = list(ChannelKey.objects.filter(is_live=True).order_by("pk").values_list("key", flat=True))
    found = 0
    for _ in range(250):
        base = chance.choice(keys)
        platform, _, name = base.rpartition(":")
        key = f"{chance.choice((platform, 'facebook', 'tiktok'))}:{spoilt(chance, name)}"
        if key in known:
            continue
        near = lookalike.nearest(key, known)
        channel = recognising.lookalike_of(key)
        assert (channel.keys.get().key if channel else "") == near, key
        found += bool(near)
    assert found > 80


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="abcdghilmnorstuvwxy0159éđо", min_size=8, max_size=24), st.randoms(use_true_random=False))
def test_a_close_shape_is_among_the_neighbouring_profiles_and_letters(name, chance):
    other = name
    for _ in range(2):
        at = chance.randrange(len(other))
        cut = chance.choice(
            (other[:at] + other[at + 1 :], other[:at] + "n" + other[at:], other[:at] + "q" + other[at + 1 :])
        )
        other = cut or other
    mine, theirs = lookalike.skeleton(name), lookalike.skeleton(other)
    edits = lookalike.distance(mine, theirs, 2)
    if edits <= 2:
        assert lookalike.profile(theirs) in lookalike.profiles_near(mine, 2)
        assert (lookalike.letters(mine) ^ lookalike.letters(theirs)).bit_count() <= 4


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abgnosr01lx", min_size=4, max_size=12), st.text(alphabet="abnewsvt24", max_size=12))
def test_a_name_inside_another_is_among_the_anchors(name, added):
    for mine in (added + name, name + added, f"{added}{name}{added}"):
        if lookalike.nearest(f"facebook:{mine}", [f"facebook:{name}"]) and len(name) >= 8:
            shape, theirs = lookalike.skeleton(mine), lookalike.skeleton(name)
            is_close = lookalike.distance(shape, theirs, 2) <= 2
            assert is_close or theirs[: lookalike.ANCHOR] in lookalike.anchors_inside(shape)


@pytest.mark.django_db
def test_agencies_named_in_a_page_are_those_that_reading_every_name_finds(reviewer):
    chance = random.Random(7)
    names = ["Sở Y tế", "Sở Tư pháp", "Văn phòng Ủy ban nhân dân tỉnh", "Ủy ban nhân dân xã Tà"]
    names += sorted({f"Ủy ban nhân dân xã {name_of(chance)}" for _ in range(40)})
    for name in names:
        builders.make_agency(name, actor=reviewer)
    agencies = list(Agency.objects.active())
    pages = ["tintucsoyte", "vanphongubndtinh", "vanphongtinhmau", "ubndxata", "xata", "soyt", "uybannhandanxatanews"]
    pages += [f"{name_of(chance)}{name_of(chance)}" for _ in range(60)]
    for page in pages:
        sizes = {
            agency.pk: max(
                (len(form) for form in spellings(agency.name_norm) if len(form) >= 5 and form in page), default=0
            )
            for agency in agencies
        }
        longest = max(sizes.values())
        expected = sorted(pk for pk, size in sizes.items() if size and size == longest)[:5]
        assert [agency.pk for agency in recognising.agencies_named(page)] == expected, page


def test_renamed_and_closed_agencies_follow_their_names(health, reviewer):
    health.rename(actor=reviewer, name="Sở Sức khoẻ", on=date(2026, 2, 1))
    assert recognising.agencies_named("tinsoyte") == []
    assert recognising.agencies_named("tinsosuckhoe") == [health]
    health.close(actor=reviewer, on=date(2026, 3, 1), reason="Sáp nhập")
    assert recognising.agencies_named("tinsosuckhoe") == []


def test_look_alikes_follow_the_life_of_a_channel(health, reviewer):
    page = builders.make_channel(health, actor=reviewer, url="https://www.facebook.com/soytetinhmau")
    fake = "https://www.facebook.com/s0ytetinhmau"
    assert judge(fake, TODAY).verdict == "lookalike"
    page.suspend(actor=reviewer, reason="Bị chiếm quyền")
    assert judge(fake, TODAY).verdict == "no_information"
    page.resume(actor=reviewer)
    assert judge(fake, TODAY).verdict == "lookalike"
    page.close(actor=reviewer, reason="Bỏ")
    assert judge(fake, TODAY).verdict == "no_information"


def test_shapes_in_the_database_are_those_of_today():
    """Whoever changes these letters adds a migration that writes shape, profile and letters of every key again."""
    names = ("soytetinhmau", "s0yte-tinhrnau", "ubndxaclou1", "đoànthanhniên", "vvebsite")
    shapes = [lookalike.skeleton(lookalike.handle(f"facebook:{name}")) for name in names]
    assert shapes == ["soytetlnhmau", "soytetlnhmau", "ubndxadoul", "doanthanhnlen", "webslte"]
    assert [lookalike.profile(shape) for shape in shapes[:2]] == [lookalike.profile("soytetlnhmau")] * 2
    assert (lookalike.profile(shapes[0]), lookalike.letters(shapes[0])) == (8899979657345, 286027662037265)
