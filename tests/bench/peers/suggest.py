"""scikit-learn's side of `packaging/bench --only suggest`: a linear classifier
(logistic loss, stochastic gradient descent) over words and letter n-grams
weighed by tf-idf, learned and tried on the files that pult wrote. One core each."""

import csv
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline, make_union


def read(path):
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["label"] for row in rows]


def classifier():
    words = TfidfVectorizer(sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True)
    linear = SGDClassifier(loss="log_loss", alpha=1e-5, random_state=1)
    return make_pipeline(make_union(words, letters), linear)


def main(folder):
    pult = json.loads((folder / "pult.json").read_text())
    print(f"suggest-reading pult {pult['read_secs']:.2f} s for {pult['decisions']} decisions")
    found = defaultdict(list)
    for ours in pult["sets"]:
        texts, labels = read(folder / ours["train"])
        model = classifier()
        begun = time.perf_counter()
        model.fit(texts, labels)
        train_secs = time.perf_counter() - begun
        for test in ours["tests"]:
            texts, labels = read(folder / test["file"])
            begun = time.perf_counter()
            said = model.predict(texts)
            test["peer"] = sum(a == b for a, b in zip(said, labels, strict=True)) / len(labels)
            found[ours["name"], test["name"]].append(test)
        if (ours["name"], "time") not in found:
            found[ours["name"], "time"].append(ours)
            print(
                f"suggest-{ours['name']}-training pult {ours['train_secs']:.2f} s"
                f" peer {train_secs:.2f} s ratio {ours['train_secs'] / train_secs:.2f}"
                f" ({ours['n']} texts, {ours['labels']} labels;"
                f" one suggestion of pult {ours['suggest_secs'] * 1e6:.0f} µs)"
            )
    for (name, test), trials in found.items():
        if test == "time":
            continue
        n = sum(trial["n"] for trial in trials)

        def mean(what, trials=trials, n=n):
            return sum(trial[what] * trial["n"] for trial in trials) / n

        print(
            f"suggest-{name}-{test} pult {mean('accuracy'):.3f} peer {mean('peer'):.3f}"
            f" among three {mean('among_three'):.3f} key words {mean('key_words'):.3f}"
            f" majority {mean('majority'):.3f} n {n}"
            f" confidence {mean('mean_confidence'):.3f}"
            f" calibration error {mean('calibration_error'):.3f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
