"""Computes testdata/reference.json (apt-get install python3-sklearn):

    python3 testdata/reference.py > testdata/reference.json
"""

import json
import random

import sklearn
from sklearn.calibration import calibration_curve
from sklearn.metrics import (auc, average_precision_score, brier_score_loss,
                             precision_recall_curve, roc_auc_score, roc_curve)

random.seed(1)


def rows(n, digits, signal):
    labels = [random.random() < 0.3 for _ in range(n)]
    labels[0], labels[1] = True, False
    scores = [round(min(1, max(0, random.gauss(0.4 + signal * y, 0.25))), digits) for y in labels]
    return labels, scores


cases = {
    "distinct": rows(40, 9, 0.3),
    "ties": rows(60, 1, 0.2),  # scores on the edges of bins, 0 and 1 among them
    "many ties": rows(200, 2, 0.1),
    "all the same": ([True, False, False, True, False], [0.5] * 5),
    "perfect": ([False, False, True, True], [0.1, 0.2, 0.8, 0.9]),
    "upside down": ([True, True, False, False], [0.1, 0.2, 0.8, 0.9]),
    "0 and 1": ([True, False, True, False], [1, 0, 0, 1]),
}
out = {"scikit-learn": sklearn.__version__}
for name, (labels, scores) in cases.items():
    fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=False)
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    positive, mean = calibration_curve(labels, scores, n_bins=10)
    out[name] = {
        "labels": labels, "scores": scores,
        "fpr": list(fpr), "tpr": list(tpr),
        "precision": list(precision), "recall": list(recall), "thresholds": list(thresholds),
        "roc_auc": roc_auc_score(labels, scores),
        "average_precision": average_precision_score(labels, scores),
        "pr_auc": auc(recall, precision),
        "calibration_positive": list(positive), "calibration_score": list(mean),
        "brier": brier_score_loss(labels, scores),
    }
print(json.dumps(out, default=float))
