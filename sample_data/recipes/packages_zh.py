"""Debian package descriptions in Simplified Chinese, with the English summary beside them."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from recipes.masking import mask
from recipes.sources import DEBIAN_RELEASES, debian_list, paragraphs

COLUMNS = ("package", "section", "text", "english")
ROWS_PER_SOURCE = 4  # a source package often makes many packages with almost the same text
FEWEST_HAN = 18
LEAST_HAN_SHARE = 0.35  # of the letters: less is a half-translated text

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z\u3400-\u9fff]")
_TRANSITIONAL = re.compile(r"过渡|虚拟包|空包|哑包|傀儡")
_CJK = r"\u3000-\u303f\u3400-\u9fff\uff00-\uffef"


def rows(lists: Path) -> list[dict[str, str]]:
    """One row a package, sorted by name; a newer release replaces an older one's text."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for release in DEBIAN_RELEASES:
        found.update(_release(lists, release))
    return list(_varied(found))


def _release(lists: Path, release: str) -> dict[str, tuple[str, dict[str, str]]]:
    index = {p["Package"]: p for p in paragraphs(debian_list(lists, release, "*_Packages"))}
    english = {
        p["Description-md5"]: p["Description-en"]
        for p in paragraphs(debian_list(lists, release, "*Translation-en"))
    }
    found = {}
    for translated in paragraphs(debian_list(lists, release, "*Translation-zh*CN")):
        package = index.get(translated["Package"])
        original = english.get(translated["Description-md5"])
        if package is None or original is None:
            continue
        row = {
            "package": translated["Package"],
            "section": package["Section"],
            "text": mask(_text(translated["Description-zh_CN"])),
            "english": _english(original),
        }
        source = package.get("Source", row["package"]).split()[0]
        found[row["package"]] = (source, row)
    return found


def _varied(found: dict[str, tuple[str, dict[str, str]]]) -> Iterator[dict[str, str]]:
    """Good texts only, none twice, few of one source package."""
    seen: set[str] = set()
    taken: Counter[str] = Counter()
    for name in sorted(found):
        source, row = found[name]
        family = re.sub(r"[\d.-]+", "", source)  # gcc-13-cross and gcc-14-cross are one family
        gist = re.sub(r"[^\u3400-\u9fff]", "", row["text"])
        if not _good(row["text"]) or gist in seen or taken[family] >= ROWS_PER_SOURCE:
            continue
        seen.add(gist)
        taken[family] += 1
        yield row


def _good(text: str) -> bool:
    han, letters = len(_HAN.findall(text)), len(_LETTER.findall(text))
    return (
        han >= FEWEST_HAN
        and han >= LEAST_HAN_SHARE * letters
        and "\ufffd" not in text
        and not _TRANSITIONAL.search(text)
    )


def _text(description: str) -> str:
    """The summary line and the long description as one line: hard wraps undone, lists kept."""
    summary, *lines = description.split("\n")
    parts = [summary if summary.endswith(("！", "？")) else summary.rstrip("。. ") + "。"]
    for line in lines:
        content = line.strip()
        if content in {"", "."}:
            continue
        parts.append(re.sub(r"^[*+•·o-]\s+", "· ", content))
    joined = re.sub(r"\s+", " ", " ".join(parts))
    return re.sub(rf"(?<=[{_CJK}]) (?=[{_CJK}])", "", joined).strip()


def _english(description: str) -> str:
    return description.split("\n", 1)[0].strip()
