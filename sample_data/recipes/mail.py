"""Spam and ham from the SpamAssassin public corpus: the words of a mail, without its machinery."""

import email
import email.errors
import email.header
import email.message
import html
import json
import random
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path

from recipes.masking import mask

COLUMNS = ("id", "date", "label", "subject", "text")
SIZES = {"ham": 1200, "spam": 600}
SHORTEST, LONGEST = 100, 1500  # characters of a text

# Mails that match are left out, whatever their label: explicit offers, slurs, abuse, massacres.
_UNWELCOME = re.compile(
    r"\b(?:sex\w*|porn\w*|xxx\w*|adult (?:site|video|movie|dvd|content|web|entertain|dating)\w*"
    r"|nude\w*|naked|penis\w*|penile|erecti\w+|viagra|virility|libido|orgasm\w*|masturbat\w*|horny"
    r"|slut\w*|whore\w*|hooker\w*|prostitut\w*|incest|rape[ds]?|raping|rapist\w*|hardcore|erotic\w*"
    r"|lesbian\w*|tits|boobs?|breasts?|cum|cumshot\w*|anal|vagina\w*|genital\w*|fetish\w*"
    r"|webcam girl\w*|lolita\w*|teen girls?|hot (?:girls|teens|babes|singles)|bestial\w*|dildo\w*"
    r"|ejaculat\w*|intercourse|impoten\w*|lonely|lonley|ass|condoms?|swingers?|escorts?|playboy"
    r"|stripper\w*|pussy|cock"
    r"|blow ?jobs?|(?:mother)?fuck\w*|cunt\w*|shit\w*|bullshit|asshole\w*|bitch\w*|bastards?"
    r"|nigg\w+|fag(?:got)?s?|kike\w*|retard\w*|paedo\w*|pedo\w*|enlarge\w* your"
    r"|jihad\w*|massacre\w*|genocid\w*|slaughter\w*)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*(?:[A-Za-z]{0,8}[>|}]|:|--\]|&>)")
_MACHINERY = re.compile(
    r"^(?:URL|Date|From|To|Cc|Sent|Sender|Subject|Reply-To|Delivered-To"
    r"|Return-Path|Received|User-Agent|Message-ID|Content-[\w-]+|MIME-Version"
    r"|X-[\w-]+|Version|Comment|Hash): .*$|^.{0,120}(?:wrote|writes|écrivit) ?:\s*$"
    r"|^(?:Quoting|On) .{0,100}(?:wrote|,)\s*$|^-+ ?(?:Original|Forwarded) Message ?-+$"
    r"|^.{0,80} (?:said|spake thusly|stated the following) ?:\s*$|^Quoting .{0,100}:\s*$"
    r"|^(?:On |At )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,? \d{1,2} \w{3,9} \d{4}.*$"
    r"|^Forwarded-by: .*$|^-+ begin forwarded text$"
    r"|^SPAM: .*$"  # the filter's own verdict, which would tell the label
    r"|^Once upon a time, .*$|^-----BEGIN PGP SIGNED.*$|^\(?Yahoo! Groups Sponsor.*$",
    re.IGNORECASE,
)
# From such a line on, a mail is list footer, advertisement or attachment.
_FOOTER = re.compile(
    r"^(?:-{5,}BEGIN PGP SIGNATURE.*|This sf\.net email is sponsored.*|-*DeathToSpam.*"
    r"|-+ Yahoo! Groups Sponsor.*|To unsubscribe from this group.*|begin \d{3} \S+"
    r"|Irish Linux Users' Group.*|Do you Yahoo!\?.*|Get your free email from.*"
    r"|To unsubscribe or change subscriber options.*|MSN Photos is the easiest.*"
    r"|(?:Join|Chat with|Send and receive|Get).*(?:Hotmail|MSN|e-mail service).*)$",
    re.IGNORECASE,
)
# Such a line starts a signature, unless the mail itself starts with it.
_RULE = re.compile(r"^(?:--\s*|_{20,}|-{30,}|={40,})$")
_REMOVAL = re.compile(r"unsubscribe|remov(?:e|al)|opt.?out|mailing list", re.IGNORECASE)
_REMOVAL_NOTE = 420  # characters: a shorter mail about removal lost its message with a picture
# The parts of a mail whose head was damaged, seen in its text.
_BROKEN = re.compile(r"JavaMail|NextPart_|Content-(?:Type|Transfer-Encoding):", re.IGNORECASE)
_INVISIBLE = {"head", "style", "script", "title"}
_BLOCKS = {"p", "br", "div", "tr", "td", "table", "li", "center", "hr", "h1", "h2", "h3", "h4"}


class _Visible(HTMLParser):
    """Collects the text that a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INVISIBLE:
            self.hidden = tag
        elif tag in _BLOCKS:
            self.hidden = None  # a page that forgets </head> is shown all the same
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.hidden:
            self.hidden = None
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self.hidden is None:
            self.parts.append(data.replace("\n", " "))


def rows(data: Path, seed: int) -> list[dict[str, str]]:
    """One row a mail, sorted by id: a sample of `SIZES` clean mails. Deterministic in `seed`."""
    candidates: dict[str, list[dict[str, str]]] = {label: [] for label in SIZES}
    seen: set[str] = set()
    for path in sorted(data.glob("*/*.json")):
        row = _mail(json.loads(path.read_text(encoding="utf-8")))
        gist = re.sub(r"[^a-z]", "", row["text"].lower())[:200]
        if _good(row) and gist not in seen:
            seen.add(gist)
            candidates[row["label"]].append(row)
    draw = random.Random(seed)
    chosen = [row for label, size in SIZES.items() for row in draw.sample(candidates[label], size)]
    return sorted(chosen, key=lambda row: row["id"])


def _mail(record: dict[str, str]) -> dict[str, str]:
    message = email.message_from_string(record["text"])
    subject = _flat(_decoded(message["subject"] or ""))
    return {
        "id": f"{record['group']}-{record['id']}",
        "date": _date(message),
        "label": "spam" if record["group"].startswith("spam") else "ham",
        "subject": mask(subject),
        "text": _cut(mask(_flat(_words(_body(message))))),
    }


def _good(row: dict[str, str]) -> bool:
    text = row["text"]
    letters = sum(character.isascii() and character.isalpha() for character in text)
    longest = max((len(word) for word in text.split()), default=0)
    return (
        len(text) >= SHORTEST
        and letters >= 0.6 * len(text)
        and sum(not character.isascii() for character in text) <= 0.02 * len(text)
        and not re.search("[\ufffdÿ]", text + row["subject"])
        and not (len(text) < _REMOVAL_NOTE and _REMOVAL.search(text))
        and longest <= 60
        and not _BROKEN.search(text)
        and not _UNWELCOME.search(row["subject"] + " " + text)
    )


def _body(message: email.message.Message) -> str:
    """The plain text of a mail; of a mail in HTML only, the words that are shown."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    for kind in ("text/plain", "text/html"):
        for part in parts:
            text = _payload(part) if part.get_content_type() == kind else ""
            if re.search(r"<(?:html|body|table|font|p|br)\b", text, re.IGNORECASE):
                text = _shown(text)
            if len(text.strip()) >= SHORTEST:
                return text
    return ""


def _payload(part: email.message.Message) -> str:
    """The decoded payload. The corpus is stored as UTF-8 with lost 8-bit characters, so only
    quoted-printable and base64 parts still have a character set of their own.
    """
    if (part["content-transfer-encoding"] or "").strip().lower() in {"quoted-printable", "base64"}:
        raw = part.get_payload(decode=True)
        return raw.decode("windows-1252", "replace") if isinstance(raw, bytes) else ""
    return str(part.get_payload())


def _shown(page: str) -> str:
    parser = _Visible()
    parser.feed(re.sub(r"<!--.*?-->|<!\[?[^>]*>", "", page, flags=re.DOTALL))
    parser.close()
    return "".join(parser.parts)


def _words(body: str) -> str:
    """The writer's own lines: no quotations, no forwarded headers, no signature or footer."""
    kept: list[str] = []
    for line in html.unescape(body).replace("\r", "").split("\n"):
        enough = len(" ".join(kept).strip()) >= SHORTEST
        if _FOOTER.match(line.strip()) or (enough and _RULE.match(line.strip())):
            break
        if not _QUOTED.match(line) and not _MACHINERY.match(line.strip()):
            kept.append(line)
    return re.sub(r"[-=_*~#.+^<>|]{4,}", " ", "\n".join(kept))


def _decoded(header: str) -> str:
    try:
        parts = email.header.decode_header(header)
        return str(email.header.make_header(parts))
    except (LookupError, UnicodeError, email.errors.HeaderParseError):
        return header


def _date(message: email.message.Message) -> str:
    """The day in the Date header where it is a possible one (2000 to 2003), else nothing."""
    try:
        sent: datetime = parsedate_to_datetime(message["date"])
    except (TypeError, ValueError):
        return ""
    return sent.date().isoformat() if 2000 <= sent.year <= 2003 else ""


def _flat(text: str) -> str:
    return re.sub(r"[\s\u00a0\u200b\x00-\x1f\x7f]+", " ", text).strip()


def _cut(text: str) -> str:
    """At most `LONGEST` characters, ending with a whole word and an ellipsis where it was cut."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
