"""What the tests of written reports share: the demo company, a company of hostile texts, a page as a tree."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from pathlib import Path

from sqlmodel import select

from revisit import db
from revisit.demo import make_spreadsheets
from revisit.models import Company, Customer, Revisit
from tests.support import Program
from tests.test_reports import Call, Seed, fill, march

TODAY = "2026-03-12 10:00"
HOSTILE = (
    "<script>window.hit = 1</script>", "\"><img src='http://127.0.0.1:9/x' onerror='window.hit = 1'>", "=cmd|'/c calc'!A1",
    "</title></style><b>&amp;&#60;", "a\u202eb\u2066c\u200f", "' OR 1=1 --", "`x` [y](http://127.0.0.1:9/z) **b** | c", "../../x",
    "javascript:window.hit=1", "{name} %s $HOME", "+1+1", "@SUM(A1)",
)  # fmt: skip
WORDS = 60
EMPTY = frozenset({"meta", "link", "br", "img", "input"})


def fill_demo(revisit: Program, folder: Path) -> None:
    """The company of `revisit demo`, at the time of the tests."""
    files = make_spreadsheets(folder, date(2026, 3, 12))
    for kind, path in (
        ("customers", files.customers), ("orders", files.orders), ("revisits", files.revisits),
        ("sales-followups", files.sales_follow_ups),
    ):  # fmt: skip
        done = revisit("import", kind, str(path))
        assert "imported" in done.out, done.err


def fill_hostile(revisit: Program, folder: Path) -> None:
    """Texts that would like to be markup, formulas or commands, wherever a report shows a text; and long suggestions."""
    seeds = [
        Seed(
            f"H{place:02d}",
            orders=[(march(2), march(2))],
            calls=[Call(march(3 + place % 20), satisfaction="dissatisfied", reason=text)],
            reps=[(None, "wang")],
            region=text,
            grade=text,
        )
        for place, text in enumerate((*HOSTILE, *("plain",) * 12))
    ]
    fill(revisit.url, [*seeds, *(Seed(f"N{place:02d}") for place in range(20))])
    with db.writing(revisit.url) as session:
        session.exec(select(Company)).one().name = HOSTILE[0]
        names = {}
        for place, one in enumerate(session.exec(select(Customer).order_by(Customer.id)).all()):  # type: ignore[arg-type]
            one.name = HOSTILE[place % len(HOSTILE)]
            names[one.id] = one.name
        for place, revisited in enumerate(session.exec(select(Revisit).order_by(Revisit.id)).all()):  # type: ignore[arg-type]
            revisited.suggestion = f"{names[revisited.customer_id]} " + " ".join(tokens(place))
        session.commit()


def tokens(place: int) -> list[str]:
    """The words of the suggestion at a place, each found nowhere else."""
    return [f"s{place:02d}w{word:02d}" for word in range(WORDS)]


class Element:
    """An element of a page: its tag, attributes, the text in it, and what it contains."""

    def __init__(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tag, self.attributes = tag, attributes
        self.text = ""
        self.inside: list[Element] = []

    def all(self, *tags: str) -> list[Element]:
        """The elements of these tags in it, in order; without a tag all of them."""
        found = []
        for one in self.inside:
            if not tags or one.tag in tags:
                found.append(one)
            found += one.all(*tags)
        return found


class Page(HTMLParser):
    """A page as a tree; every element must be closed where it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]
        self.feed(text)
        self.close()
        assert self.open == [self.root], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _value in attrs}) == len(attrs), f"an attribute of {tag} stands twice"
        made = Element(tag, dict(attrs))
        self.open[-1].inside.append(made)
        if tag not in EMPTY:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for one in self.open:
            one.text += data


def outline(text: str) -> str:
    """What a page consists of, a line for each part: headings, tables with their columns and rows, plots and what they say."""
    lines = []
    for one in Page(text).root.all("html", "h1", "h2", "figcaption", "table", "p", "svg", "dt"):
        match one.tag:
            case "html":
                lines.append(f"lang {one.attributes['lang']}")
            case "table":
                (caption,) = one.all("caption")
                titles = [th.text for th in one.all("thead")[0].all("th")]
                shape = " ".join(filter(None, (one.attributes.get("class"), f"{len(one.all('tr')) - 1} rows")))
                lines.append(f"table ({shape}) {caption.text}: {' | '.join(titles)}")
            case "svg" if one.attributes.get("class") == "plot":
                lines.append(f"plot {' – '.join(part.text for part in one.all('title', 'desc') if part.attributes)}")
            case "svg":
                continue
            case tag:
                lines.append(f"{tag} {one.text}")
    return "\n".join(lines) + "\n"
