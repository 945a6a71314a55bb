"""Sites that have nothing to hide are not taken for fakes; true fakes still are."""

import pytest

from registry.addresses import lookalike

INNOCENT = """vnexpress.net tuoitre.vn thanhnien.vn dantri.com.vn nhandan.vn vietnamnet.vn vov.vn vtv.vn laodong.vn
baochinhphu.vn tienphong.vn zingnews.vn cafef.vn kenh14.vn soha.vn tiki.vn lazada.vn sendo.vn thegioididong.com zalora.vn
moh.gov.vn mic.gov.vn chinhphu.vn vietnamobile.com.vn viettel.vn vnpt.com.vn evn.com.vn vietcombank.com.vn agribank.com.vn
hust.edu.vn vnu.edu.vn usa.gov service.gov.uk australia.gov.au data.gov.sg bookface.org.uk wikipedia.org govinda.vn
governor.com xemay.vn baomoi.com 24h.com.vn tube.vn gou.vn instax.vn tictac.com mangovietnam.vn""".split()
FAKE = """laichau-gov.vn laichau.gov.vn.com chinhphugov.vn g0v-vn.net faceb00k.com facebook.com.evil.vn zal0.me zallo.me
laichau.qov.vn www.tinhmau.goov.vn zalo-oa.vn youtubee.com tiktok-vn.com instagrarn.com""".split()


@pytest.mark.parametrize("host", INNOCENT)
def test_innocent_host_is_not_taken_for_a_fake(host):
    assert lookalike.imitated_host(host) == ""


@pytest.mark.parametrize("host", FAKE)
def test_disguised_host_is_told(host):
    assert lookalike.imitated_host(host) != ""
