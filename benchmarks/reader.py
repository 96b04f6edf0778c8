"""Files as people have them: each kind of pollution on clean tables, read with no hint at all.

    python benchmarks/reader.py                 # a table by kind, beside DuckDB and CleverCSV
    python benchmarks/reader.py --only textlode --show

A cell counts as found when its value stands in its column as often as it should; names are a row
of their own. F1 is over cells, an error of a reader is 0. What a file lacks (a name, a cell of a
short row) is expected as empty; what it has too much is expected as the contract of the reader
says: kept apart, not in the table.
"""

import argparse
import csv
import io
import random
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

Rows = list[list[str]]


@dataclass(frozen=True)
class Clean:
    """A table as it should be read: `names` is empty where the file has none."""

    names: list[str]
    rows: Rows


@dataclass(frozen=True)
class Pollution:
    """One polluted file: its content and the table that it holds."""

    content: bytes
    expected: Clean
    ending: str = "csv"


@dataclass
class Score:
    """The F1 of each reader by kind."""

    by_kind: dict[str, list[float]] = field(default_factory=dict)


# -- clean tables


def sales(rng: random.Random, rows: int = 120) -> Clean:
    """Numbers, dates, short words; some cells empty, some with the delimiter in them."""
    cities = ["Berlin", "São Paulo", "New York", "Łódź", "Kyiv", "Oslo", "Lyon, FR", "Rome"]
    names = ["order_id", "date", "customer", "city", "amount", "paid"]
    people = ["Ann Lee", "O'Neil, Sam", "Zoë Gray", "Max Mund", "Li Wei", 'Bob "Bo" Ray']
    made = [
        [
            f"{number:05d}",
            f"2023-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            rng.choice(people),
            rng.choice(cities),
            f"{rng.uniform(1, 2000):.2f}" if rng.random() > 0.05 else "",
            rng.choice(["yes", "no"]),
        ]
        for number in range(1, rows + 1)
    ]
    return Clean(names, made)


WORDS = [
    "the", "battery", "lasts", "two", "days", "but", "screen", "is", "dim", "after", "update",
    "phone", "restarts", "often", "great", "value", "delivery", "was", "late", "box", "arrived",
    "damaged", "support", "never", "answered", "my", "second", "order", "works", "fine", "would",
    "buy", "again", "cheap", "plastic", "feel", "sound", "quality", "amazing", "for", "price",
    "too", "loud", "fan", "noise",
]  # fmt: skip


def reviews(rng: random.Random, rows: int = 100) -> Clean:
    """Free texts with commas, semicolons, quotes, and a label."""
    made = []
    for number in range(1, rows + 1):
        words = [rng.choice(WORDS) for _ in range(rng.randint(6, 30))]
        words[rng.randrange(len(words))] += rng.choice([",", ";", ".", ":", "!", ' "ok"', " - "])
        text = " ".join(words).capitalize() + rng.choice([".", "!", "", "?"])
        made.append([f"r{number}", text, rng.choice(["positive", "negative", "neutral"])])
    return Clean(["review_id", "text", "sentiment"], made)


def survey(rng: random.Random, rows: int = 90) -> Clean:
    """Words alone: nothing but the words themselves tells the names from the rows."""
    made = [
        [
            rng.choice(["north", "south", "east", "west"]),
            rng.choice(["Teacher", "Nurse", "Engineer", "Clerk", "Baker", "Retired"]),
            rng.choice(["agree", "disagree", "strongly agree", "neither", ""]),
            " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 9))),
        ]
        for _ in range(rows)
    ]
    return Clean(["region", "occupation", "answer", "remark"], made)


def measures(rng: random.Random, rows: int = 150) -> Clean:
    """Numbers alone below short names."""
    made = [
        [str(number), *(f"{rng.gauss(20, 5):.3f}" for _ in range(6)), str(rng.randint(0, 999))]
        for number in range(rows)
    ]
    return Clean(["t", "s1", "s2", "s3", "s4", "s5", "s6", "hits"], made)


# -- writing


def write(
    table: Clean,
    delimiter: str = ",",
    quote: str = '"',
    escape: str = "",
    end: str = "\n",
    every: bool = False,
    after: str = "",
) -> str:
    """Write a table in a dialect, names first."""
    lines = [
        (delimiter + after).join(
            cell_text(cell, delimiter, quote, escape, every, bool(after)) for cell in row
        )
        for row in ([table.names] if table.names else []) + table.rows
    ]
    return "".join(line + end for line in lines)


def cell_text(cell: str, delimiter: str, quote: str, escape: str, every: bool, padded: bool) -> str:
    """Write one cell, quoted where it has to be."""
    needs = any(mark in cell for mark in (delimiter, quote, "\n", "\r") if mark)
    if padded and cell.startswith(" "):
        needs = True
    if quote and (needs or every):
        inner = cell
        if escape:
            inner = inner.replace(escape, escape * 2)
        return quote + inner.replace(quote, (escape or quote) + quote) + quote
    if needs and escape:
        for mark in (escape, delimiter):
            cell = cell.replace(mark, escape + mark)
        return cell
    return cell


def without(table: Clean, *marks: str) -> Clean:
    """Return a table whose cells hold none of some marks."""

    def bare(cell: str) -> str:
        for mark in marks:
            cell = cell.replace(mark, "/" if mark != '"' else "")
        return cell

    return Clean([bare(n) for n in table.names], [[bare(c) for c in row] for row in table.rows])


def plain(text: str, expected: Clean, encoding: str = "utf-8", ending: str = "csv") -> Pollution:
    return Pollution(text.encode(encoding), expected, ending)


# -- pollutions

Polluter = Callable[[Clean, random.Random], Pollution]
KINDS: dict[str, Polluter] = {}


def kind(name: str) -> Callable[[Polluter], Polluter]:
    def register(make: Polluter) -> Polluter:
        KINDS[name] = make
        return make

    return register


KINDS["clean"] = lambda t, r: plain(write(t), t)
KINDS["no last line end"] = lambda t, r: plain(write(t).rstrip("\n"), t)
KINDS["line ends CRLF"] = lambda t, r: plain(write(t, end="\r\n"), t)
KINDS["line ends CR"] = lambda t, r: plain(write(t, end="\r"), t)
for _mark, _name in (
    (";", "semicolon"), ("\t", "tab"), ("|", "bar"), (" ", "space"), (":", "colon"),
    ("^", "caret"), ("~", "tilde"), ("\x1f", "unit separator"), ("||", "||"), ("::", "::"),
    ("~|~", "~|~"), (";;", ";;"),
):  # fmt: skip
    KINDS[f"delimiter {_name}"] = lambda t, r, mark=_mark: plain(write(t, mark), t)
KINDS["delimiter with blank"] = lambda t, r: plain(write(t, after=" "), t)
KINDS["quote single"] = lambda t, r: plain(write(t, quote="'"), t)
KINDS["quote single, semicolon"] = lambda t, r: plain(write(t, ";", quote="'"), t)
KINDS["quotes on every cell"] = lambda t, r: plain(write(t, every=True), t)
KINDS["escape backslash"] = lambda t, r: plain(write(t, escape="\\", every=True), t)
KINDS["escape backslash, few"] = lambda t, r: plain(write(t, escape="\\"), t)


@kind("quote none")
def _(table: Clean, rng: random.Random) -> Pollution:
    bare = without(table, "\t")
    return plain(write(bare, "\t", quote=""), bare)


@kind("quote none, backslash")
def _(table: Clean, rng: random.Random) -> Pollution:
    return plain(write(table, ",", quote="", escape="\\"), table)


@kind("line ends mixed")
def _(table: Clean, rng: random.Random) -> Pollution:
    lines = write(table).split("\n")[:-1]
    return plain("".join(line + rng.choice(["\n", "\r\n", "\r"]) for line in lines), table)


@kind("no names")
def _(table: Clean, rng: random.Random) -> Pollution:
    bare = Clean([], table.rows)
    return plain(write(bare), bare)


@kind("title above")
def _(table: Clean, rng: random.Random) -> Pollution:
    return plain("Report of the third quarter\n" + write(table), table)


@kind("preamble above")
def _(table: Clean, rng: random.Random) -> Pollution:
    above = "# exported by Tool 2.1\n# user: anna, date: 2024-01-31\n#\n\n"
    return plain(above + write(table), table)


@kind("preamble with cells")
def _(table: Clean, rng: random.Random) -> Pollution:
    above = "Company;Acme\nPeriod;2024\n\n"
    return plain(above + write(table, ";"), table)


@kind("names in two lines")
def _(table: Clean, rng: random.Random) -> Pollution:
    upper = ["Group A" if i < len(table.names) / 2 else "Group B" for i in range(len(table.names))]
    joined = [f"{a} {b}" for a, b in zip(upper, table.names, strict=True)]
    text = write(Clean(upper, [])) + write(table)
    return plain(text, Clean(joined, table.rows))


@kind("names in two lines, gaps")
def _(table: Clean, rng: random.Random) -> Pollution:
    upper = [""] * len(table.names)
    upper[0], upper[len(upper) // 2] = "Who", "What"
    joined = [f"{a} {b}".strip() for a, b in zip(upper, table.names, strict=True)]
    return plain(write(Clean(upper, [])) + write(table), Clean(joined, table.rows))


@kind("footer")
def _(table: Clean, rng: random.Random) -> Pollution:
    return plain(write(table) + f"Total: {len(table.rows)} rows\n", table)


@kind("footer after blank")
def _(table: Clean, rng: random.Random) -> Pollution:
    return plain(write(table) + "\nSource: own survey\nPrinted on Monday\n", table)


@kind("blank lines")
def _(table: Clean, rng: random.Random) -> Pollution:
    lines = write(table).split("\n")[:-1]
    for place in sorted(rng.sample(range(2, len(lines)), 5), reverse=True):
        lines.insert(place, "")
    return plain("\n".join(lines) + "\n\n\n", table)


@kind("blank rows at the end")
def _(table: Clean, rng: random.Random) -> Pollution:
    return plain(write(table) + ("," * (len(table.names) - 1) + "\n") * 4, table)


@kind("blank column")
def _(table: Clean, rng: random.Random) -> Pollution:
    wide = Clean([*table.names, ""], [[*row, ""] for row in table.rows])
    return plain(write(wide), table)


@kind("blank first column")
def _(table: Clean, rng: random.Random) -> Pollution:
    wide = Clean(["", *table.names], [["", *row] for row in table.rows])
    return plain(write(wide), table)


@kind("short rows")
def _(table: Clean, rng: random.Random) -> Pollution:
    rows = [list(row) for row in table.rows]
    texts = [list(row) for row in rows]
    for place in rng.sample(range(len(rows)), 5):
        rows[place][-1] = ""
        texts[place] = texts[place][:-1]
    return plain(write(Clean(table.names, texts)), Clean(table.names, rows))


@kind("long rows")
def _(table: Clean, rng: random.Random) -> Pollution:
    rows = [list(row) for row in table.rows]
    for place in rng.sample(range(len(rows)), 5):
        rows[place].append("surplus")
    return plain(write(Clean(table.names, rows)), table)


@kind("quotes not escaped")
def _(table: Clean, rng: random.Random) -> Pollution:
    rows = [list(row) for row in table.rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(table.names)
    place = max(range(len(table.names)), key=lambda p: len(rows[0][p]))
    for number, row in enumerate(rows):
        if number % 10 == 3:
            row[place] = f'the "{row[place].split()[0]}" one, again'.replace('""', '"')
        cells = [f'"{cell}"' if number % 10 == 3 else cell_text(cell, ",", '"', "", False, False)
                 for cell in row]  # fmt: skip
        text.write(",".join(cells) + "\n")
    return plain(text.getvalue(), Clean(table.names, rows))


@kind("stray quotes")
def _(table: Clean, rng: random.Random) -> Pollution:
    bare = without(table, '"')
    rows = [list(row) for row in bare.rows]
    text = write(Clean(bare.names, []))
    for number, row in enumerate(rows):
        cells = [cell_text(cell, ",", '"', "", False, False) for cell in row]
        if number % 12 == 5:
            row[1] = row[1].replace(",", "") + ' 5" wide'
            cells[1] = row[1]
        text += ",".join(cells) + "\n"
    return plain(text, Clean(bare.names, rows))


@kind("line breaks in cells")
def _(table: Clean, rng: random.Random) -> Pollution:
    rows = [list(row) for row in table.rows]
    place = max(range(len(table.names)), key=lambda p: len(rows[0][p]))
    for number, row in enumerate(rows):
        if number % 4 == 1:
            row[place] += "\nsecond line, with a comma\n\nfourth line"
    changed = Clean(table.names, rows)
    return plain(write(changed), changed)


@kind("unclosed quote")
def _(table: Clean, rng: random.Random) -> Pollution:
    lines = write(table).split("\n")[:-1]
    place = len(lines) // 2
    while '"' in lines[place]:
        place += 1
    cells = lines[place].split(",")
    cells[-1] = '"' + cells[-1]
    lines[place] = ",".join(cells)
    return plain("\n".join(lines) + "\n", table)


@kind("ends inside a quote")
def _(table: Clean, rng: random.Random) -> Pollution:
    text = write(table)
    last = [f'"{cell}' if place == len(table.names) - 1 else cell
            for place, cell in enumerate("x" * len(table.names))]  # fmt: skip
    rows = [*table.rows, ["x"] * len(table.names)]
    return plain(text + ",".join(last), Clean(table.names, rows))


@kind("zeros")
def _(table: Clean, rng: random.Random) -> Pollution:
    text = write(table)
    for place in sorted(rng.sample(range(len(text)), 6), reverse=True):
        text = text[:place] + "\0" + text[place:]
    return plain(text, table)


@kind("names repeated")
def _(table: Clean, rng: random.Random) -> Pollution:
    names = [*table.names[:-1], table.names[0]]
    changed = Clean(names, table.rows)
    return plain(write(changed), changed)


@kind("names empty")
def _(table: Clean, rng: random.Random) -> Pollution:
    changed = Clean([*table.names[:1], "", *table.names[2:]], table.rows)
    return plain(write(changed), changed)


@kind("several tables")
def _(table: Clean, rng: random.Random) -> Pollution:
    other = "\nkey,value\n" + "".join(f"k{i},{i}\n" for i in range(6))
    return plain(write(table) + other, table)


@kind("several tables, one width")
def _(table: Clean, rng: random.Random) -> Pollution:
    names = [f"other {name}" for name in table.names]
    other = "\n" + write(Clean(names, table.rows[:20]))
    return plain(write(table) + other, table)


@kind("one column")
def _(table: Clean, rng: random.Random) -> Pollution:
    place = max(range(len(table.names)), key=lambda p: len(table.rows[0][p]))
    one = Clean([table.names[place]], [[row[place]] for row in table.rows if row[place]])
    return plain(write(one), one)


@kind("one column, bare texts")
def _(table: Clean, rng: random.Random) -> Pollution:
    place = max(range(len(table.names)), key=lambda p: len(table.rows[0][p]))
    rows = [[row[place].replace('"', "")] for row in table.rows if row[place]]
    one = Clean([table.names[place]], rows)
    return plain("\n".join([one.names[0], *(row[0] for row in rows)]) + "\n", one)


@kind("one row")
def _(table: Clean, rng: random.Random) -> Pollution:
    one = Clean(table.names, table.rows[:1])
    return plain(write(one), one)


@kind("names alone")
def _(table: Clean, rng: random.Random) -> Pollution:
    one = Clean(table.names, [])
    return plain(write(one), one)


@kind("names again in between")
def _(table: Clean, rng: random.Random) -> Pollution:
    half = len(table.rows) // 2
    text = write(Clean(table.names, table.rows[:half])) + write(
        Clean(table.names, table.rows[half:])
    )
    return plain(text, table)


@kind("leading blanks in values")
def _(table: Clean, rng: random.Random) -> Pollution:
    rows = [[f"  {c}" if n % 3 == 0 and c else c for c in row] for n, row in enumerate(table.rows)]
    changed = Clean(table.names, rows)
    return plain(write(changed), changed)


@kind("UTF-8 with mark")
def _(table: Clean, rng: random.Random) -> Pollution:
    return plain(write(table), table, "utf-8-sig")


@kind("UTF-16")
def _(table: Clean, rng: random.Random) -> Pollution:
    return plain(write(table, "\t"), table, "utf-16")


@kind("UTF-16 without mark")
def _(table: Clean, rng: random.Random) -> Pollution:
    return plain(write(table), table, "utf-16-le")


@kind("Windows-1252")
def _(table: Clean, rng: random.Random) -> Pollution:
    table = Clean(table.names, [[c.replace("Łódź", "Málaga") for c in row] for row in table.rows])
    rows = [[*row[:-1], f"{row[-1]} café über" if n % 3 == 0 else row[-1]]
            for n, row in enumerate(table.rows)]  # fmt: skip
    changed = Clean(table.names, rows)
    return plain(write(changed, ";"), changed, "cp1252")


@kind("GB18030")
def _(table: Clean, rng: random.Random) -> Pollution:
    rows = [[*row[:-1], f"物流很快，质量也不错 {row[-1]}"] for row in table.rows]
    changed = Clean(table.names, rows)
    return plain(write(changed), changed, "gb18030")


# -- readers


def read_textlode(path: Path) -> Clean:
    from core.data import read_table, write_reading

    result = read_table(path)
    written = write_reading(result, path.parent / "out", path.stem)
    with written.table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return Clean([], rows) if result.names_missing else Clean(rows[0], rows[1:])


def read_duckdb(path: Path) -> Clean:
    import duckdb

    relation = duckdb.read_csv(str(path), all_varchar=True)
    names = list(relation.columns)
    rows = [["" if cell is None else cell for cell in row] for row in relation.fetchall()]
    made_up = all(re.fullmatch(r"column\d+", name) for name in names)
    return Clean([] if made_up else names, rows)


def read_clevercsv(path: Path) -> Clean:
    import clevercsv

    rows = clevercsv.read_table(str(path))
    with path.open(encoding=clevercsv.encoding.get_encoding(str(path)), newline="") as file:
        try:
            named = clevercsv.Sniffer().has_header(file.read(100_000))
        except Exception:
            named = True
    return Clean(rows[0], rows[1:]) if named else Clean([], rows)


READERS = {"textlode": read_textlode, "duckdb": read_duckdb, "clevercsv": read_clevercsv}


def cells_f1(found: Clean, expected: Clean) -> float:
    """Return the F1 over cells by column; names are cells of a row apart."""
    have, want = cells(found), cells(expected)
    common = sum((have & want).values())
    return 2 * common / max(1, sum(have.values()) + sum(want.values()))


def cells(table: Clean) -> Counter[tuple[str, int, str]]:
    counted = Counter(("row", place, cell) for row in table.rows for place, cell in enumerate(row))
    counted.update(("name", place, name) for place, name in enumerate(table.names))
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=READERS)
    parser.add_argument("--kind", help="a part of the names of kinds")
    parser.add_argument("--show", action="store_true", help="say what went wrong")
    options = parser.parse_args()
    names = [options.only] if options.only else list(READERS)
    tables = {make.__name__: make(random.Random(7)) for make in (sales, reviews, survey, measures)}
    totals: dict[str, list[float]] = {name: [] for name in names}
    print(f"{'kind':30}" + "".join(f"{name:>11}" for name in names))
    with tempfile.TemporaryDirectory() as folder:
        for kind_name, pollute in KINDS.items():
            if options.kind and options.kind not in kind_name:
                continue
            means = []
            for name in names:
                scores = [
                    score(name, kind_name, title, pollute, table, Path(folder), options.show)
                    for title, table in tables.items()
                ]
                means.append(statistics.mean(scores))
                totals[name].append(means[-1])
            print(f"{kind_name:30}" + "".join(f"{mean:11.3f}" for mean in means), flush=True)
    print(f"{'mean':30}" + "".join(f"{statistics.mean(totals[n]):11.3f}" for n in names))


def score(
    name: str, kind_name: str, title: str, pollute: Polluter, table: Clean, folder: Path, show: bool
) -> float:
    """Return the F1 of one reader on one file."""
    polluted = pollute(table, random.Random(11))
    path = folder / f"polluted.{polluted.ending}"
    path.write_bytes(polluted.content)
    try:
        found = READERS[name](path)
    except Exception as error:
        if show:
            print(f"    {kind_name} / {title}: {type(error).__name__} {str(error)[:150]}")
        return 0.0
    value = cells_f1(found, polluted.expected)
    if show and value < 0.999:
        print(f"    {kind_name} / {title}: {value:.3f}")
        print("      names", found.names[:8], "for", polluted.expected.names[:8])
        print("      first", found.rows[:2], "for", polluted.expected.rows[:1])
        print("      rows ", len(found.rows), "for", len(polluted.expected.rows))
    return value


if __name__ == "__main__":
    main()
