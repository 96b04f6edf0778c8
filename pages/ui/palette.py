"""The colours of topics and of scales, as the map, the tables and the report have them."""

from core.palette import CATEGORIES, COLOURS, SCALE, category

__all__ = ["CATEGORIES", "COLOURS", "SCALE", "category"]
