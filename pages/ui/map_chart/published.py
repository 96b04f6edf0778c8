"""Columns and texts that are offered to the browser, and the handles that stand for them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pages.ui.map_chart.routes import root_path
from pages.ui.map_chart.shelf import SHELF, TextReader


@dataclass(frozen=True)
class PointsHandle:
    """Coordinates on the shelf: their address and number."""

    url: str
    count: int


@dataclass(frozen=True)
class ColoursHandle:
    """Codes on the shelf: their address, number and bytes each; the largest code is grey."""

    url: str
    count: int
    bytes: int


@dataclass(frozen=True)
class RowsHandle:
    """Numbers of rows on the shelf: their address and how many they are."""

    url: str
    count: int


@dataclass(frozen=True)
class TextsHandle:
    """The texts of a table on the shelf, read one at a time."""

    url: str


def publish_points(xy: ArrayLike) -> PointsHandle:
    """Offer coordinates (n, 2) to the browser; a row without a place has NaN."""
    pairs = as_pairs(xy)
    return PointsHandle(_column_url(pairs.tobytes()), len(pairs))


def publish_colours(codes: ArrayLike) -> ColoursHandle:
    """Offer one code a row, uint8 or uint16; 255 or 65535 is a row left out, drawn grey."""
    column = as_codes(codes)
    return ColoursHandle(_column_url(column.tobytes()), len(column), column.itemsize)


def publish_texts(name: str, read: TextReader) -> TextsHandle:
    """Offer the texts of the table of that name; `read(row)` raises LookupError for no row.

    It is called outside the script, in any thread, so it must not touch Streamlit's state.
    """
    return TextsHandle(f"{root_path()}/text/{SHELF.put_reader(name, read)}")


def as_pairs(xy: ArrayLike) -> NDArray[np.float32]:
    """Return coordinates as little-endian float32 (n, 2). Raises ValueError for other shapes."""
    pairs = np.ascontiguousarray(xy, dtype="<f4")
    if pairs.size == 0:
        pairs = pairs.reshape(0, 2)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"points have the shape (n, 2), not {pairs.shape}")
    return pairs


def as_codes(codes: ArrayLike) -> NDArray[np.generic]:
    """Return codes as one column. Raises ValueError for types other than uint8 and uint16."""
    column = np.ascontiguousarray(codes)
    if column.ndim != 1 or column.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"codes are one column of uint8 or uint16, not {column.dtype}")
    return column


def publish_rows(rows: ArrayLike, count: int) -> RowsHandle:
    """Offer the numbers of some of `count` rows. Raises ValueError for a row beyond them."""
    column = np.unique(np.asarray(rows, dtype=np.int64))
    if column.size and not (column[0] >= 0 and column[-1] < count):
        raise ValueError(f"rows lie between 0 and {count - 1}")
    return RowsHandle(_column_url(column.astype("<u4").tobytes()), len(column))


def _column_url(content: bytes) -> str:
    return f"{root_path()}/column/{SHELF.put(content)}"
