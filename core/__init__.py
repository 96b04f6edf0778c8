"""Textlode's library: texts become vectors, maps, topics, classifiers and reasons.

The sub-packages stand in the order in which data passes them::

    data -> embed -> explore -> learn -> explain

They take tables and arrays and return results, and know nothing of projects, of jobs or of each
other's files. `project` keeps what lasts, `jobs` runs long work outside the page, and only
`steps` joins a project with an algorithm. Nothing in here imports Streamlit.
"""

__version__ = "0.1.0"
