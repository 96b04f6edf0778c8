"""What a model learned: its curve while it learns, its figures, its mistakes, its shelf."""

from typing import Any

import streamlit as st

from core.errors import TextlodeError
from core.figures import number, percent
from core.jobs import Job
from core.project import Project
from core.steps import ShelvedModel
from pages.ui.jobs import job_store
from pages.ui.words import _, plain, say


def say_what_cancelling_kept(job: Job) -> None:
    """Say what is left of a training that was cancelled."""
    if job.detail.get("curve"):  # only a thorough training has one
        st.caption(
            _(
                "No model was added. The state that the thorough training saved last is kept: with "
                "the same settings it goes on from there."
            )
        )
    else:
        st.caption(
            _("No model was added. What the encoder has read is kept; the rest begins anew.")
        )


@st.fragment(run_every=1.5)
def draw_curve(job_id: str) -> None:
    """Draw the curve of a training that runs."""
    curve = job_store().get(job_id).detail.get("curve", [])
    if curve:
        _curve_charts(curve)


def draw_shelf(opened: Project, models: list[ShelvedModel]) -> None:
    """Show each model with its figures; the one in use comes first."""
    if not models:
        return
    st.subheader(_("Models"))
    for model in sorted(models, key=lambda model: not model.in_use):
        with st.container(border=True):
            _model(opened, model)


def _model(opened: Project, model: ShelvedModel) -> None:
    report = model.report
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(model.name)}**", width="stretch")
        if model.in_use:
            st.badge(_("in use"), icon=":material/check:")
        elif st.button(_("Use this one"), key=f"use-{model.key}"):
            opened.record("model_chosen", key=model.key)
            st.rerun()
    st.markdown(result_sentence(report))
    if warning := useless_warning(report):
        st.warning(warning, icon=":material/warning:")
    for note in report["notes"]:
        st.caption(say(TextlodeError(note["template"], **note["values"])))
    with st.expander(_("Figures for each class, mistakes and settings")):
        _figures(report, model)


def result_sentence(report: dict[str, Any]) -> str:
    """Return what the test said in a sentence, with its base and its interval."""
    after, before = report["after"], report["before"]
    low, high = after["interval"]
    sentence = _(
        "**{accuracy}** of {rows} test rows right (between {low} and {high} with 95% certainty).",
        accuracy=percent(after["accuracy"]),
        rows=number(after["rows"]),
        low=percent(low),
        high=percent(high),
    )
    if report["kept"] == "fine-tuned":
        sentence += " " + _(
            "Before fine-tuning it was {before} on the same rows.",
            before=percent(before["accuracy"]),
        )
    return sentence


def useless_warning(report: dict[str, Any]) -> str | None:
    """Say when a model is hardly better than always giving the most frequent class."""
    after = report["after"]
    most = max(after["classes"], key=lambda one: one["support"])
    if after["interval"][0] > most["support"] / after["rows"]:
        return None
    never = [one["name"] for one in after["classes"] if one["support"] and not one["recall"]]
    return " ".join(
        [
            _(
                "Always answering {name} would be right for {share} of these rows: this model is "
                "not clearly better. Give it more labelled rows, or other labels.",
                name=plain(most["name"]),
                share=percent(most["support"] / after["rows"]),
            ),
            *([_("It never finds {names}.", names=plain(", ".join(never[:5])))] if never else []),
        ]
    )


def _figures(report: dict[str, Any], model: ShelvedModel) -> None:
    import pandas as pd

    classes = pd.DataFrame(report["after"]["classes"])
    st.dataframe(
        classes,
        hide_index=True,
        column_config={
            "name": _("Class"),
            "precision": _share_column(
                _("Precision"), _("Of the rows that the model gave this class, how many have it.")
            ),
            "recall": _share_column(
                _("Recall"), _("Of the rows that have this class, how many the model found.")
            ),
            "f1": _share_column(_("F1"), _("The balance (harmonic mean) of precision and recall.")),
            "support": st.column_config.NumberColumn(_("Test rows")),
        },
    )
    st.caption(
        _(
            "Mean F1 of the classes, each counted alike (macro): {f1}. It is lower than the share "
            "of right rows where small classes are learned less well.",
            f1=percent(report["after"]["macro_f1"]),
        )
    )
    if report["mistakes"]:
        st.markdown(f"**{_('Most frequent mistakes')}**")
        columns = [_("True class"), _("Model said"), _("Rows")]
        st.dataframe(pd.DataFrame(report["mistakes"], columns=columns), hide_index=True)
        if further := further_mistakes(report):
            st.caption(further)
    if curve := report["training"].get("curve"):
        _curve_charts(curve)
    rows = report["rows"]
    st.caption(
        _(
            "{train} rows taught it, {validation} others said when to stop and how sure it may be, "
            "and {test} served the test alone. Seed {seed}: the same number draws the same rows, "
            "and so gives the same model.",
            train=number(rows["train"]),
            validation=number(rows["validation"]),
            test=number(rows["test"]),
            seed=model.artifact.settings["seed"],
        )
    )


def further_mistakes(report: dict[str, Any]) -> str:
    """Say how many mistakes the list leaves out; "" where it has all of them."""
    shown = len(report["mistakes"])
    confusion = enumerate(report["after"]["confusion"])
    wrong = [n for true, row in confusion for said, n in enumerate(row) if n and true != said]
    if len(wrong) <= shown:
        return ""
    return _(
        "And {n} further pairs of classes, with {rows} test rows between them.",
        n=number(len(wrong) - shown),
        rows=number(sum(wrong) - sum(rows for _true, _said, rows in report["mistakes"])),
    )


def _share_column(title: str, meaning: str) -> Any:
    return st.column_config.NumberColumn(title, format="percent", help=meaning)


def _curve_charts(curve: list[dict[str, Any]]) -> None:
    import pandas as pd

    frame = pd.DataFrame(curve)
    left, right = st.columns(2)
    losses = frame.dropna(subset=["loss"]) if "loss" in frame else frame[:0]
    if len(losses):
        left.caption(_("Training loss (lower is better)"))
        left.line_chart(losses, x="step", y="loss", x_label=_("Step"), y_label=_("Loss"))
    scores = frame.dropna(subset=["validation_accuracy"])
    if len(scores):
        right.caption(_("Accuracy on the validation rows (higher is better)"))
        right.line_chart(
            scores, x="step", y="validation_accuracy", x_label=_("Step"), y_label=_("Accuracy")
        )
