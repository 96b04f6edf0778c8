"""Texts become words in any script."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.explore.tokens import STOPWORDS_FOLDER, base_language, is_subject, stop_words, tokenize


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("The card's chip, broken!", "en", ["The", "card", "chip", "", "broken", ""]),
        ("I don’t e-mail 3D 2024", "en", ["I", "don’t", "e-mail", "3D", ""]),
        ("see https://x.org/a?b=1 or a.b@c.de <br> now", "en", ["see", "", "or", "", "", "now"]),
        ("l'ordinateur d’Anne", "fr", ["ordinateur", "Anne"]),
        ("Straße für Äpfel", "de", ["Straße", "für", "Äpfel"]),
        ("Где моя карта?", "ru", ["Где", "моя", "карта", ""]),
        ("我的信用卡被盗了", "zh", ["我", "的", "信用卡", "被盗", "了"]),
        ("iPhone屏幕坏了", "zh", ["iPhone", "屏幕", "坏", "了"]),
        ("信用卡 refund", "en", ["信用卡", "refund"]),
        ("東京へ行く", "ja", ["東京", "へ", "行", "く"]),
        ("", "en", []),
        ("12 34.5 € 😀", "en", [""] * 5),
    ],
)
def test_words(text: str, language: str, words: list[str]) -> None:
    found = tokenize(text, language)
    assert [w for w in found if w] == [w for w in words if w]
    assert ("" in found) == ("" in words)


def test_a_clause_ends_with_a_break() -> None:
    assert tokenize("card. Payment", "en") == ["card", "", "Payment"]
    assert tokenize("card payment", "en") == ["card", "payment"]


def test_one_giant_word_is_no_word() -> None:
    assert tokenize("a" * 100_000 + " refund", "en") == ["", "refund"]


def test_function_words_by_language() -> None:
    assert not is_subject("the", "en") and not is_subject("Don’t", "en")
    assert is_subject("bill", "en") and is_subject("system", "en")
    assert not is_subject("der", "de") and is_subject("der", "es") is True
    assert not is_subject("我们", "zh_CN") and is_subject("转账", "zh-Hans")
    assert not is_subject("the", "zh") and not is_subject("the", "und")
    assert not is_subject("我们", "en")
    assert not is_subject("x", "en")


def test_language_tags() -> None:
    assert base_language("zh-Hans-CN") == "zh"
    assert base_language("nb") == "no"
    assert stop_words("../../etc/passwd") == stop_words("und")


@pytest.mark.parametrize("path", sorted(STOPWORDS_FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_lists_are_clean_and_their_source_is_told(path: Path) -> None:
    words = path.read_text("utf-8").split()
    source = (STOPWORDS_FOLDER / "SOURCE.md").read_text("utf-8")

    assert len(words) == len(set(words))
    assert words == [word.lower() for word in words]
    assert re.search(rf"\b{path.stem}\b", source)


def test_jieba_is_silent_and_leaves_no_file_behind(tmp_path: Path) -> None:
    code = "from core.explore.tokens import tokenize; tokenize('我的信用卡', 'zh')"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == done.stderr == ""
    assert list(tmp_path.iterdir()) == []
