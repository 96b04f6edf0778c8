"""Python's own reader cuts lines only where it cuts them as the careful expressions do."""

import random

import pytest

from core.data.records import LineCutter, Marks

LINES = 3000


def random_line(rng: random.Random, marks: Marks) -> str:
    """Return a line that is hardly ever clean, or one of cells that mostly are."""
    d, q = marks.delimiter, marks.quote
    if rng.random() < 0.5:
        odd = [d, q, q, "a", " ", "\r", "\n", q + q, d + q, q + d, "'", '"', "\\", "\0", "é"]
        return "".join(rng.choices(odd, k=rng.randint(1, 12)))
    cells = [
        "".join(rng.choices(["a", "b c", q + q, d, " ", "\n"], k=rng.randint(0, 4)))
        for _ in range(rng.randint(1, 5))
    ]
    return d.join(q + cell + q if rng.random() < 0.6 else cell for cell in cells)


@pytest.mark.parametrize(
    ("delimiter", "quote", "escape", "blank_after"),
    [
        (",", '"', "", False),
        (";", "'", "", False),
        (" ", '"', "", False),
        ("\t", '"', "", False),
        ("é", '"', "", False),
        ("'", '"', "", False),
        ("||", '"', "", False),
        (",", '"', "\\", False),
        (",", '"', "", True),
    ],
)
def test_the_quick_way_to_cut_a_line_is_the_careful_one(
    delimiter: str, quote: str, escape: str, blank_after: bool
) -> None:
    marks = Marks(delimiter, quote, escape, blank_after)
    cutter = LineCutter(marks)
    rng = random.Random(5)
    whole = 0
    for _ in range(LINES):
        line = random_line(rng, marks).rstrip("\r\n")
        if quote in line:
            cells = cutter.cut(line)
            assert cells == cutter._cut_quoted(line), line
            whole += cells is not None
    assert whole > LINES / 10


def test_a_value_longer_than_the_library_takes_is_cut() -> None:
    text = "a, b " * 100_000
    assert LineCutter(Marks(",")).cut(f'1,"{text}",good') == ["1", text, "good"]
