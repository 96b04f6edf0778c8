"""Vectors become neighbours, a map, clusters, topics, and answers to a search.

Everything here works on distinct, non-empty texts ("units"): unit i has text i and vector i.

Public names (import them from here)::

    find_neighbours(vectors, k, progress, seed) -> Neighbours       # indices, similarities, recall
    project(vectors, neighbours, settings, progress) -> Projection  # map (n, 2), space (n, 5)
    cluster(space, settings, progress, vectors) -> Clusters         # micro-clusters + Ward tree
    Clusters.cut(topics) -> node of each unit                       # fewer-more, instant
    left_out(strength, share) -> bool of each unit                  # the least sure stay outside
    count_terms(texts, language, progress) -> TermCounts            # words and phrases, sparse
    describe_topics(topic_of_unit, terms, vectors, texts) -> list[TopicDescription]
    name_topics(topic_of_unit, terms, vectors, texts) -> name of each topic
    search_words(texts, query), search_meaning(vectors, query_vector)
    describe_selection(selected, terms, selected_rows, columns)     # what sets some units apart
    cross_table(rows, columns, shape) -> CrossTable                 # topics by values
    association(counts), striking_cells(table, shape)               # how closely; where most
    units_in_polygon(map, polygon) -> bool of each unit             # a lasso
    coherence(keywords, terms), stability(topics, ids, resamples)   # how good the topics are
    resample(space, vectors, settings) -> Resamples                 # clustered again, on samples
    colours_of_tree(clusters, map, differences), free_colour(...)   # colours unlike the neighbours'
    places_of_names(codes, count, map) -> places of each code       # where a name may stand
    cut_chinese(text)                               # words of a run without spaces
    warm_up()                                                       # compile once for a machine

`Neighbours`, `Projection`, `Clusters`, `TermCounts` and `Resamples` go to and from plain arrays by
`arrays()` and `from_arrays()`; their names differ, so that one artifact can hold several.
"""

from core.explore.clusters import ClusterEngine, Clusters, ClusterSettings, cluster, left_out
from core.explore.colours import colours_of_tree, free_colour
from core.explore.cross_table import CrossTable, association, cross_table, striking_cells
from core.explore.keywords import TermCounts, c_tf_idf, count_terms, keywords_of_groups
from core.explore.name_places import places_of_names
from core.explore.neighbours import Neighbours, find_neighbours
from core.explore.projection import Projection, ProjectionSettings, project
from core.explore.quality import Resamples, coherence, resample, stability
from core.explore.search import (
    matches,
    outstanding,
    query_marks,
    query_patterns,
    search_meaning,
    search_words,
)
from core.explore.selection import (
    DistinctiveNumber,
    DistinctiveValue,
    DistinctiveWord,
    SelectionDescription,
    describe_selection,
    distinctive_values,
    distinctive_words,
    units_in_polygon,
)
from core.explore.tokens import cut_chinese, tokenize
from core.explore.topics import TopicDescription, describe_topics, name_from_keywords, name_topics
from core.explore.warming import warm_up

__all__ = [
    "ClusterEngine",
    "ClusterSettings",
    "Clusters",
    "CrossTable",
    "DistinctiveNumber",
    "DistinctiveValue",
    "DistinctiveWord",
    "Neighbours",
    "Projection",
    "ProjectionSettings",
    "Resamples",
    "SelectionDescription",
    "TermCounts",
    "TopicDescription",
    "association",
    "c_tf_idf",
    "cluster",
    "coherence",
    "colours_of_tree",
    "count_terms",
    "cross_table",
    "cut_chinese",
    "describe_selection",
    "describe_topics",
    "distinctive_values",
    "distinctive_words",
    "find_neighbours",
    "free_colour",
    "keywords_of_groups",
    "left_out",
    "matches",
    "name_from_keywords",
    "name_topics",
    "outstanding",
    "places_of_names",
    "project",
    "query_marks",
    "query_patterns",
    "resample",
    "search_meaning",
    "search_words",
    "stability",
    "striking_cells",
    "tokenize",
    "units_in_polygon",
    "warm_up",
]
