"""Texts of thirty languages in each encoding that can carry them: how often are they read as such?

    pip download --no-deps --dest /tmp django==5.2.19
    python benchmarks/encodings.py /tmp/django-5.2.19-py3-none-any.whl
    python benchmarks/encodings.py /tmp/django-5.2.19-py3-none-any.whl --show --only textlode

The texts are the messages of Django in its translations (BSD) and the names of countries, languages
and units in Unicode's CLDR, as Babel has them. The letters that the reader knows were counted
elsewhere; how much it listens to chardet was chosen on other draws of these same texts. Each text
becomes a small CSV file of a number, a text and a label. A reader is right where the bytes, decoded
by what it names, are the text that was written: encodings that agree on a text are all right.

`usual` are the encodings in which files of a language come; `all` is every encoding of one byte
a character besides, such as Polish in a Cyrillic code page or Macedonian in that of the Kazakhs,
as long as it can write at least four in five of the rows. Rows that cannot be written are left out.
The share is a mean over the languages, so that none with many encodings weighs more.
"""

import argparse
import csv
import gettext
import io
import random
import re
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

WESTERN = ["cp1252", "latin-1", "iso8859-15", "mac-roman", "cp850", "cp437"]
CENTRAL = ["cp1250", "iso8859-2", "mac-latin2", "cp852"]
BALTIC = ["cp1257", "iso8859-13", "iso8859-4", "cp775"]
CYRILLIC = ["cp1251", "iso8859-5", "cp866", "mac-cyrillic"]
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
# Each language by the name that Django and CLDR have for it, and the encodings of its files.
USUAL = {
    **dict.fromkeys(["de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "is"], WESTERN),
    **dict.fromkeys(["pl", "cs", "sk", "hu", "sl", "hr"], CENTRAL),
    "ro": [*CENTRAL, "iso8859-16"],
    **dict.fromkeys(["et", "lv", "lt"], BALTIC),
    "tr": ["cp1254", "iso8859-9", "cp857", "mac-turkish"],
    "el": ["cp1253", "iso8859-7", "cp737", "mac-greek"],
    "ru": [*CYRILLIC, "koi8-r"],
    "uk": [*CYRILLIC, "koi8-u"],
    "bg": CYRILLIC,
    "sr": ["cp1251", "iso8859-5", "mac-cyrillic"],
    "he": ["cp1255", "iso8859-8", "cp862"],
    "ar": ["cp1256", "iso8859-6"],
    "th": ["cp874", "tis-620"],
    "vi": ["cp1258"],
    "ja": ["shift_jis", "cp932", "euc_jp", "iso2022_jp"],
    "ko": ["euc_kr", "cp949", "johab"],
    "zh_Hans": ["gb18030", "gbk", "gb2312", "hz"],
    "zh_Hant": ["big5", "cp950", "big5hkscs", "gb18030"],
}
SEVERAL_BYTES = ("ja", "ko", "zh_Hans", "zh_Hant")
ONE_BYTE = sorted({
    *(one for language, many in USUAL.items() if language not in SEVERAL_BYTES for one in many),
    "iso8859-3", "iso8859-10", "iso8859-14", "cp720", "cp855", "cp858", "cp860", "cp861",
    "cp863", "cp864", "cp865", "cp869", "cp1125", "koi8-t", "kz1048", "ptcp154", "mac-iceland",
})  # fmt: skip
CARRIED = 0.8
LABELS = ["good", "bad", "mixed"]

Reader = Callable[[Path], str]


@dataclass(frozen=True)
class Sample:
    """A file's text in one language, to be written in one encoding."""

    language: str
    encoding: str
    text: str
    source: str
    rows: int


# -- texts


def messages_of_django(wheel: Path) -> dict[str, list[str]]:
    """Return the translated messages of each language that are a phrase or more."""
    messages: dict[str, list[str]] = defaultdict(list)
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            found = re.search(r"/locale/(\w+)/LC_MESSAGES/django\.mo$", name)
            if found and found[1] in USUAL:
                catalogue = gettext.GNUTranslations(io.BytesIO(archive.read(name)))
                messages[found[1]] += [
                    text.replace("\n", " ").strip()
                    for key, text in catalogue._catalog.items()  # type: ignore[attr-defined]
                    if key and text != key and len(text) > 12 and not re.search(r"[%<{]", text)
                ]
    return messages


def names_of_cldr() -> dict[str, list[str]]:
    """Return the names of territories, languages, currencies and units in each language."""
    from babel import Locale

    names = {}
    for language in USUAL:
        locale = Locale.parse(language)
        known = {*locale.territories.values(), *locale.languages.values(),
                 *locale.currencies.values()}  # fmt: skip
        names[language] = sorted(name for name in known if len(name) > 3)
    return names


def samples(
    texts: dict[str, list[str]], source: str, encodings: str, sizes: list[int]
) -> Iterator[Sample]:
    """Yield a file for each language, encoding and number of rows."""
    for language, usual in USUAL.items():
        known = texts[language]
        others = ONE_BYTE if encodings == "all" else []
        for encoding in dict.fromkeys([*usual, *UNICODE, *others]):
            carried = [text for text in known if can_carry(text, encoding)]
            if len(carried) < CARRIED * len(known):
                continue
            for rows in sizes:
                rng = random.Random(f"{language} {source} {rows}")
                chosen = rng.sample(carried, min(rows, len(carried)))
                yield Sample(language, encoding, as_csv(chosen, rng), source, rows)


def can_carry(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


def as_csv(texts: list[str], rng: random.Random) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "text", "label"])
    for number, text in enumerate(texts, 1):
        writer.writerow([number, text, rng.choice(LABELS)])
    return file.getvalue()


# -- readers: each names the encoding of a file, "" where it gives none


def textlode(path: Path) -> str:
    from core.data.encoding import detect_encoding
    from core.data.source import open_source

    with open_source(path) as source:
        return detect_encoding(source).name


def chardet(path: Path) -> str:
    import chardet as library

    return library.detect(path.read_bytes())["encoding"] or ""


def charset_normalizer(path: Path) -> str:
    import charset_normalizer as library

    best = library.from_path(path).best()
    return best.encoding if best else ""


READERS: dict[str, Reader] = {
    "textlode": textlode,
    "chardet": chardet,
    "charset-normalizer": charset_normalizer,
}


def is_right(path: Path, content: bytes, text: str, reader: Reader) -> tuple[bool, str]:
    try:
        name = reader(path)
    except Exception as error:  # a reader that stumbles has not read the text
        return False, type(error).__name__
    try:
        return content.decode(name or "ascii").removeprefix("\ufeff") == text, name
    except (UnicodeError, LookupError):
        return False, name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, help="Django's wheel, for its translations")
    parser.add_argument("--only", nargs="*", choices=list(READERS), default=list(READERS))
    parser.add_argument("--sets", nargs="*", choices=["usual", "all"], default=["usual", "all"])
    parser.add_argument("--sizes", nargs="*", type=int, default=[60, 10])
    parser.add_argument("--show", action="store_true", help="list what was read wrongly")
    options = parser.parse_args()
    sources = {"messages": messages_of_django(options.wheel), "names": names_of_cldr()}
    print(f"{len(USUAL)} languages; {', '.join(options.only)}")
    for encodings in options.sets:
        for source, texts in sources.items():
            for rows in options.sizes:
                chosen = list(samples(texts, source, encodings, [rows]))
                report(f"{encodings}, {source}, {rows} rows", chosen, options.only, options.show)


def report(title: str, chosen: list[Sample], readers: list[str], show: bool) -> None:
    """Print the share that each reader read rightly, and its milliseconds a file."""
    shares = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        right: dict[str, dict[str, list[bool]]] = {name: defaultdict(list) for name in readers}
        seconds = dict.fromkeys(readers, 0.0)
        for sample in chosen:
            content = sample.text.encode(sample.encoding)
            path.write_bytes(content)
            for name in readers:
                start = time.perf_counter()
                good, guess = is_right(path, content, sample.text, READERS[name])
                seconds[name] += time.perf_counter() - start
                right[name][sample.language].append(good)
                if show and not good:
                    print(f"    {name}: {sample.language} in {sample.encoding} read as {guess}")
        for name in readers:
            share = mean(mean(good) for good in right[name].values())
            shares.append(f"{name} {share:.4f} ({seconds[name] / len(chosen) * 1000:.1f} ms)")
    print(f"{title} ({len(chosen)} files): {', '.join(shares)}", flush=True)


if __name__ == "__main__":
    main()
