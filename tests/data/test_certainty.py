"""A reading is called uncertain where it is, and what was read otherwise than asked is told."""

import codecs
from pathlib import Path

import pytest

from core.data import ReadOptions, ReadResult, read_table, read_tables
from core.data.encoding import BLOCK
from pages.ui.reading import UNSURE
from tests.data.pollutions import polluted_files

REGULAR = {
    "two columns": "id,text\n1,hello there\n2,good bye\n3,what now\n",
    "short numbers": "a,b\n1,2\n3,4\n5,6\n",
    "one row": "x,y\n1,2\n",
    "ten columns": "a,b,c,d,e,f,g,h,i,j\n" + "1,2,3,4,5,6,7,8,9,0\n" * 5,
    "texts with commas": 'id,text\n1,"Great, really"\n2,"No, never, sorry"\n3,"Well, ok"\n',
    "commas beside semicolons": "id;text\n1;Great, really\n2;No, never, sorry\n3;Well, ok\n",
    "decimal commas": "name;price;kg\nlamp;3,50;1,2\nchair;12,99;4,5\ndesk;199,00;22,1\n",
    "decimal commas, no names": "1;3,50;1,2\n2;4,50;1,3\n3;5,50;1,4\n",
    "thousands": "item;sum\nlamp;1.234,56\ndesk;2.345,67\nrug;3.456,78\n",
    "dates with times": "date time,value\n2024-01-02 10:30:00,4\n2024-01-03 11:30:00,5\n",
    "times": "who,start,end\nAnn,10:30,11:30\nBob,12:30,13:30\nCid,14:00,15:00\n",
    "addresses": "id,url\n1,https://a.b/c?d=e&f=g\n2,https://a.b/x?d=1&f=2\n",
    "tabs": "id\ttext\n1\tGreat, really; yes\n2\tNo, never again\n3\tWell, ok\n",
    "all quoted": '"id","text"\n"1","hello, you"\n"2","good bye"\n"3","so, so"\n',
    "blank after each comma": "id, text, n\n1, one word, 3\n2, two words, 4\n3, three, 5\n",
    "no names": "1,hello there\n2,good bye\n3,what now\n",
    "one column": "word\nalpha\nbeta\ngamma\n",
    "title and footer": "Report of May\n\nid,text\n1,hello you\n2,good bye\n3,so so\n\nour own\n",
    "a second table": "id,text\n1,one a\n2,two b\n3,six c\n\na,b,c\n1,x y,z\n2,u v,w\n3,k l,m\n",
}
DOUBTFUL = {
    "two marks alike": "a,b;c,d\ne,f;g,h\ni,j;k,l\nm,n;o,p\n",
    "tab or comma": "a\tb,c\nd\te,f\ng\th,i\n",
    "sentences": "this, that and more\nwell; what, now\nno, never, again\nhow so\nI see, yes\n",
}


def read(folder: Path, content: str | bytes, encoding: str | None = None) -> ReadResult:
    path = folder / "x.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, ReadOptions(encoding=encoding))


@pytest.mark.parametrize("name", list(REGULAR))
def test_a_regular_file_is_read_without_doubt(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, REGULAR[name]).confidence >= UNSURE


@pytest.mark.parametrize("name", list(DOUBTFUL))
def test_a_file_that_could_be_cut_otherwise_is_doubtful(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, DOUBTFUL[name]).marks_confidence < UNSURE


def test_no_dirty_file_that_is_seen_through_is_called_doubtful(tmp_path: Path) -> None:
    doubted = [
        (polluted.kind, polluted.title)
        for polluted in polluted_files()
        if read(tmp_path, polluted.content).marks_confidence < UNSURE
    ]
    assert doubted == []


LETTERS = "id;text\n" + "".join(f"{n};Größe paßt nicht – schön, {n} €\n" for n in range(30))


@pytest.mark.parametrize("name", ["utf-8", "UTF8", "utf_8_sig"])
def test_what_is_not_utf_8_is_told_where_it_was_asked_for(tmp_path: Path, name: str) -> None:
    result = read(tmp_path, LETTERS.encode("cp1252"), name)
    assert result.table["text"][3].as_py() == "Größe paßt nicht – schön, 3 €"
    assert result.odd_bytes == 180
    assert [str(one) for one in result.remarks] == [
        "Bytes that are not UTF-8: 180. They were read as Windows-1252."
    ]
    assert read(tmp_path, LETTERS, name).remarks == ()


def test_a_mark_of_utf_8_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert read(tmp_path, LETTERS.encode("utf-8-sig"), "utf-8").names == ("id", "text")


def test_odd_bytes_are_counted_wherever_they_stand(tmp_path: Path) -> None:
    row = "7;Größe\n".encode()
    content = bytearray(b"id;text\n" + row * (3 * BLOCK // len(row)))
    content[BLOCK - 1 : BLOCK + 1] = "ß".encode()
    content[2 * BLOCK - 1 : 2 * BLOCK] = b"\xe9"
    result = read(tmp_path, bytes(content) + b"8;caf\xe9 \xc3", "utf-8")
    expected = bytes(content) + b"8;caf\xe9 \xc3"
    kept = codecs.decode(expected, "utf-8", "ignore").encode()
    assert result.odd_bytes == len(expected) - len(kept)


def test_places_that_another_encoding_cannot_read_are_told(tmp_path: Path) -> None:
    result = read(tmp_path, LETTERS, "ascii")
    assert str(result.remarks[0]).startswith("Places that cannot be read as ASCII: 420. Each has")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_sign_that_stands_in_the_file_is_no_place_that_cannot_be_read(
    tmp_path: Path, encoding: str
) -> None:
    result = read(tmp_path, LETTERS.replace("schön", "sch\ufffdn").encode(encoding))
    assert (result.dialect.encoding, result.remarks) == (encoding, ())


CHINESE = ["包裹送到时已经损坏了。", "客服太慢，我再也不会买了。"]
JAPANESE = ["荷物が壊れて届きました。", "対応がとても遅いので、もう買いません。"]


def rows_of(texts: list[str], count: int, encoding: str) -> list[bytes]:
    rows = [f"{n},{texts[n % len(texts)]},good\n".encode(encoding) for n in range(count)]
    return [b"id,text,label\n", *rows]


@pytest.mark.parametrize(
    ("texts", "encoding", "place", "damage"),
    [
        (CHINESE, "gbk", 400, b"\xff"),
        (CHINESE, "big5", 400, b"\xff"),
        (JAPANESE, "cp932", 100, b"\x81 "),
        (JAPANESE, "euc_jp", 20, b"\xff"),
    ],
)
def test_a_damaged_place_makes_no_other_encoding(
    tmp_path: Path, texts: list[str], encoding: str, place: int, damage: bytes
) -> None:
    if encoding == "big5":
        texts = ["包裹送到時已經損壞了。", "客服太慢，我再也不會買了。"]
    lines = rows_of(texts, 800, encoding)
    lines[place] = lines[place].replace(b",good", damage + b",good")
    result = read(tmp_path, b"".join(lines))
    read_texts = result.table["text"].to_pylist()
    assert read_texts[:10] == [texts[n % 2] for n in range(10)]
    assert "Places that cannot be read as" in str(result.remarks[0])


def test_what_no_language_writes_is_doubtful(tmp_path: Path) -> None:
    """Damaged in each line, Chinese is only read in some encoding of the Near East."""
    lines = [line.replace(b",good", b"\xff\xff,good") for line in rows_of(CHINESE, 50, "gbk")]
    assert read(tmp_path, b"".join(lines)).encoding_confidence < UNSURE


def test_signs_among_letters_are_no_reason_for_doubt(tmp_path: Path) -> None:
    text = "größer als 80 m²: schön, täglich für 21 °C"
    lines = "".join(f"{n};{text};a word\n" for n in range(60))
    result = read(tmp_path, f"id;text;word\n{lines}".encode("cp1252"))
    assert result.table["text"][5].as_py() == text
    assert result.encoding_confidence >= UNSURE


@pytest.mark.parametrize("count", [1, 2, 30])
@pytest.mark.parametrize(
    "text",
    [
        "a flat of 80 m² in town",
        "a tank of 12 m³ of water",
        "take 5 µg a day",
        "the layer is 10 µm thick",
        "a pipe of ¼ Zoll, or ½",
        "¾ of all came late",
        "keep below 20 °C please",
        "see note¹ below",
        "the 1º of May",
        "within ± 5 mm",
        "it costs £5 only",
        "50 ¢ each",
        "a sum of ¥500",
        "see § 5 of the law",
        "boards of 3 × 4",
        "6 ÷ 2",
        "the Brand® keeps",
        "a pipe Ø 20 mm",
        "one · two",
        "that – is all…",
        "it´s fine, we don´t mind",
    ],
)
def test_lone_signs_in_ascii_are_western(tmp_path: Path, text: str, count: int) -> None:
    rows = [text if n < count else "the parcel came too late" for n in range(60)]
    lines = "".join(f"{n};{row};good\n" for n, row in enumerate(rows))
    result = read(tmp_path, f"id;text;word\n{lines}".encode("cp1252"))
    assert result.table["text"].to_pylist() == rows
    assert result.encoding_confidence >= UNSURE


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Mieszkanie było małe, a Paweł nie miał czasu", "cp1250"),
        ("Посылка пришла поздно, и коробка была открыта: 20 °C", "cp1251"),
        ("Byt 80 m² v centru, ľahko a ešte", "cp1250"),
    ],
)
def test_signs_beside_letters_of_another_page_make_no_western_text(
    tmp_path: Path, text: str, encoding: str
) -> None:
    text = text.encode(encoding, "ignore").decode(encoding)
    lines = "".join(f"{n};{text};good\n" for n in range(40))
    result = read(tmp_path, f"id;text;word\n{lines}".encode(encoding))
    assert result.table["text"][3].as_py() == text


def test_json_lines_tell_it_too(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes('{"text": "Größe"}\n{"text": "schön"}\n'.encode("cp1252"))
    result = read_table(path, ReadOptions(encoding="utf-8"))
    assert (result.odd_bytes, result.table["text"][0].as_py()) == (3, "Größe")
    assert "were read as Windows-1252" in str(result.remarks[0])


def test_the_least_certain_of_several_files_counts(tmp_path: Path) -> None:
    for name, content in (("a", "x,y\n1,2\n3,4\n"), ("b", "x,y\n1,2\n3;4,5\n7\n8\n9,1\n")):
        (tmp_path / f"{name}.csv").write_text(content)
    joined = read_tables([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert joined.marks_confidence == joined.sources[1].marks_confidence < 1
