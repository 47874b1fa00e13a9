"""Trains the embedded model and writes it as the product reads it.

    python3 training/train.py PAIRS.jsonl... --out media/model.bin [--dimensions 256] [--epochs 4] [--runs runs.jsonl]

One shared table of token embeddings with a learnt scale per token and side; a text is the normalised sum of its tokens,
weighted by the square root of their (field-weighted) counts. Symmetric InfoNCE over large batches, made of groups of pairs
of one package, so that the hard negatives are there; in the last epoch half of the groups are instead the nearest functions
of any package, by the table so far. Pairs of held-out packages are not learnt from: they are the evaluation (documentation
-> its function among all functions of the package; MRR and recall@10).

Needs numpy, scipy and torch (Debian: python3-numpy, python3-scipy, python3-torch). Deterministic for the same pairs.
"""
import argparse
import collections
import hashlib
import json
import time

import numpy as np
import scipy.sparse
import torch

FIELDS = {"body": 1.0, "name": 6.0, "scope": 1.5, "path": 1.0}
VOCABULARY = 30_000
BUCKETS = 2_048
TEMPERATURE = 0.05
WORD_DROPOUT = 0.1
SHORTEN = 0.3  # share of the queries cut down to a few words, as people type them
PAIRS_PER_LANGUAGE = 250_000


def fnv(token):
    value = 0x811C9DC5
    units = token.encode("utf-16-le")
    for i in range(0, len(units), 2):
        value = ((value ^ int.from_bytes(units[i : i + 2], "little")) * 0x01000193) & 0xFFFFFFFF
    return value


class Corpus:
    """documents: CSR matrix of square roots of weighted token counts; queries: arrays of rows; package and language of each."""

    def __init__(self, paths, random):
        pairs, seen = [], set()
        for path in paths:
            for line in open(path, encoding="utf-8"):
                pair = json.loads(line)
                key = hash((pair["query"], pair["name"])) if pair["query"] else hash((pair["package"], pair["body"]))
                if key not in seen and len(pair["body"].split()) >= 3 and (not pair["query"] or len(pair["query"].split()) >= 2):
                    seen.add(key)
                    pairs.append(pair)
        pairs.sort(key=lambda p: (p["package"], p["path"], p["name"], p["query"]))
        by_language = collections.defaultdict(list)
        for i, pair in enumerate(pairs):
            if not pair["heldOut"]:
                by_language[pair["language"]].append(i)
        keep = {i for members in by_language.values() for i in random.permutation(members)[:PAIRS_PER_LANGUAGE]}
        pairs = [p for i, p in enumerate(pairs) if p["heldOut"] or i in keep]
        frequency = collections.Counter()
        for pair in pairs:
            if not pair["heldOut"]:
                frequency.update({t for f in (*FIELDS, "query") for t in pair[f].split()})
        self.vocabulary = [t for t, n in sorted(frequency.items(), key=lambda e: (-e[1], e[0])) if n > 1][:VOCABULARY]
        self.size = len(self.vocabulary) + BUCKETS
        row_of = {t: i for i, t in enumerate(self.vocabulary)}
        cache = {}

        def row(token):
            known = row_of.get(token)
            if known is None:
                known = cache.get(token)
                if known is None:
                    known = cache[token] = len(self.vocabulary) + fnv(token) % BUCKETS
            return known

        rows, weights, ends, self.queries = [], [], [0], []
        for pair in pairs:
            counts = collections.defaultdict(float)
            for field, weight in FIELDS.items():
                for token in pair[field].split():
                    counts[row(token)] += weight
            rows.append(np.fromiter(counts.keys(), np.int32, len(counts)))
            weights.append(np.fromiter(counts.values(), np.float32, len(counts)))
            ends.append(ends[-1] + len(counts))
            self.queries.append(np.array([row(t) for t in pair["query"].split()], np.int32))
        self.documents = scipy.sparse.csr_matrix((np.sqrt(np.concatenate(weights)), np.concatenate(rows), np.array(ends)), shape=(len(pairs), self.size))
        self.packages = [p["package"] for p in pairs]
        self.languages = [p["language"] for p in pairs]
        held = np.array([p["heldOut"] for p in pairs])
        self.train = np.flatnonzero(~held & np.array([len(q) > 0 for q in self.queries]))
        self.held_out = collections.defaultdict(list)
        for i in np.flatnonzero(held):
            self.held_out[pairs[i]["package"]].append(i)

    def query_matrix(self, indices, random=None):
        """CSR matrix of the queries; with `random`, words are dropped and some queries are cut down to a few words."""
        rows = [self.queries[i] for i in indices]
        lengths = np.array([len(r) for r in rows])
        flat, owner = np.concatenate(rows), np.repeat(np.arange(len(rows)), lengths)
        if random is not None:
            share = np.full(len(rows), 1 - WORD_DROPOUT)
            short = (random.random(len(rows)) < SHORTEN) & (lengths > 5)
            share[short] = np.minimum(1, random.uniform(3, 8, short.sum()) / lengths[short])
            kept = random.random(len(flat)) < share[owner]
            kept[np.cumsum(lengths) - 1] |= np.bincount(owner, kept, len(rows)) == 0
            flat, owner = flat[kept], owner[kept]
        matrix = scipy.sparse.csr_matrix((np.ones(len(flat), np.float32), (owner, flat)), shape=(len(rows), self.size))
        matrix.sum_duplicates()
        matrix.data = np.sqrt(matrix.data)
        return matrix


class SparseProduct(torch.autograd.Function):
    @staticmethod
    def forward(context, matrix, table):
        context.matrix = matrix
        return torch.from_numpy(matrix @ table.detach().numpy())

    @staticmethod
    def backward(context, gradient):
        return None, torch.from_numpy(context.matrix.T @ gradient.contiguous().numpy())


def pool(matrix, table, scale):
    return torch.nn.functional.normalize(SparseProduct.apply(matrix, table * scale[:, None]), dim=1)


def package_groups(corpus, size, random):
    by_package = collections.defaultdict(list)
    for i in corpus.train:
        by_package[corpus.packages[i]].append(i)
    groups = []
    for members in by_package.values():
        members = random.permutation(members)
        groups += [members[i : i + size] for i in range(0, len(members), size)]
    return groups


def near_groups(corpus, table, scale, size, random):
    """Groups of functions near each other: pieces of the order along a tree of random splits at the median."""
    vectors = pool(corpus.documents[corpus.train], table, scale).numpy()
    pending, groups = [np.arange(len(vectors))], []
    while pending:
        members = pending.pop()
        if len(members) <= size:
            groups.append(corpus.train[members])
            continue
        a, b = vectors[random.choice(members, 2, replace=False)]
        order = np.argsort(vectors[members] @ (a - b), kind="stable")
        half = len(members) // 2
        pending += [members[order[:half]], members[order[half:]]]
    return groups


def batches(groups, size, random):
    batch = []
    for i in random.permutation(len(groups)):
        batch.extend(groups[i])
        if len(batch) >= size:
            yield np.array(batch[:size])
            batch = []


def evaluate(corpus, table, scales):
    """MRR and recall@10 of documentation -> function, the mean over held-out packages with at least 20 questions of 50 functions."""
    figures = []
    for package, members in sorted(corpus.held_out.items()):
        asked = [i for i, m in enumerate(members) if len(corpus.queries[m]) > 0][:400]
        if len(asked) < 20 or len(members) < 50:
            continue
        d = pool(corpus.documents[members], table, scales[0]).numpy()
        q = pool(corpus.query_matrix([members[i] for i in asked]), table, scales[1]).numpy()
        scores = q @ d.T
        own = scores[np.arange(len(asked)), asked]
        rank = (scores > own[:, None]).sum(1) + 1
        figures.append({"package": package, "language": corpus.languages[members[asked[0]]], "questions": len(asked), "functions": len(members),
                        "mrr": float((1 / rank).mean()), "recall10": float((rank <= 10).mean())})
    return figures


def quantised(rows):
    step = np.abs(rows).max(1, keepdims=True) / 127
    step[step == 0] = 1
    return np.rint(rows / step).astype(np.int8), step


def export(path, table, document_scale, query_scale, vocabulary):
    codes, step = quantised(table.numpy())
    parts = {
        "rows": codes.tobytes(),
        "documentScale": (document_scale.numpy() * step[:, 0]).astype("<f4").tobytes(),
        "queryScale": (query_scale.numpy() * step[:, 0]).astype("<f4").tobytes(),
        "vocabulary": "\n".join(vocabulary).encode(),
    }
    payload, offsets = b"", {}
    for name, data in parts.items():
        payload += b"\0" * (-len(payload) % 64)
        offsets[name] = len(payload)
        payload += data
    header = {
        "name": "codeweaver-embed-1", "version": hashlib.sha256(payload).hexdigest()[:8], "dimensions": table.shape[1],
        "tokens": len(vocabulary), "buckets": BUCKETS, "bits": 8, "weights": FIELDS, "offsets": offsets,
        "bytes": {name: len(data) for name, data in parts.items()},
    }
    text = json.dumps(header).encode()
    text += b" " * (-(len(text) + 12) % 64)
    with open(path, "wb") as file:
        file.write(b"CWEMBED1" + len(text).to_bytes(4, "little") + text + payload)
    print(header["version"], len(payload), "bytes")
    return header["version"]


def dropped(matrix, share, random):
    """Without a random share of the tokens of each text."""
    if share == 0:
        return matrix
    matrix = matrix.copy()
    matrix.data = matrix.data * (random.random(len(matrix.data)) >= share)
    return matrix


def train(corpus, given, random):
    """Table (tokens x dimensions), scales of documents and of queries, and the figures of the evaluation."""
    table = (torch.randn(corpus.size, given.dimensions) / given.dimensions**0.5).requires_grad_(True)
    scales = [torch.ones(corpus.size, requires_grad=True) for _ in range(2)]
    rate = given.rate * 4 / given.dimensions**0.5
    optimizer = torch.optim.Adam([table, *scales], lr=rate)
    steps = given.epochs * (len(corpus.train) // given.batch)
    done, start, recent, figures = 0, time.time(), [], []
    for epoch in range(given.epochs):
        groups = package_groups(corpus, given.group, random)
        if epoch == given.epochs - 1 and given.near > 0:
            with torch.no_grad():
                near = near_groups(corpus, table, scales[0], given.group, random)
            groups = [g for g in groups if random.random() >= given.near] + [g for g in near if random.random() < given.near]
        for batch in batches(groups, given.batch, random):
            for group in optimizer.param_groups:
                group["lr"] = rate * max(0.02, 1 - done / max(1, steps))
            d = pool(dropped(corpus.documents[batch], given.token_dropout, random), table, scales[0])
            q = pool(corpus.query_matrix(batch, random), table, scales[1])
            logits = q @ d.T / TEMPERATURE
            wanted = torch.arange(len(batch))
            loss = (torch.nn.functional.cross_entropy(logits, wanted) + torch.nn.functional.cross_entropy(logits.T, wanted)) / 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += 1
            recent.append(float(loss.detach()))
            if done % 100 == 0:
                print(f"{done}/{steps} loss {np.mean(recent[-100:]):.3f} {done * given.batch / (time.time() - start):.0f} pairs/s", flush=True)
        with torch.no_grad():
            figures = evaluate(corpus, table, scales)
        if figures:
            print(f"epoch {epoch + 1} held out: {len(figures)} packages, MRR {np.mean([f['mrr'] for f in figures]):.4f} "
                  f"recall@10 {np.mean([f['recall10'] for f in figures]):.4f}", flush=True)
    return table.detach(), [scale.detach() for scale in scales], figures


def options(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--out", required=True)
    parser.add_argument("--runs", help="file that a line about this run is added to")
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=2_048)
    parser.add_argument("--group", type=int, default=64)
    parser.add_argument("--near", type=float, default=0.5, help="share of near groups in the last epoch")
    parser.add_argument("--token-dropout", type=float, default=0.0, help="share of a function's tokens that is dropped")
    parser.add_argument("--rate", type=float, default=0.02, help="of learning, at 16 dimensions")
    parser.add_argument("--limit", type=int, default=0, help="pairs to learn from; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def main():
    given = options()
    torch.manual_seed(given.seed)
    random = np.random.default_rng(given.seed)
    corpus = Corpus(given.pairs, random)
    if given.limit:
        corpus.train = np.sort(random.permutation(corpus.train)[: given.limit])
    languages = collections.Counter(corpus.languages[i] for i in corpus.train)
    print(len(corpus.train), "pairs", languages.most_common(), flush=True)
    start = time.time()
    table, scales, figures = train(corpus, given, random)
    version = export(given.out, table, scales[0], scales[1], corpus.vocabulary)
    if given.runs:
        by_language = collections.defaultdict(list)
        for f in figures:
            by_language[f["language"]].append(f["mrr"])
        run = {
            "version": version, "pairs": len(corpus.train), "languages": dict(languages.most_common()),
            **{k: getattr(given, k) for k in ("dimensions", "epochs", "batch", "group", "near", "token_dropout", "rate", "seed")},
            "seconds": round(time.time() - start), "heldOutPackages": len(figures),
            "questions": sum(f["questions"] for f in figures),
            "mrr": round(float(np.mean([f["mrr"] for f in figures])), 4) if figures else None,
            "recall10": round(float(np.mean([f["recall10"] for f in figures])), 4) if figures else None,
            "mrrByLanguage": {k: round(float(np.mean(v)), 3) for k, v in sorted(by_language.items())},
        }
        with open(given.runs, "a", encoding="utf-8") as file:
            file.write(json.dumps(run) + "\n")


if __name__ == "__main__":
    main()
