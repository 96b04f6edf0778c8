"""What the figures of a topic are called."""

import pytest

from core.steps import Measure


@pytest.mark.parametrize(
    ("coherence", "usual", "grade"),
    [
        (0.40, 0.40, "clear"),
        (0.32, 0.40, "clear"),
        (0.31, 0.40, "fair"),
        (0.20, 0.40, "fair"),
        (0.19, 0.40, "vague"),
        # Where no topic is alike in itself, the middle one is no measure.
        (0.02, 0.02, "vague"),
        (0.02, None, "vague"),
        (None, 0.40, "not known"),
    ],
)
def test_a_topic_is_vague_beside_the_others_of_its_map(
    coherence: float | None, usual: float | None, grade: str
) -> None:
    assert Measure(coherence, 0.8, usual).coherence_grade == grade
