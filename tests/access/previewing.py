"""Who reads and plays files at the desk: the province's staff, and only what was handed in."""

from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.attaching import attach
from tests.access import Row, staff_page
from tests.builders import draft_item
from tests.documents import pdf_of


def paper(world):
    """A document of a submitted product."""
    product = draft_item(world.obligation, actor=world.focal, now=None)
    assert attach(product, [SimpleUploadedFile("bai.pdf", pdf_of("Bài viết"))], world.focal) == []
    product.submit(actor=world.focal)
    return {"pk": product.files.get().pk}


def paper_put_on_after_the_return(world):
    """A document that the agency put on a returned product and has not handed in."""
    world.item.return_for_changes(actor=world.reviewer, version=1, code="link", note="Mở không được.")
    assert attach(world.item, [SimpleUploadedFile("bai.pdf", pdf_of("Bài viết"))], world.focal) == []
    return {"pk": world.item.files.get().pk}


UNSEEN = Row(paper_put_on_after_the_return, leader=404, reviewer=404, administrator=404)
ROWS = {"file_words": [staff_page(paper), UNSEEN], "file_open": [staff_page(paper), UNSEEN]}
