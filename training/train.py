"""Trains the embedded model and writes it as the product reads it.

    python3 training/train.py PAIRS.jsonl... --out media/model.bin [--dimensions 256] [--epochs 3]

One shared table of token embeddings with a learnt scale per token and side; a text is the normalised sum of its tokens,
weighted by the square root of their (field-weighted) counts. Symmetric InfoNCE over large batches, made of groups of pairs
of one package, so that the hard negatives are there. Needs numpy and torch (Debian: python3-numpy, python3-torch).
Deterministic for the same pairs.
"""
import argparse
import collections
import hashlib
import json
import time

import numpy as np
import torch

FIELDS = {"body": 1.0, "name": 6.0, "scope": 1.5, "path": 1.0}
VOCABULARY = 30_000
BUCKETS = 2_048
TEMPERATURE = 0.05
GROUP = 64
BATCH = 2_048
WORD_DROPOUT = 0.1
SHORTEN = 0.3  # share of the queries cut down to a few words, as people type them


def fnv(token):
    value = 0x811C9DC5
    units = token.encode("utf-16-le")
    for i in range(0, len(units), 2):
        value = ((value ^ int.from_bytes(units[i : i + 2], "little")) * 0x01000193) & 0xFFFFFFFF
    return value


def load(paths):
    pairs = [json.loads(line) for path in paths for line in open(path, encoding="utf-8")]
    frequency = collections.Counter()
    for pair in pairs:
        frequency.update({t for f in (*FIELDS, "query") for t in pair[f].split()})
    vocabulary = [t for t, n in sorted(frequency.items(), key=lambda e: (-e[1], e[0])) if n > 1][:VOCABULARY]
    row_of = {t: i for i, t in enumerate(vocabulary)}
    cache = {}

    def row(token):
        known = row_of.get(token)
        if known is None:
            known = cache.setdefault(token, len(vocabulary) + fnv(token) % BUCKETS)
        return known

    documents, queries = [], []
    for pair in pairs:
        counts = collections.Counter()
        for field, weight in FIELDS.items():
            for token in pair[field].split():
                counts[row(token)] += weight
        documents.append((np.fromiter(counts.keys(), np.int64), np.sqrt(np.fromiter(counts.values(), np.float32))))
        queries.append(np.array([row(t) for t in pair["query"].split()], np.int64))
    usable = [i for i in range(len(pairs)) if len(queries[i]) >= 2 and len(documents[i][0]) >= 3]
    packages = [pairs[i]["package"] for i in usable]
    print(len(usable), "pairs", collections.Counter(pairs[i]["language"] for i in usable).most_common(12), flush=True)
    return [documents[i] for i in usable], [queries[i] for i in usable], packages, vocabulary


def flatten(bags):
    offsets = np.cumsum([0] + [len(rows) for rows, _ in bags[:-1]])
    return (torch.from_numpy(np.concatenate([r for r, _ in bags])), torch.from_numpy(np.concatenate([w for _, w in bags])), torch.from_numpy(offsets))


def pool(table, scale, bag):
    rows, weights, offsets = bag
    summed = torch.nn.functional.embedding_bag(rows, table, offsets, mode="sum", per_sample_weights=weights * scale[rows])
    return torch.nn.functional.normalize(summed, dim=1)


def batches(packages, random):
    """Groups of GROUP pairs of one package, shuffled into batches."""
    by_package = collections.defaultdict(list)
    for i, package in enumerate(packages):
        by_package[package].append(i)
    groups = []
    for members in by_package.values():
        random.shuffle(members)
        groups += [members[i : i + GROUP] for i in range(0, len(members), GROUP)]
    random.shuffle(groups)
    batch = []
    for group in groups:
        batch += group
        if len(batch) >= BATCH:
            yield batch[:BATCH]
            batch = []


def query_bag(rows, random):
    kept = rows[random.random(len(rows)) >= WORD_DROPOUT]
    if random.random() < SHORTEN and len(kept) > 5:
        kept = kept[np.sort(random.choice(len(kept), random.integers(3, min(8, len(kept)) + 1), replace=False))]
    unique, counts = np.unique(kept if len(kept) else rows, return_counts=True)
    return unique, np.sqrt(counts.astype(np.float32))


def export(path, table, document_scale, query_scale, vocabulary):
    rows = table.numpy()
    step = np.abs(rows).max(1, keepdims=True) / 127
    step[step == 0] = 1
    codes = np.rint(rows / step).astype(np.int8)
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
        "name": "codeweaver-embed-1", "version": hashlib.sha256(payload).hexdigest()[:8], "dimensions": rows.shape[1],
        "tokens": len(vocabulary), "buckets": BUCKETS, "bits": 8, "weights": FIELDS, "offsets": offsets,
        "bytes": {name: len(data) for name, data in parts.items()},
    }
    text = json.dumps(header).encode()
    text += b" " * (-(len(text) + 12) % 64)
    with open(path, "wb") as file:
        file.write(b"CWEMBED1" + len(text).to_bytes(4, "little") + text + payload)
    print(header["version"], len(payload), "bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--out", required=True)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    random = np.random.default_rng(given.seed)
    documents, queries, packages, vocabulary = load(given.pairs)
    size = len(vocabulary) + BUCKETS
    table = (torch.randn(size, given.dimensions) / given.dimensions**0.5).requires_grad_(True)
    scales = [torch.ones(size, requires_grad=True) for _ in range(2)]
    rate = 0.02 * 4 / given.dimensions**0.5
    optimizer = torch.optim.Adam([table, *scales], lr=rate)
    steps = given.epochs * (len(packages) // BATCH)
    done, start, recent = 0, time.time(), []
    for _ in range(given.epochs):
        for batch in batches(packages, random):
            for group in optimizer.param_groups:
                group["lr"] = rate * max(0.02, 1 - done / max(1, steps))
            d = pool(table, scales[0], flatten([documents[i] for i in batch]))
            q = pool(table, scales[1], flatten([query_bag(queries[i], random) for i in batch]))
            logits = q @ d.T / TEMPERATURE
            wanted = torch.arange(len(batch))
            loss = (torch.nn.functional.cross_entropy(logits, wanted) + torch.nn.functional.cross_entropy(logits.T, wanted)) / 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += 1
            recent.append(float(loss.detach()))
            if done % 20 == 0:
                print(f"{done}/{steps} loss {np.mean(recent[-20:]):.3f} {done * BATCH / (time.time() - start):.0f} pairs/s", flush=True)
    export(given.out, table.detach(), scales[0].detach(), scales[1].detach(), vocabulary)


if __name__ == "__main__":
    main()
