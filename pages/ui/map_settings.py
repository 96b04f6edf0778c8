"""The settings of UMAP and HDBSCAN, for those who know what they want."""

from typing import Any

import streamlit as st

from core.explore import ClusterEngine
from core.project import Project
from core.steps import map_options
from pages.ui.jobs import start_button, submit
from pages.ui.words import _

WIDTH = 225


def map_settings(opened: Project, recall: float) -> None:
    """Draw the settings of the map as they are kept in the project, and make it again."""
    saved = map_options(opened)
    with st.expander(_("Settings of the map"), icon=":material/tune:"):
        with st.container(horizontal=True, gap="medium"):
            chosen = _controls(opened, saved)
        st.caption(
            _(
                "The names, notes and colours that you gave go to the topics of the new map that "
                "share more than half of their rows. What you merged, split, made, excluded or "
                "deleted stays so for its rows. The texts are not embedded again."
            )
        )
        if recall < 1:
            st.caption(
                _(
                    "With so many texts, neighbours are searched for approximately: about {share} "
                    "of the true ones were found (recall).",
                    share=f"{recall:.1%}",
                )
            )
        if start_button(
            _("Make the map again"), opened, "map", icon=":material/refresh:", kind="secondary"
        ):
            submit("map", opened, **chosen)
            st.rerun()


def _controls(opened: Project, saved: dict[str, Any]) -> dict[str, Any]:
    """Draw one control for each setting, with its meaning below."""
    # The saved values are part of the keys, so that another tab's choice is seen.
    place = f"{opened.id}-{'-'.join(map(str, saved.values()))}"
    engines = {
        str(ClusterEngine.HDBSCAN): _("hdbscan, the reference"),
        str(ClusterEngine.FAST): _("fast_hdbscan, quicker on many rows"),
    }
    chosen: dict[str, Any] = {}
    with st.container(width=WIDTH):
        chosen["neighbours"] = st.number_input(
            _("Neighbours (n_neighbors)"), 2, 200, saved["neighbours"], key=f"neighbours-{place}"
        )
        st.caption(_("More show the large shape, fewer the small groups."))
    with st.container(width=WIDTH):
        chosen["spread"] = st.number_input(
            _("Spread (min_dist)"), 0.0, 1.0, saved["spread"], 0.05, key=f"spread-{place}"
        )
        st.caption(_("More spreads the points of a group over the map; topics stay the same."))
    with st.container(width=WIDTH):
        chosen["smallest_cluster"] = st.number_input(
            _("Smallest cluster (min_cluster_size)"),
            0,
            10_000,
            saved["smallest_cluster"],
            key=f"smallest-{place}",
        )
        st.caption(
            _("So many texts make a dense place; more give fewer, broader ones. 0: by the rows.")
        )
    with st.container(width=WIDTH):
        chosen["engine"] = st.selectbox(
            _("Engine of the clusters"),
            list(engines),
            index=list(engines).index(saved["engine"]),
            format_func=engines.__getitem__,
            key=f"engine-{place}",
        )
        st.caption(_("Both find dense places by HDBSCAN; their topics differ a little."))
    with st.container(width=WIDTH):
        chosen["seed"] = st.number_input(
            _("Seed"), 0, 2**31 - 1, saved["seed"], key=f"seed-{place}"
        )
        st.caption(_("The same seed and settings give the same map. Another one lays it out anew."))
    return chosen
