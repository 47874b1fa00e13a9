"""Writes questions that quote a file: text of a string literal, or two rare words of one line.

    python3 training/ranking/verbatim.py DATA > verbatim.jsonl

`DATA` is as in README.md; the output has the lines of its queries.jsonl. People paste messages and words they remember; the
files that hold them are known without a judge. Deterministic.
"""
import collections
import json
import os
import random
import re
import sys

PER_REPOSITORY = 8  # of each of the two kinds
MOST_FILES = 2  # that hold the quoted text: more would not tell what is asked for
MOST_BYTES = 300_000
EXTENSIONS = tuple(
    ".py .js .jsx .ts .tsx .go .rs .java .kt .scala .c .h .cc .cpp .hpp .cs .php .rb .swift .lua .ex .exs .hs .sh .bash .zig .md".split()
)
LITERAL = re.compile(r'"([^"\\\n]{15,80})"|\'([^\'\\\n]{15,80})\'')
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{4,}")
PROSE = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")


def sources(folder):
    for directory, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in ("node_modules", "vendor"))
        for name in sorted(files):
            path = os.path.join(directory, name)
            if name.endswith(EXTENSIONS) and os.path.isfile(path) and os.path.getsize(path) <= MOST_BYTES:
                with open(path, encoding="utf-8", errors="replace") as file:
                    yield path, file.read()


def quotes(texts):
    """(query, files) of both kinds."""
    literals, words = collections.defaultdict(set), collections.defaultdict(set)
    for path, text in texts.items():
        for match in LITERAL.finditer(text):
            literal = (match[1] or match[2]).strip()
            if PROSE.search(literal):
                literals[literal].add(path)
        for word in set(WORD.findall(text)):
            words[word.lower()].add(path)
    yield [(literal, sorted(files)) for literal, files in sorted(literals.items()) if len(files) <= MOST_FILES]
    pairs = {}
    for path, text in sorted(texts.items()):
        for line in text.splitlines():
            rare = list(dict.fromkeys(w for w in WORD.findall(line) if len(words[w.lower()]) <= MOST_FILES))
            if len(rare) >= 2:
                both = words[rare[0].lower()] & words[rare[-1].lower()]
                pairs[f"{rare[0]} {rare[-1]}"] = sorted(both)
    yield sorted(pairs.items())


def main():
    data = sys.argv[1]
    with open(os.path.join(data, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    for entry in manifest:
        repo = entry["repo"]
        root = os.path.join(data, "repos", repo)
        texts = dict(sources(os.path.join(root, entry["benchmark_root"] or "")))
        for kind, found in zip(("message", "words"), quotes(texts)):
            chosen = random.Random(f"{repo} {kind}").sample(found, min(PER_REPOSITORY, len(found)))
            for number, (query, files) in enumerate(chosen):
                relevant = [{"path": os.path.relpath(f, root)} for f in files]
                line = {"repo": repo, "query_id": f"{repo}#{kind}{number}", "category": kind, "query": query, "relevant": relevant}
                print(json.dumps(line))


if __name__ == "__main__":
    main()
