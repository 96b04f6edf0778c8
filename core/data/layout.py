"""Where the table is among the records: names, preamble, and how wide it is."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from core.data.cells import is_date, is_measure, is_nothing, is_number
from core.data.records import Record

SAMPLED = 300
MOST_NAME_ROWS = 4
LONGEST_NAME = 80
CLEARLY_NAMES = 2.5
UNEVEN_ROWS = 10
USUAL_NAMES = frozenset(
    """id nr no num number index idx key code uid guid name title label labels category class type
    kind text body content comment comments message review description summary subject abstract
    date time timestamp year month day created created_at updated country city state region
    address email phone url link lang language score rating stars price amount quantity qty total
    count value unit user user_id author source status sentence question answer tweet sentiment
    first last age gender sex fecha nombre texto datum texto ort titel betreff nachricht commentaire
    titre texte 编号 序号 名称 标题 内容 文本 正文 评论 类别 分类 标签 日期 时间 姓名 作者 来源
    評論 標題 內容 番号 名前 日付 本文""".split()  # noqa: SIM905 - a list of words reads as words
)


@dataclass(frozen=True)
class Layout:
    """Where the table begins: `start` is the place of its first record among the sampled ones.

    `header_rows` records of names follow it; `columns` is the usual number of cells.
    """

    start: int
    header_rows: int
    columns: int


def find_layout(
    records: list[Record], header_rows: int | None = None, skipped: bool = False
) -> Layout:
    """Return where the table begins; with `skipped`, at the first record."""
    records = records[:SAMPLED]
    if not records:
        return Layout(0, 0, 0)
    start, columns = (0, usual_width(records)) if skipped else _find_start(records)
    if header_rows is None:
        header_rows = _count_name_rows([record.cells for record in records[start:]], columns)
    if header_rows:
        columns = max(columns, *(len(r.cells) for r in records[start : start + header_rows]))
    return Layout(start, header_rows, columns)


def usual_width(records: list[Record]) -> int:
    """Return how many cells most records have; of equally frequent widths the larger."""
    counts = Counter(len(record.cells) for record in records)
    return max(counts, key=lambda width: (counts[width], width))


def filled(cells: list[str]) -> int:
    """Return how many cells are not blank."""
    return sum(bool(cell.strip()) for cell in cells)


def _find_start(records: list[Record]) -> tuple[int, int]:
    """Return the first record of the first table, and its width."""
    width = _first_width(records)
    if width < 2:
        return 0, max(width, 1)
    for place, record in enumerate(records):
        if _begins_table(records, place, width):
            return place, width
        if len(record.cells) == width and (
            filled(record.cells) > min(width // 2, 1 + width // 4)
            or _stands_above_names(records, place, width)
        ):
            return place, width
    return 0, width


def _first_width(records: list[Record]) -> int:
    """Return the width of the first run of rows that is a table rather than a preamble."""
    usual = usual_width(records)
    usual_rows = sum(len(record.cells) == usual for record in records)
    place = 0
    while place < len(records):
        width = len(records[place].cells)
        end = place
        while end < len(records) and len(records[end].cells) == width:
            end += 1
        several = sum(filled(record.cells) > 1 for record in records[place:end])
        if width == usual or (width > 2 and several >= 4 and 4 * several >= usual_rows):
            return width
        if width == 2 and several >= 6 and 2 * several >= usual_rows:
            return width
        if several >= 3 and _is_table_by_itself(records, place, end):
            return width
        place = end
    return usual


def _is_table_by_itself(records: list[Record], start: int, end: int) -> bool:
    """Whether names with their rows stand apart, as the lines of a preamble do not."""
    cells = [record.cells for record in records[start:end]]
    return (
        len(cells[0]) > 1
        and end < len(records)
        and records[end].after_blank
        and not any(record.after_blank for record in records[start + 1 : end])
        and all(cell.strip() and not is_measure(cell) for cell in cells[0])
        and names_score(cells[0], cells[1:]) >= CLEARLY_NAMES
    )


def _stands_above_names(records: list[Record], place: int, width: int) -> bool:
    """Whether a row with gaps between its words names groups of columns."""
    cells = records[place].cells
    gaps = any(not cell.strip() for cell in "\0".join(cells).strip("\0 ").split("\0"))
    if not (gaps or not cells[0].strip()) or not filled(cells) or place + 1 >= len(records):
        return False
    following = records[place + 1]
    return not following.after_blank and filled(following.cells) == width


def _begins_table(records: list[Record], place: int, width: int) -> bool:
    """Whether names that are fewer or more than the cells below them stand here."""
    cells = records[place].cells
    if len(cells) == width or len(cells) < 2 or place + 1 >= len(records):
        return False
    if _names_of_uneven_rows(records, place, width):
        return True
    following = records[place + 1].cells
    later = [record.cells for record in records[place + 2 :]]
    return (
        len(following) == width
        and not records[place + 1].after_blank
        and names_score(following, later) < 1.0
        and 2 * len(cells) > width
        and filled(cells) > 0.6 * len(cells)
        and filled(following) > width // 3
        and not any(is_measure(cell) for cell in cells)
        and all(len(cell) < LONGEST_NAME for cell in cells)
    )


def _names_of_uneven_rows(records: list[Record], place: int, width: int) -> bool:
    """Whether clear names stand above rows of which some have as many cells, some the usual."""
    cells = records[place].cells
    below = records[place + 1 : place + 1 + UNEVEN_ROWS]
    return (
        len(below[0].cells) == len(cells)
        and any(len(record.cells) == width for record in below)
        and all(len(record.cells) in (len(cells), width) for record in below)
        and not any(record.after_blank for record in below)
        and all(cell.strip() and not is_measure(cell) for cell in cells)
        and names_score(cells, [record.cells for record in below]) >= CLEARLY_NAMES
    )


def _count_name_rows(rows: list[list[str]], columns: int) -> int:
    """Return how many rows of names the table begins with."""
    if len(rows) < 2:
        return 1 if rows and not any(is_measure(cell) for cell in rows[0]) else 0
    groups = _group_rows(rows, columns)
    if groups:
        return groups
    if not looks_like_names(rows[0], rows[1:]):
        return 0
    below = rows[MOST_NAME_ROWS:] or rows[-1:]
    measured = [
        column
        for column in range(columns)
        if share(is_measure, [row[column] for row in below if len(row) > column]) > 0.8
    ]
    count = 1
    while count < min(MOST_NAME_ROWS, len(rows) - 1) and _continues_names(rows, count, measured):
        count += 1
    return count


def _group_rows(rows: list[list[str]], columns: int) -> int:
    """Return the rows of names where headings over several columns stand above the names."""
    for count in range(1, min(MOST_NAME_ROWS, len(rows) - 1)):
        if not _is_heading(rows[count - 1], columns):
            return 0
        names, below = rows[count], rows[count + 1 :]
        if len(names) == columns and filled(names) == columns and looks_like_names(names, below):
            usual = sum(map(filled, below)) / max(1, len(below))
            return count + 1 if all(filled(row) < usual for row in rows[:count]) else 0
    return 0


def _is_heading(row: list[str], columns: int) -> bool:
    """Whether words name groups of columns: with gaps between them, or one word several times."""
    words = [cell.strip() for cell in row]
    if len(row) != columns or any(map(is_number, words)) or not any(words[1:]):
        return False
    repeated = sum(first == second != "" for first, second in pairwise(words))
    return filled(row) <= 0.75 * columns or (
        all(words) and repeated > 0 and repeated == columns - len(set(words))
    )


def _continues_names(rows: list[list[str]], place: int, measured: list[int]) -> bool:
    row = rows[place]
    if rows[0] == row:
        return True
    below = [row[column] for column in measured if column < len(row)]
    words = sum(not is_nothing(cell) and not is_measure(cell) for cell in below)
    return bool(measured) and words > 0.5 * len(measured) and not any(map(is_measure, below))


def looks_like_names(first: list[str], rows: list[list[str]]) -> bool:
    """Whether a row names the columns of the rows below it, by what each column holds."""
    return any(cell.strip() for cell in first) and names_score(first, rows) > -0.2


def names_score(first: list[str], rows: list[list[str]]) -> float:
    """Return how much a row speaks as the names of the columns below it; 0 is undecided."""
    rows = rows[:SAMPLED]
    score = 0.0
    for column, cell in enumerate(first[:200]):
        below = [row[column] for row in rows if len(row) > column and row[column].strip()]
        score += _name_score(cell.strip(), below)
    names = [cell.strip() for cell in first if cell.strip()]
    return score - 0.5 * (len(names) - len(set(names)))


def _name_score(cell: str, below: list[str]) -> float:
    """Return for how much a cell speaks as the name of the values below it."""
    if not cell:
        return -0.3
    if cell.lower() in USUAL_NAMES:
        return 2.0
    measured = max(share(is_number, below), share(is_date, below))
    if is_measure(cell):
        return _measure_score(cell, below, measured)
    score = 2.0 if measured > 0.7 else 0.0
    if is_nothing(cell) or len(cell) > LONGEST_NAME:
        score -= 1.0
    if below:
        score += _text_score(cell, below)
    return score + 0.5 * ("_" in cell and " " not in cell)


def _measure_score(cell: str, below: list[str], measured: float) -> float:
    if not below:
        return -0.5
    year = cell.isdigit() and len(cell) == 4 and 1800 <= int(cell) <= 2100
    if year and not all(len(value.strip()) == 4 for value in below):
        return 0.0
    return -2.0 if measured > 0.5 else -1.0


def _text_score(cell: str, below: list[str]) -> float:
    """Compare a word with the words below it: does it recur, is it of their kind and length?"""
    same = sum(value.strip() == cell for value in below)
    if same:
        return -1.5 if same > 1 or len(set(below)) < len(below) else -0.5
    mean = sum(map(len, below)) / len(below)
    score = 0.2
    if mean > 3 * len(cell) + 10:
        score += 0.8
    elif len(cell) > 2.5 * mean + 10:
        score -= 0.4
    shape, rows = Counter(map(_shape, below)).most_common(1)[0]
    if len(below) > 2 and rows > 0.8 * len(below):
        if _shape(cell) != shape:
            score += 0.8
        elif any(char.isdigit() for char in cell):
            score -= 1.5
    elif len(below) > 4 and len(set(below)) < 0.3 * len(below):
        score += 0.5  # a category that the first row does not have
    return score


def _shape(value: str) -> str:
    """Return the pattern of a value: letters a, A, digits 0, runs cut short."""
    shape = "".join(
        "0" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c
        for c in value.strip()[:40]
    )
    return "".join(c for place, c in enumerate(shape) if place == 0 or shape[place - 1] != c)


def share(test: Callable[[str], bool], cells: list[str]) -> float:
    """Return the share of the cells that pass a test, of those that are not empty."""
    known = [cell for cell in cells if not is_nothing(cell)]
    return sum(map(test, known)) / len(known) if known else 0.0
