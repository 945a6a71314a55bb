"""The quick way for plain texts gives what the long way gives."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from portal.lib import text

PLAIN = st.text(alphabet=[*text.VIETNAMESE, *map(chr, range(32, 127))], max_size=40)


@given(words=PLAIN)
def test_a_plain_line_is_its_own_clean_line_and_folds_as_any_other(words):
    line = " ".join(words.split())
    assert text.clean_line(words) == line
    assert text.fold(words) == text._folded(line)
    assert unicodedata.normalize("NFC", line) == line


def test_what_needs_cleaning_is_not_plain():
    for words in ("", " a", "a  b", "a\u00a0b", "a\u200b", "e\u0301", "a\n", "ȁ"):
        assert not text.is_plain_line(words)
