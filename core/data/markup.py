"""What a web page leaves in its texts: tags, comments, entities."""

import html

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TAGS = (
    "p|br|div|span|a|b|i|u|em|strong|li|ul|ol|table|tr|td|th|tbody|thead|img|h[1-6]|font|script|"
    "style|blockquote|pre|code|hr|sup|sub|small|center|input|button|label|form|section|article|"
    "header|footer|nav|figure|iframe|link|meta|body|head|html|title"
)
MARKUP = rf"(?i)</?({TAGS})(\s[^<>]*)?/?>|<!--|&(amp|nbsp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);"
# What a browser would not show goes whole; a tag that begins a line becomes one.
HIDDEN = r"(?is)<!--.*?-->|<script(\s[^<>]*)?>.*?</script>|<style(\s[^<>]*)?>.*?</style>"
BREAKS = r"(?i)</?(p|br|div|li|ul|ol|tr|h[1-6]|hr|table|blockquote|section|article)(\s[^<>]*)?/?>"
INLINE = rf"(?i)</?({TAGS})(\s[^<>]*)?/?>"
BLANK_LINES = r"\s*\n\s*"


def has_markup(texts: pa.Array) -> pa.Array:
    """Return which texts hold HTML tags, comments or entities; `a < b` and `AT&T` are none."""
    marked = pc.or_(pc.match_substring(texts, "<"), pc.match_substring(texts, "&"))
    places = pc.indices_nonzero(pc.fill_null(marked, False))
    found = pc.match_substring_regex(texts.take(places), MARKUP)
    held = np.zeros(len(texts), dtype=bool)
    held[places.to_numpy()] = found.to_numpy(zero_copy_only=False)
    return pa.array(held)


def strip_markup(texts: pa.Array, marked: pa.Array | None = None) -> pa.Array:
    """Return texts as a browser would show them; those without markup stay as they are.

    `marked` is what `has_markup` says of them, where that is known already.
    """
    marked = has_markup(texts) if marked is None else marked
    bare = texts.filter(marked)
    for pattern, shown in ((HIDDEN, " "), (BREAKS, "\n"), (INLINE, "")):
        bare = pc.replace_substring_regex(bare, pattern, shown)
    unescaped = [html.unescape(text) for text in bare.to_pylist()]
    bare = pc.replace_substring_regex(pa.array(unescaped, texts.type), BLANK_LINES, "\n")
    return pc.replace_with_mask(texts, marked, pc.utf8_trim_whitespace(bare))
