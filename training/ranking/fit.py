"""Fits the weights of the ranking stage to development questions.

    python3 training/ranking/fit.py CANDIDATES.jsonl VERBATIM.jsonl            cross-validation by repository, for each strength of L2
    python3 training/ranking/fit.py CANDIDATES.jsonl VERBATIM.jsonl --write    the weights of all repositories, as src/core/search/ranking/weights.ts

A file's score is the soft maximum of its chunks' scores; the loss is the cross entropy between the softmax over the files
of a question and the uniform distribution over those asked for (ListNet, Cao et al. 2007), with an L2 penalty on weights
of standardised features. What tells quotations (QUOTING) is fitted afterwards to questions and quotations together, all else
standing still: quotations would pull other weights towards words that are in a text, where developers' questions ask what it
does. Needs numpy and torch. Deterministic.
"""
import argparse
import collections
import json
import math
import os

import numpy as np
import torch

SHARPNESS = 4.0  # of the soft maximum over a file's chunks
L2 = 0.01  # where cross-validated and training nDCG@10 are close and the former has not fallen by more than its noise
STEPS = 300
FOLDS = 7
QUOTING = ("quotes", "onlyHere")
K = 10
STEPS_OF_SATURATION = (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4)
TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/core/search/ranking/weights.ts")


def same(a, b):
    return a == b or a.endswith("/" + b) or b.endswith("/" + a)


def load(*paths):
    """The questions of each file, and the names of the features."""
    files = [[json.loads(line) for line in open(path, encoding="utf-8")] for path in paths]
    names = sorted({name for questions in files for q in questions for c in q["candidates"] for name in c["features"]})
    for q in (q for questions in files for q in questions):
        q["x"] = np.array([[c["features"].get(n, 0.0) for n in names] for c in q["candidates"]]).reshape(-1, len(names))
        own = {}
        q["file"] = np.array([own.setdefault(c["path"], len(own)) for c in q["candidates"]], dtype=np.int64)
        q["files"] = list(own)
        q["targets"] = [[i for i, f in enumerate(q["files"]) if same(f, t)] for t in q["relevant"]]
    return files, names


def ndcg(q, scores):
    """nDCG@10 over files: gain 1 for each target at the first of its files."""
    order = []
    for i in np.argsort(-scores, kind="stable"):
        if q["file"][i] not in order:
            order.append(q["file"][i])
        if len(order) == K:
            break
    return gain_of(q, order)


def gain_of(q, files):
    """nDCG of a list of at most K files: gain 1 for each target at its first place."""
    ranks = {next((r for r, f in enumerate(files, 1) if f in target), 0) for target in q["targets"]}
    ideal = sum(1 / math.log2(r + 1) for r in range(1, min(K, len(q["targets"])) + 1))
    return sum(1 / math.log2(r + 1) for r in ranks if r > 0) / ideal


def overall(questions, weights):
    by_repo = collections.defaultdict(list)
    for q in questions:
        by_repo[q["repo"]].append(ndcg(q, q["x"] @ weights))
    return {repo: float(np.mean(v)) for repo, v in by_repo.items()}


def mean(questions, weights):
    return float(np.mean(list(overall(questions, weights).values())))


def inside(questions, repos):
    return [q for q in questions if q["repo"] in repos]


def outside(questions, repos):
    return [q for q in questions if q["repo"] not in repos]


def lowered(q, scores, saturation):
    """Scores with each further chunk of a file lowered by one more step, as the product does."""
    result, before = scores.copy(), collections.Counter()
    for i in np.argsort(-scores, kind="stable"):
        result[i] -= saturation * before[q["file"][i]]
        before[q["file"][i]] += 1
    return result


def best_saturation(questions, weights):
    """The step with the best nDCG@10 where each of the first ten chunks takes a rank; the smallest of equals."""
    figures = {}
    for step in STEPS_OF_SATURATION:
        by_repo = collections.defaultdict(list)
        for q in questions:
            scores = lowered(q, q["x"] @ weights, step)
            first = np.argsort(-scores, kind="stable")[:K]
            by_repo[q["repo"]].append(gain_of(q, [q["file"][i] for i in first]))
        figures[step] = float(np.mean([np.mean(v) for v in by_repo.values()]))
    print("saturation:", {step: round(value, 4) for step, value in figures.items()})
    return min(figures, key=lambda step: (-round(figures[step], 3), step))


def fit(questions, verbatim, names, spread, l2):
    """All weights by the questions, then those of QUOTING by questions and quotations."""
    quoting = np.array([n in QUOTING for n in names])
    weights = train(questions, names, spread, l2, ~quoting, np.array([2.0 if n == "relevance" else 0.0 for n in names]) / spread)
    return train(questions + verbatim, names, spread, l2, quoting, weights)


def train(questions, names, spread, l2, is_free, start):
    """Weights that begin at `start` and move where `is_free`."""
    usable = [q for q in questions if any(q["targets"])]
    x = torch.tensor(np.concatenate([q["x"] for q in usable]) / spread, dtype=torch.float64)
    file, question, wanted, total = [], [], [], 0
    for number, q in enumerate(usable):
        file.append(q["file"] + total)
        question += [number] * len(q["files"])
        found = {f for target in q["targets"] for f in target}
        wanted += [1 / len(found) if f in found else 0.0 for f in range(len(q["files"]))]
        total += len(q["files"])
    file = torch.tensor(np.concatenate(file))
    question, wanted = torch.tensor(question), torch.tensor(wanted, dtype=torch.float64)
    still, moves = torch.tensor(np.where(is_free, 0, start * spread)), torch.tensor(is_free, dtype=torch.float64)
    weights = torch.tensor(start * spread, requires_grad=True)
    optimizer = torch.optim.Adam([weights], lr=0.05)
    for _ in range(STEPS):
        scores = x @ (still + moves * weights)
        # Standardised scores stay far from the range of exp: no maximum needs to be taken out.
        of_file = torch.log(torch.zeros(total, dtype=torch.float64).index_add(0, file, torch.exp(scores * SHARPNESS))) / SHARPNESS
        of_question = torch.log(torch.zeros(len(usable), dtype=torch.float64).index_add(0, question, torch.exp(of_file)))
        loss = -(wanted * (of_file - of_question[question])).sum() / len(usable) + l2 * (moves * weights * weights).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return (still + moves * weights).detach().numpy() / spread


def calibrate(questions, weights):
    """Slope and bias of P(file is asked for) = sigmoid(slope * score + bias) over the ten best files (Platt, 1999)."""
    scores, labels = [], []
    for q in questions:
        s = q["x"] @ weights
        best = {}
        for i in np.argsort(-s, kind="stable"):
            best.setdefault(q["file"][i], s[i])
        found = {f for target in q["targets"] for f in target}
        for f, value in list(best.items())[:K]:
            scores.append(value)
            labels.append(float(f in found))
    s, y = torch.tensor(scores), torch.tensor(labels)
    line = torch.tensor([1.0, -float(s.mean())], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([line], max_iter=200)

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(line[0] * s + line[1], y)
        loss.backward()
        return loss

    optimizer.step(closure)
    return [float(v) for v in line.detach()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("candidates")
    parser.add_argument("verbatim", help="the same of the questions that verbatim.py writes")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    (questions, verbatim), names = load(given.candidates, given.verbatim)
    spread = np.concatenate([q["x"] for q in questions]).std(0)
    spread[spread == 0] = 1
    repos = sorted({q["repo"] for q in questions})
    if not given.write:
        plain = np.array([float(n == "relevance") for n in names])
        print(f"relevance alone: nDCG@10 {mean(questions, plain):.4f}, of quotations {mean(verbatim, plain):.4f}")
        for l2 in (0.001, 0.003, L2, 0.03):
            held_out, of_quotations = {}, {}
            for fold in (repos[i::FOLDS] for i in range(FOLDS)):
                weights = fit(outside(questions, fold), outside(verbatim, fold), names, spread, l2)
                held_out |= overall(inside(questions, fold), weights)
                of_quotations |= overall(inside(verbatim, fold), weights)
            trained = mean(questions, fit(questions, verbatim, names, spread, l2))
            print(f"L2 {l2}: held out {np.mean(list(held_out.values())):.4f}, trained {trained:.4f}, "
                  f"lowest {sorted((round(v, 3), r) for r, v in held_out.items())[:3]}, "
                  f"quotations held out {np.mean(list(of_quotations.values())):.4f}")
        return
    weights = fit(questions, verbatim, names, spread, L2)
    saturation = best_saturation(questions, weights)
    slope, bias = calibrate(questions, weights)
    with open(TARGET, encoding="utf-8") as file:
        source = file.read()
    head, rest = source.split("// fitted >\n")
    tail = rest.split("// < fitted\n")[1]
    listed = "".join(f"  {n}: {round(float(w) * slope, 3)},\n" for n, w in zip(names, weights))
    body = f"export const weights: Readonly<Record<FeatureName, number>> = {{\n{listed}}};\nexport const bias = {round(bias, 3)};\n\n/** Step by which each further chunk of one file is lowered, in the unit of the weights (log odds). */\nexport const saturation = {round(saturation * slope, 3)};\n"
    with open(TARGET, "w", encoding="utf-8") as file:
        file.write(f"{head}// fitted >\n{body}// < fitted\n{tail}")


if __name__ == "__main__":
    main()
