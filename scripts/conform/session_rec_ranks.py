"""Writes FOLDER/expected/session_rec.json: the ranks that session-rec's own classes give.

    python session_rec_ranks.py --session-rec CHECKOUT --models models.json [--queries N] FOLDER

FOLDER holds train.tsv.gz and test.tsv.gz (SessionId, ItemId, Time in epoch seconds). models.json
names what to run: {"any name": {"class": "VMContextKNN", "params": {"k": 100}}, ...}. Needs pandas
below 3 and numpy below 2, psutil and pympler, which session-rec imports. docs/conformance.md
explains.
"""

import argparse
import importlib
import json
import os
import sys
import time

os.environ["TZ"] = "UTC"  # last_n_days counts days in local time
time.tzset()
time.clock = time.perf_counter  # gone since Python 3.8, still called there

import numpy as np
import pandas as pd

MODULES = {
    "AssociationRules": "algorithms.baselines.ar",
    "SequentialRules": "algorithms.baselines.sr",
    "MarkovModel": "algorithms.baselines.markov",
    "ItemKNN": "algorithms.knn.iknn",
    "ContextKNN": "algorithms.knn.sknn",
    "VMContextKNN": "algorithms.knn.vsknn",
    "STAN": "algorithms.knn.stan",
    "VSKNN_STAN": "algorithms.knn.vstan",
}


def read_log(path):
    log = pd.read_csv(path, sep="\t", dtype={"SessionId": np.int64, "ItemId": np.int64})
    return log.sort_values(["SessionId", "Time"], kind="stable").reset_index(drop=True)


def test_sessions(test, items, wanted):
    """Sessions of known items, at least two events each, until `wanted` queries are reached."""
    known = test[test.ItemId.isin(items)]
    queries = 0
    for session, events in known.groupby("SessionId", sort=True):
        if len(events) < 2:
            continue
        yield session, events.ItemId.to_numpy(), events.Time.to_numpy()
        queries += len(events) - 1
        if queries >= wanted:
            return


def rank_of(scores, label):
    """1-based, ties to the lower position; items without a score have 0."""
    scores = np.nan_to_num(scores, nan=0.0)
    own = scores[label]
    return 1 + int((scores > own).sum()) + int((scores[:label] == own).sum())


def ranks_of(model, items, sessions):
    place = {item: i for i, item in enumerate(items)}
    ranks = []
    seconds = 0.0
    for session, clicks, times in sessions:
        for t in range(len(clicks) - 1):
            begin = time.perf_counter()
            scores = model.predict_next(session, clicks[t], items, timestamp=times[t + 1])
            seconds += time.perf_counter() - begin
            ranks.append(rank_of(scores.loc[items].to_numpy(), place[clicks[t + 1]]))
    return ranks, 1000 * seconds / len(ranks)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--session-rec", required=True, help="a checkout of rn5l/session-rec")
    parser.add_argument("--models", required=True, help="JSON: name -> class and params")
    parser.add_argument("--queries", type=int, default=3000)
    options = parser.parse_args()
    sys.path.insert(0, options.session_rec)
    with open(options.models) as file:
        models = json.load(file)
    train = read_log(f"{options.folder}/train.tsv.gz")
    test = read_log(f"{options.folder}/test.tsv.gz")
    items = np.sort(train.ItemId.unique())
    sessions = list(test_sessions(test, items, options.queries))
    expected = {}
    for name, spec in models.items():
        kind = getattr(importlib.import_module(MODULES[spec["class"]]), spec["class"])
        model = kind(**spec["params"])
        model.fit(train.copy())
        ranks, ms = ranks_of(model, items, sessions)
        mrr = float(np.mean(1 / np.array(ranks)))
        expected[name] = {**spec, "queries": len(ranks), "mrr": mrr, "ranks": ranks, "ms_query": ms}
        print(f"{name}: {len(ranks)} queries, MRR {mrr:.4f}, {ms:.2f} ms a query", flush=True)
    os.makedirs(f"{options.folder}/expected", exist_ok=True)
    with open(f"{options.folder}/expected/session_rec.json", "w") as file:
        json.dump({"n_items": len(items), "models": expected}, file)


if __name__ == "__main__":
    main()
