"""Clean tables, and the ways in which files are messed up, one at a time.

Each pollution takes a clean table (its names and rows) and returns the bytes of a file, and what a
reader that sees through it returns: names (None where the file has none) and rows.
"""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

Row = list[str]


@dataclass(frozen=True)
class Clean:
    """A table as it should be read."""

    title: str
    names: Row | None
    rows: list[Row]

    @property
    def records(self) -> list[Row]:
        return [*([self.names] if self.names else []), *self.rows]


@dataclass(frozen=True)
class Polluted:
    """A messed-up file and what is to be read from it."""

    kind: str
    title: str
    content: bytes
    truth: Clean


def clean_tables() -> list[Clean]:
    """Return tables of different make: orders, reviews (long texts), measurements, Chinese."""
    random.seed(20260)
    first = ["Ann", "Bob", "Chloé", "Dmitri", "Eve", "Félix", "Gül", "Hana"]
    goods = ["lamp", "chair, red", "desk", "sofa; grey", "shelf", "rug"]
    orders = [
        [
            f"{1000 + n}",
            random.choice(first),
            f"{random.randint(2019, 2025)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
            random.choice(goods),
            f"{random.uniform(3, 900):.2f}",
            random.choice(["paid", "open", "late"]),
            random.choice(["", "call first", 'size 24" wide', "leave at the door"]),
        ]
        for n in range(80)
    ]
    openings = ["I ordered this", "The parcel came late", "It works, but", "Broken after two days",
                "Great value", "She said it's fine", "No reply from support"]  # fmt: skip
    endings = ["and I would buy it again.", "so I want my money back!", "the colour is wrong, too.",
               "which is not what the page says.", "thank you.", "never again; really."]  # fmt: skip
    reviews = [
        [
            f"{random.choice(openings)} {' '.join(random.choices(endings, k=random.randint(1, 3)))}",
            random.choice(["good", "bad", "mixed"]),
            str(random.randint(1, 5)),
        ]
        for _ in range(60)
    ]
    sensors = [
        [
            f"S{n % 7}",
            f"{n // 7:02}:{n % 60:02}:00",
            *(f"{random.gauss(20, 5):.3f}" for _ in range(4)),
        ]
        for n in range(100)
    ]
    words = ["质量很好", "物流太慢了", "客服态度不好，不推荐", "价格便宜", "包装破损", "还会再买"]
    chinese = [
        [str(n + 1), "，".join(random.choices(words, k=2)) + "。", random.choice(["好评", "差评"])]
        for n in range(50)
    ]
    return [
        Clean("orders", ["order", "customer", "date", "item", "price", "state", "note"], orders),
        Clean("reviews", ["review", "verdict", "stars"], reviews),
        Clean("sensors", ["sensor", "time", "north", "east", "south", "west"], sensors),
        Clean("chinese", ["编号", "评论", "类别"], chinese),
    ]


def write(
    records: list[Row],
    delimiter: str = ",",
    quote: str = '"',
    escape: str = "",
    end: str = "\n",
    always: bool = False,
    never: bool = False,
) -> str:
    """Write records; values are quoted where they must be, always or never."""
    lines = []
    for record in records:
        cells = []
        for value in record:
            special = any(mark in value for mark in (delimiter, quote, "\n", "\r"))
            blanks = delimiter == " " and value == ""
            if not never and (always or special or blanks or (escape and escape in value)):
                inner = value.replace(escape, escape * 2) if escape else value
                cells.append(f"{quote}{inner.replace(quote, (escape or quote) + quote)}{quote}")
            else:
                cells.append(value)
        lines.append(delimiter.join(cells))
    return end.join(lines) + end


Pollute = Callable[[Clean], Iterator[tuple[str, str | bytes, Clean]]]


def without(rows: list[Row], *marks: str) -> list[Row]:
    """Return the rows with some marks taken out of the values."""
    table = {ord(mark): "_" for mark in marks}
    return [[value.translate(table) for value in row] for row in rows]


def delimiters(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    for name, mark in {
        "comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " ", "colon": ":",
        "caret": "^", "tilde": "~", "double pipe": "||", "two colons": "::", "two tabs": "\t\t",
        "backslash t": "\\t", "unit separator": "\x1f",
    }.items():  # fmt: skip
        yield f"delimiter {name}", write(clean.records, mark), clean
    yield "delimiter comma blank", write(clean.records, ", "), clean
    yield "delimiter unquoted semicolon", *unquoted(clean, ";")
    yield "delimiter unquoted tab", *unquoted(clean, "\t")
    yield "delimiter unquoted pipe", *unquoted(clean, "|")


def unquoted(clean: Clean, mark: str) -> tuple[str, Clean]:
    truth = replace(clean, rows=without(clean.rows, mark, '"'))
    return write(truth.records, mark, never=True), truth


def quotes(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    yield "quote all", write(clean.records, always=True), clean
    yield "quote single", write(clean.records, quote="'"), clean
    yield "quote single all", write(clean.records, quote="'", always=True), clean
    yield "escape backslash", write(with_quotes(clean).records, escape="\\"), with_quotes(clean)
    yield "escape doubled", write(with_quotes(clean).records), with_quotes(clean)
    truth = replace(clean, rows=without(clean.rows, '"'))
    text = write(truth.records, always=True).replace(",", ", ")
    truth = replace(
        truth,
        rows=[[v.replace(",", ", ") for v in r] for r in truth.rows],
    )
    yield "blank after delimiter, quotes", text, truth


def with_quotes(clean: Clean) -> Clean:
    """Return the table with a quoted word in some values."""
    rows = [list(row) for row in clean.rows]
    place = longest_column(clean)
    for number in range(0, len(rows), 4):
        rows[number][place] = f'He said "{rows[number][place]}", then left'
    return replace(clean, rows=rows)


def longest_column(clean: Clean) -> int:
    return max(range(len(clean.rows[0])), key=lambda p: sum(len(row[p]) for row in clean.rows))


def stray_quotes(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    text = write(clean.records, always=True)
    lines = text.splitlines(keepends=True)
    number, column = len(lines) // 2, longest_column(clean)
    cells = list(clean.rows[number - 1])
    inner = f'a "very" {cells[column].replace(chr(34), "")}'
    raw = [
        f'"{inner}"' if p == column else f'"{v.replace(chr(34), chr(34) * 2)}"'
        for p, v in enumerate(cells)
    ]
    changed = [list(row) for row in clean.rows]
    changed[number - 1][column] = inner
    yield (
        "unescaped quotes in a quoted value",
        "".join([*lines[:number], ",".join(raw) + "\n", *lines[number + 1 :]]),
        replace(clean, rows=changed),
    )
    plain = replace(clean, rows=without(clean.rows, ",", '"'))
    changed = [list(row) for row in plain.rows]
    changed[number][0] = f'{changed[number][0]} 5" x'
    yield (
        "quote within an unquoted value",
        write(changed and [plain.names or [], *changed], never=True),
        replace(plain, rows=changed),
    )
    changed = [list(row) for row in plain.rows]
    lines = write([plain.names or [], *changed], never=True).splitlines(keepends=True)
    lines[number] = '"' + lines[number]
    yield "quote never closed", "".join(lines), plain
    lines = write(clean.records, always=True).splitlines(keepends=True)
    lines[number] = lines[number].replace('"', '""', 1)
    changed = [list(row) for row in clean.rows]
    changed[number - 1][0] = '"' + changed[number - 1][0]
    yield "quote doubled at the start", "".join(lines), replace(clean, rows=changed)
    lines = write(plain.records, always=True).splitlines(keepends=True)
    lines[-1] = lines[-1].rstrip("\n").removesuffix('"')
    yield "file ends inside a quote", "".join(lines), plain


def line_ends(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    for name, end in {"CRLF": "\r\n", "CR": "\r"}.items():
        yield f"line end {name}", write(clean.records, end=end), clean
    lines = write(clean.records).split("\n")
    ends = ["\n", "\r\n", "\r"]
    yield "line ends mixed", "".join(line + ends[n % 3] for n, line in enumerate(lines[:-1])), clean
    yield "line end missing at the end", write(clean.records).rstrip("\n"), clean
    yield "line ends at the end", write(clean.records) + "\n\n\n", clean
    rows = [list(row) for row in clean.rows]
    place = longest_column(clean)
    for number in range(3, len(rows), 5):
        rows[number][place] = f"{rows[number][place]}\nsecond line, with a comma\n\nfourth"
    yield "line ends in values", write([clean.names or [], *rows]), replace(clean, rows=rows)


def names(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    yield "names missing", write(clean.rows), replace(clean, names=None)
    assert clean.names
    groups = ["" if p % 2 == 0 else "group" for p in range(len(clean.names))]
    joined = [f"{g} {n}".strip() for g, n in zip(groups, clean.names, strict=True)]
    yield "names over two rows", write([groups, *clean.records]), replace(clean, names=joined)
    units = ["unit" if p else "id" for p in range(len(clean.names))]
    if clean.title in ("sensors", "orders"):
        joined = [f"{n} {u}" for n, u in zip(clean.names, units, strict=True)]
        text = write([clean.names, units, *clean.rows])
        yield "names with a row of units", text, replace(clean, names=joined)
    twice = [clean.names[0], *clean.names[:-1]]
    yield "names duplicate", write([twice, *clean.rows]), replace(clean, names=twice)
    lacking = ["", *clean.names[1:]]
    yield "name empty", write([lacking, *clean.rows]), replace(clean, names=lacking)
    again = [*clean.rows[:20], clean.names, *clean.rows[20:]]
    yield "names again in the middle", write([clean.names, *again]), clean


def around(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    text = write(clean.records)
    width = len(clean.rows[0])
    yield "preamble", "PREAMBLE\nPREAMBLE\nPREAMBLE\n" + text, clean
    yield "preamble and blank line", "Report of the year\n\n" + text, clean
    yield "preamble with comma", "Report, made by hand\nSource: office, floor 2\n\n" + text, clean
    yield "preamble with marks", ("PREAMBLE" + "," * (width - 1) + "\n") * 3 + text, clean
    yield (
        "preamble with marks, blank",
        ("PREAMBLE" + "," * (width - 1) + "\n") * 3 + "," * (width - 1) + "\n" + text,
        clean,
    )
    yield "preamble of comments", "# made by a tool\n# version 3\n" + text, clean
    yield "footer", text + "FOOTNOTE\nFOOTNOTE\nFOOTNOTE\n", clean
    yield "footer and blank line", text + "\nSource: our own figures.\n", clean
    yield "footer with marks", text + ("FOOTNOTE" + "," * (width - 1) + "\n") * 3, clean
    lines = text.splitlines(keepends=True)
    yield (
        "blank lines",
        "".join(line + ("\n" if n % 7 == 3 else "") for n, line in enumerate(lines)),
        clean,
    )
    yield "blank lines first", "\n\n" + text, clean
    rows = [[*row, ""] for row in clean.records]
    yield "blank column last", write(rows), clean
    rows = [["", *row] for row in clean.records]
    yield "blank column first", write(rows), clean
    if width > 3:
        rows = [[*row[:2], "", *row[2:]] for row in clean.records]
        yield "blank column within", write(rows), clean


def tables(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    text = write(clean.records)
    wide = [[f"c{n}" for n in range(12)], *[[f"{r}.{c}" for c in range(12)] for r in range(10)]]
    slim = [["city", "people"], *[[f"Town {r}", str(r * 1000)] for r in range(10)]]
    yield "second table, wider", text + "\n" + write(wide), clean
    yield "second table, slimmer", text + "\n" + write(slim), clean
    yield "second table at once, wider", text + write(wide), clean
    yield "second table at once, slimmer", text + write(slim), clean
    yield "second table with title", text + "\nTowns\n" + write(slim), clean
    same = [
        [f"h{n}" for n in range(len(clean.rows[0]))],
        *[[str(r)] * len(clean.rows[0]) for r in range(10)],
    ]
    if clean.title in ("sensors", "orders"):
        yield "second table, as wide", text + "\n" + write(same), clean


def widths(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    middle = len(clean.rows) // 2
    for name, number in (("first", 0), ("middle", middle), ("last", len(clean.rows) - 1)):
        rows = [list(row) for row in clean.rows]
        rows[number] = rows[number][:-1]
        truth = [list(row) for row in clean.rows]
        truth[number] = [*rows[number], ""]
        text = write([clean.names or [], *rows])
        yield f"row too short, {name}", text, replace(clean, rows=truth)
        rows = [list(row) for row in clean.rows]
        rows[number] = [*rows[number], "extra", "more"]
        yield f"row too long, {name}", write([clean.names or [], *rows]), clean
    rows = [list(row) for row in clean.rows]
    lines = write([clean.names or [], *rows]).splitlines(keepends=True)
    for name, number in (("first", 1), ("middle", middle), ("last", len(lines) - 1)):
        changed = list(lines)
        changed[number] = write([clean.rows[number - 1]], ";")
        yield f"row with another delimiter, {name}", "".join(changed), clean
        changed = list(lines)
        changed[number] = write([clean.rows[number - 1]], quote="'", always=True)
        yield f"row with other quotes, {name}", "".join(changed), clean
        quoted = with_quotes(replace(clean, rows=[clean.rows[number - 1]]))
        changed = write(clean.records, always=True).splitlines(keepends=True)
        changed[number] = write(quoted.rows, escape="\\", always=True)
        truth = [list(row) for row in clean.rows]
        truth[number - 1] = quoted.rows[0]
        yield f"row with another escape, {name}", "".join(changed), replace(clean, rows=truth)


def sizes(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    yield "one row", write([clean.names or [], clean.rows[0]]), replace(clean, rows=clean.rows[:1])
    yield (
        "two rows",
        write([clean.names or [], *clean.rows[:2]]),
        replace(clean, rows=clean.rows[:2]),
    )
    yield "names only", write([clean.names or []]), replace(clean, rows=[])
    place = longest_column(clean)
    single = Clean(
        clean.title,
        [clean.names[place]] if clean.names else None,
        [[row[place] or "-"] for row in clean.rows],
    )
    yield "one column", write(single.records), single
    yield "one column, unquoted", write(single.records, "\x00", "\x01"), single
    wide = Clean(
        clean.title,
        [f"{n}_{k}" for k in range(50) for n in clean.names or []],
        [row * 50 for row in clean.rows],
    )
    yield "many columns", write(wide.records), wide


def encodings(clean: Clean) -> Iterator[tuple[str, str | bytes, Clean]]:
    text = write(clean.records)
    for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield f"encoding {name}", text.encode(name), clean
    for name in ("cp1252", "latin-1", "mac-roman", "gb18030", "big5", "utf-7"):
        try:
            content = text.encode(name)
        except UnicodeEncodeError:
            continue
        if content.decode(name) == text and name != "utf-7":
            yield f"encoding {name}", content, clean
    middle = len(text) // 2
    yield "zeros in the file", (text[:middle] + "\0\0" + text[middle:]).encode(), clean


POLLUTIONS: tuple[Pollute, ...] = (
    delimiters, quotes, stray_quotes, line_ends, names, around, tables, widths, sizes, encodings,
)  # fmt: skip


def polluted_files() -> Iterator[Polluted]:
    """Yield every clean table with every kind of pollution."""
    for clean in clean_tables():
        for pollute in POLLUTIONS:
            for kind, content, truth in pollute(clean):
                data = content.encode() if isinstance(content, str) else content
                yield Polluted(kind, clean.title, data, truth)


def cells_f1(read: list[Row], truth: list[Row]) -> float:
    """Return the F1 of the cells of the records, each with its value and its column."""
    found = Counter((place, value) for row in read for place, value in enumerate(row))
    wanted = Counter((place, value) for row in truth for place, value in enumerate(row))
    common = (found & wanted).total()
    return 2 * common / max(1, found.total() + wanted.total())


def records_of_csv(text: str) -> list[Row]:
    """Return the records of a plain CSV."""
    return list(csv.reader(io.StringIO(text, newline="")))
