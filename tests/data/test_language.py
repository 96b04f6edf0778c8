"""The language decides the encoder, so short texts, names and numbers must not mislead it."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from core.data import detect_language

SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["Dell Inspiron 15 3000", "Samsung Galaxy S21 Ultra", "Logitech MX Master mouse"], "en"),
        (["great", "bad service", "love it", "terrible"], "en"),
        (["John Smith called Maria Gonzales about the order", "Contact Jean-Pierre"], "en"),
        (["hello my card"], "en"),
        (["Der Akku hält nicht lange", "Sehr gut", "Lieferung kam zu spät an"], "de"),
        (["très bien", "le produit est cassé", "livraison rapide"], "fr"),
        (["muy bueno", "no funciona la pantalla"], "es"),
        (["хорошо", "плохо работает"], "ru"),
        (["дуже добре", "не працює екран"], "uk"),
        (["とても良いです", "最悪"], "ja"),
        (["좋아요", "배송이 빨라요"], "ko"),
        (["很好", "物流快 iPhone 13 Pro Max"], "zh"),
        (["物流很快", "質量不錯"], "zh"),
    ],
)
def test_a_few_short_texts_are_enough(texts, language):
    assert detect_language(pa.array(texts)) == language


@pytest.mark.parametrize("texts", [[], [None], ["", "  "], ["123", "4.5"], ["!?"]])
def test_no_words_no_language(texts):
    assert detect_language(pa.array(texts, pa.string())) == "und"


def test_the_majority_counts():
    column = pa.array(["这个产品很好用，推荐购买"] * 9 + ["The parcel came late and broken"] * 2)
    assert detect_language(column) == "zh"


def test_markup_and_addresses_are_no_words():
    text = "Die Lieferung war <b>leider</b> zu spät, siehe https://example.com/the/of/and/that"
    assert detect_language(pa.array([text] * 5)) == "de"


def test_one_giant_text_and_chunks():
    column = pa.chunked_array([["Das ist ein langer Satz über nichts. " * 20_000], [None, ""]])
    assert detect_language(column) == "de"


def test_the_same_column_has_the_same_language_again():
    column = pa.array([f"une phrase numéro {n} pour voir" for n in range(3000)])
    assert detect_language(column) == detect_language(column) == "fr"


@pytest.mark.parametrize(
    ("file", "delimiter", "language"),
    [
        ("banking77/test.csv", ",", "en"),
        ("clinc150/test.csv", ",", "en"),
        ("sib200/eng_Latn.test.tsv", "\t", "en"),
        ("sib200/zho_Hans.test.tsv", "\t", "zh"),
    ],
)
def test_real_texts(file, delimiter, language):
    path = SHARED / file
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    with path.open(encoding="utf-8", newline="") as lines:
        texts = [row["text"] for row in csv.DictReader(lines, delimiter=delimiter)]
    assert detect_language(pa.array(texts)) == language
    assert [detect_language(pa.array(texts[n : n + 20])) for n in range(0, 200, 20)] == (
        [language] * 10
    )
