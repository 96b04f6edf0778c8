"""Labels become a model: split, probe, fine-tune, calibrate, evaluate, predict.

Public names (import them from here)::

    split_rows(labels, groups, *, test_share=0.2, validation_share=0.1, seed, test_rows=None)
        -> Split                                                              # duplicates together
    train_probe(vectors, labels, classes=None, seed, progress) -> Probe       # logistic regression
    fine_tune(texts, labels, split, model_folder, probe, *, settings, progress, scratch)
        -> FineTuned                                                          # all layers
    TextClassifier.from_probe(probe, card, model_folder=None, encode=None)    # on the shelf
    TextClassifier.from_fine_tuned(tuned, card)
    TextClassifier.load(folder, load_encoder=None)                            # predict, save
    evaluate(probabilities, truth, classes) -> Evaluation                     # accuracy, F1, ...
    compare(before, after, truth, classes) -> Comparison                      # same test rows
    ModelCard(encoder, method, train_rows, texts_hash), hash_texts(texts)
"""

from core.learn.calibration import Calibration, calibrate
from core.learn.classifier import Predictions, TextClassifier
from core.learn.evaluation import (
    ClassScore,
    Comparison,
    Evaluation,
    Interval,
    compare,
    evaluate,
    wilson_interval,
)
from core.learn.fine_tuned import CurvePoint, Ended, FineTuned, FineTuneSettings, Kept
from core.learn.fine_tuning import fine_tune
from core.learn.model_card import ModelCard, hash_texts
from core.learn.network import TextNetwork
from core.learn.note import Note
from core.learn.probe import Probe, train_probe
from core.learn.scorer import Encode
from core.learn.split import Split, split_rows
from core.processor import Precision, Processor

__all__ = [
    "Calibration",
    "ClassScore",
    "Comparison",
    "CurvePoint",
    "Encode",
    "Ended",
    "Evaluation",
    "FineTuneSettings",
    "FineTuned",
    "Interval",
    "Kept",
    "ModelCard",
    "Note",
    "Precision",
    "Predictions",
    "Probe",
    "Processor",
    "Split",
    "TextClassifier",
    "TextNetwork",
    "calibrate",
    "compare",
    "evaluate",
    "fine_tune",
    "hash_texts",
    "split_rows",
    "train_probe",
    "wilson_interval",
]
