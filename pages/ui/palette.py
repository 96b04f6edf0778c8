"""The colours of topics and of scales, as the map, the tables and the report have them."""

from core.palette import CATEGORIES, SCALE, category

__all__ = ["CATEGORIES", "SCALE", "category"]
