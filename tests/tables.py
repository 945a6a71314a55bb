"""The tables of a page as rows of words."""

from html.parser import HTMLParser


class Tables(HTMLParser):
    """Rows of words of every table on a page."""

    def __init__(self):
        super().__init__()
        self.tables, self.in_cell = [], False

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag):
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self.in_cell:
            self.tables[-1][-1][-1] += data


def tables_of(response) -> list[list[list[str]]]:
    """Tables → rows → words of the cells, headings included."""
    parser = Tables()
    parser.feed(response.content.decode())
    return parser.tables
