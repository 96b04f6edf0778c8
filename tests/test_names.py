"""Names, and figures as people write them."""

import pytest

from core.figures import share, size
from core.names import added_name, free_name


def test_a_taken_name_gets_the_first_free_number() -> None:
    assert free_name("rating", []) == "rating"
    assert free_name("rating", ["rating", "rating 2"]) == "rating 3"
    assert added_name("x", ["textlode_x"]) == "textlode_x_2"


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0.0 kB"), (512, "0.5 kB"), (3 << 20, "3 MB"), (2 << 30, "2 GB"), (1_600_000, "1.5 MB")],
)
def test_a_size_has_few_digits(count: int, said: str) -> None:
    assert size(count) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, "0%"), (0, 9, "0%"), (9, 9, "100%"), (1, 3, "33.3%"), (1, 9999, "<0.1%")],
)
def test_a_share_never_says_none_or_all_of_some(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said
