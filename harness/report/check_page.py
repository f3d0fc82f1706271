#!/usr/bin/env python3
"""Holds report.html against what it promises: well-formed, self-contained, without scripts, readable by machines for people.

Usage: check_page.py FILE... | --self-test. Prints a line per fault and exits 1 when there is one.

Two parsers that are not ours read it: an XML parser (strict) and html.parser (as a browser would see the tags).
--self-test plants one fault of each kind in a page that has none and exits 0 only if every one is found.
"""
import html.parser
import pathlib
import re
import sys
import xml.etree.ElementTree as tree

FORBIDDEN = {"script", "iframe", "object", "embed", "img", "link", "base", "form", "audio", "video", "source", "image",
             "use", "foreignObject"}
LOADING = {"src", "href", "srcset", "action", "data", "poster", "background", "ping", "formaction"}
VOID = {"meta", "br", "hr"}
XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


class Tags(html.parser.HTMLParser):
    """What is open at the end, and what was closed that was not open."""

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.scripts = [], [], 0

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.scripts += tag == "script"

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes what is not open")


def element_faults(element, ids):
    name = element.tag.removeprefix(XHTML).removeprefix(SVG)
    if name in FORBIDDEN:
        yield f"<{name}> has no place here"
    for key, value in element.attrib.items():
        if key.lower().startswith("on"):
            yield f"<{name} {key}>: a handler is a script"
        if key.split("}")[-1] in LOADING and not (value.startswith("#") and value[1:] in ids):
            yield f'<{name} {key}="{value[:80]}"> leads out of the page, or to no part of it'
        if "url(" in value or "javascript:" in value.lower():
            yield f'<{name} {key}="{value[:80]}"> may load something'
    if name == "style" and re.search(r"url\(|@import|expression\(", element.text or ""):
        yield "the style sheet loads something"
    if name == "table":
        if element.find(f"{XHTML}caption") is None:
            yield "a table without a caption"
        for head in element.iter(f"{XHTML}th"):
            if head.get("scope") not in ("row", "col"):
                yield "a <th> that does not say of what it is the heading"


def heading_faults(root):
    level = 0
    for element in root.iter():
        match = re.fullmatch(r"h([1-6])", element.tag.removeprefix(XHTML))
        if not match:
            continue
        now = int(match.group(1))
        if now > level + 1:
            yield f"<h{now}> after <h{level}>: a level is left out"
        if now == 1 and level:
            yield "more than one <h1>"
        level = now
    if level == 0:
        yield "no heading"


def faults(text):
    if not text.startswith("<!DOCTYPE html>\n"):
        yield "does not begin with <!DOCTYPE html>"
    tags = Tags()
    tags.feed(text)
    yield from tags.faults
    if tags.open:
        yield f"left open: {', '.join(tags.open)}"
    if tags.scripts:
        yield "a script"
    try:
        root = tree.fromstring(text)
    except tree.ParseError as error:
        yield f"not well-formed: {error}"
        return
    if root.get("lang") is None:
        yield "the language is not named"
    named = [element.get("id") for element in root.iter() if element.get("id")]
    for name in {name for name in named if named.count(name) > 1}:
        yield f'two elements have the id "{name}"'
    for element in root.iter():
        yield from element_faults(element, set(named))
    yield from heading_faults(root)


GOOD = ('<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>t</title><style>a {}</style>'
        '</head><body><h1 id="a">x</h1><h2>y</h2><a href="#a">up</a><table><caption>c</caption><tr><th scope="row">h</th>'
        "<td>1</td></tr></table></body></html>")
PLANTED = [("<h2>y</h2>", "<h2>y</h2><script>1</script>"), ("<h2>y</h2>", "<h3>y</h3>"),
           ("<h2>y</h2>", "<h1>y</h1>"), ('href="#a"', 'href="https://example.org/"'), ('href="#a"', 'href="#b"'),
           ("<td>1", '<td onclick="x()">1'), ("<td>1", '<td style="background:url(x)">1'),
           ("<caption>c</caption>", ""), (' scope="row"', ""), ("</table>", ""), ("<td>1", "<td>1 < 2 & 3"),
           ("a {}", "@import 'x';"), (' lang="en"', ""), ("<h2>", '<h2 id="a">'), ("<!DOCTYPE html>\n", ""),
           ("<td>1", '<td><img src="x"/>1')]


def self_test():
    missed = [f"found in a page without a fault: {fault}" for fault in faults(GOOD)]
    for before, after in PLANTED:
        if not list(faults(GOOD.replace(before, after))):
            missed.append(f"not found: {after!r} in place of {before!r}")
    return missed


def main(arguments):
    if arguments == ["--self-test"]:
        found = self_test()
    else:
        found = [f"{name}: {fault}" for name in arguments for fault in faults(pathlib.Path(name).read_text("utf-8"))]
    print("\n".join(found) if found else "no fault")
    return 1 if found or not arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
