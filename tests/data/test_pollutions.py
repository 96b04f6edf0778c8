"""Each kind of pollution on each clean table, read with no hint."""

from collections import defaultdict
from pathlib import Path

from core.data import read_table, write_reading
from tests.data.pollutions import cells_f1, polluted_files, records_of_csv


def test_polluted_files_are_seen_through(tmp_path: Path) -> None:
    """Cells F1 is 0.99 on average over the kinds, and no kind falls below 0.98."""
    scores = defaultdict(list)
    for polluted in polluted_files():
        path = tmp_path / "polluted.csv"
        path.write_bytes(polluted.content)
        written = write_reading(read_table(path), tmp_path / "out", "polluted")
        records = records_of_csv(written.table.read_bytes().decode())
        scores[polluted.kind].append(cells_f1(records, polluted.truth.records))
    by_kind = {kind: sum(values) / len(values) for kind, values in scores.items()}
    assert sum(by_kind.values()) / len(by_kind) >= 0.99
    assert {kind: score for kind, score in by_kind.items() if score < 0.98} == {}
