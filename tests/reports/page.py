"""Reads a page as a browser would, as far as the standard library can."""

from html.parser import HTMLParser

VOID = {"meta", "br", "img", "link", "input", "hr"}
SHAPES = {"svg", "title", "desc", "g", "rect", "text", "line", "path", "circle"}


class Page(HTMLParser):
    """Tags, attributes and texts of a page; `unclosed` and `strays` tell whether it nests."""

    def __init__(self, body: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.strays: list[str] = []
        self.unclosed: list[str] = []
        self.style = ""
        self.script = ""
        self.feed(body.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.unclosed and self.unclosed[-1] == tag:
            self.unclosed.pop()
        else:
            self.strays.append(tag)

    def handle_data(self, data: str) -> None:
        if self.unclosed and self.unclosed[-1] == "style":
            self.style += data
        elif self.unclosed and self.unclosed[-1] == "script":
            self.script += data
        else:
            self.texts.append(data)

    @property
    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}

    @property
    def attributes(self) -> set[str]:
        return {name for _, attributes in self.tags for name in attributes}

    def values(self, attribute: str) -> list[str]:
        return [found[attribute] for _, found in self.tags if attribute in found]

    @property
    def text(self) -> str:
        return "".join(self.texts)
