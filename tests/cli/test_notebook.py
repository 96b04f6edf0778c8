"""The notebook lines of the README do what it says."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def test_the_lines_of_the_readme_make_topics(
    mail: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reviews.csv").write_bytes(mail.read_bytes())
    found = re.search(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    # The quick encoder stands in for the time that the proposed one takes, not for its work.
    lines = found[1].replace('"topics": 20', '"topics": 6, "encoder": "instant"')
    names: dict[str, object] = {}
    exec(lines, names)
    assert "topics" in names
    printed = capsys.readouterr().out
    assert len(re.findall(r"\('.+?', \d+\)", printed)) == 6
