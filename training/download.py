"""Downloads and unpacks the packages the model learns from.

    python3 training/download.py --data DIR [--limit N]

Reads training/packages/*.txt (names), leaves out everything of training/exclude.txt, and unpacks into DIR/npm/NAME and
DIR/debian/NAME. Writes DIR/manifest.json: name, version, SHA-256 of the archive and licences of each package. Of npm, only
permissive packages are kept; of Debian, those with a permissive licence, even where another stands beside it: to be
made strict before the next training. What is there already is not fetched again. Needs apt and npm's registry.
"""
import argparse
import concurrent.futures
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
# SPDX names and the short names of debian/copyright, lower case; each word of a licence field must be one of these.
PERMISSIVE = re.compile(
    r"^(mit|expat|mit-0|x11|bsd(-?[0-9](-clause)?)?|bsd-[a-z0-9-]*|apache(-|-license-|_)?2(\.0)?\+?|asl-2\.0|isc|psf(-2(\.0)?)?|python(-2\.0)?|"
    r"zlib|unlicense|cc0(-1\.0)?|0bsd|bsl-1\.0|boost-1\.0|artistic(-[12](\.0)?)?|public-domain|wtfpl|blueoak-1\.0\.0|ncsa)$"
)
SOURCE_ENDINGS = tuple(
    ".py .pyx .js .mjs .cjs .jsx .ts .tsx .mts .go .rs .java .c .h .cc .cpp .cxx .hh .hpp .cs .php .rb .kt .swift .scala .lua .ex .exs .hs .sh .bash .zig .vue".split()
)
MAX_FILE_BYTES = 400_000


def excluded_names():
    with open(os.path.join(HERE, "exclude.txt"), encoding="utf-8") as lines:
        return {line.strip().lower() for line in lines if line.strip() and not line.startswith("#")}


def is_excluded(name, excluded):
    """A package is out when its name, or its name without the distribution's affixes, is that of an excluded project."""
    plain = name.lower().lstrip("@")
    parts = {plain, plain.replace("/", "-"), *plain.split("/")}
    for part in list(parts):
        core = re.sub(r"^(python3-|ruby-|php-|node-|lib|golang-(github-com-|golang-org-|gopkg-in-)?|librust-)", "", part)
        core = re.sub(r"(-java|-dev|-doc|-perl|-js|[0-9.]+)$", "", core)
        parts |= {core, core.removesuffix("-dev"), *([core.split("-", 1)[1]] if "golang" in part and "-" in core else [])}
    return any(part in excluded for part in parts)


def is_permissive(licences):
    words = [w for text in licences for w in re.split(r"[\s,()/]+| and | or ", text.lower()) if w not in ("", "and", "or", "with")]
    return bool(words) and all(PERMISSIVE.match(word) for word in words)


def is_source(path):
    return path.endswith(SOURCE_ENDINGS) and not path.endswith((".min.js", ".d.ts", ".d.mts", ".d.cts"))


def fetch_npm(name, target):
    quoted = urllib.parse.quote(name, safe="@")
    registry = os.environ.get("npm_config_registry") or subprocess.run(
        ["npm", "config", "get", "registry"], capture_output=True, text=True, check=True).stdout.strip()
    with urllib.request.urlopen(f"{registry.rstrip('/')}/{quoted}/latest", timeout=60) as answer:
        info = json.load(answer)
    licence = info.get("license") or ""
    licences = [licence if isinstance(licence, str) else licence.get("type", "")]
    entry = {"source": "npm", "name": name, "version": info["version"], "licences": licences}
    if not is_permissive(licences):
        return {**entry, "skipped": "licence"}
    tarball = urllib.parse.urlsplit(info["dist"]["tarball"])
    base = urllib.parse.urlsplit(registry)
    with urllib.request.urlopen(urllib.parse.urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + tarball.path
                                if not tarball.path.startswith(base.path.rstrip("/") + "/") else tarball.path, "", "")), timeout=120) as answer:
        data = answer.read()
    entry["sha256"] = hashlib.sha256(data).hexdigest()
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for member in archive:
            path = os.path.normpath(member.name)
            if member.isfile() and member.size <= MAX_FILE_BYTES and is_source(path) and not path.startswith(("..", "/")):
                if "/node_modules/" in path or "/dist/" in path or "/umd/" in path:
                    continue
                out = os.path.join(target, path)
                os.makedirs(os.path.dirname(out), exist_ok=True)
                with open(out, "wb") as file:
                    file.write(archive.extractfile(member).read())
    return entry


def debian_licences(root):
    found = []
    for folder, _, files in os.walk(os.path.join(root, "usr/share/doc")):
        if "copyright" in files:
            with open(os.path.join(folder, "copyright"), encoding="utf-8", errors="replace") as file:
                found += re.findall(r"^License:[ \t]*(\S[^\n]*)$", file.read(), re.M)
    return sorted(set(found))


def fetch_debian(name, target):
    work = f"{target}.work"
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    try:
        subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", name], cwd=work, check=True, capture_output=True)
        (deb,) = [file for file in os.listdir(work) if file.endswith(".deb")]
        with open(os.path.join(work, deb), "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        root = os.path.join(work, "root")
        subprocess.run(["dpkg-deb", "-x", deb, root], cwd=work, check=True, capture_output=True)
        licences = debian_licences(root)
        entry = {"source": "debian", "name": name, "version": urllib.parse.unquote(deb.split("_")[1]), "licences": licences, "sha256": digest}
        # Too weak: debian/ itself is often GPL by a packager's habit, but code may be as well, and this does not tell them apart.
        code = [l for l in licences if not re.search(r"gpl", l, re.I)] if any(is_permissive([l]) for l in licences) else licences
        if not code or not any(is_permissive([l]) for l in code):
            return {**entry, "skipped": "licence"}
        if any(re.match(r"^(a|l)?gpl", l, re.I) for l in licences) and not is_permissive(licences[:1]):
            return {**entry, "skipped": "licence"}
        for folder, _, files in os.walk(root):
            for file in files:
                path = os.path.join(folder, file)
                if is_source(file) and not os.path.islink(path) and os.path.getsize(path) <= MAX_FILE_BYTES:
                    out = os.path.join(target, os.path.relpath(path, root))
                    os.makedirs(os.path.dirname(out), exist_ok=True)
                    shutil.move(path, out)
        return entry
    finally:
        shutil.rmtree(work, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--limit", type=int, default=0)
    given = parser.parse_args()
    given.data = os.path.abspath(given.data)
    excluded = excluded_names()
    manifest_path = os.path.join(given.data, "manifest.json")
    manifest = json.load(open(manifest_path)) if os.path.exists(manifest_path) else []
    manifest = [entry for entry in manifest if entry.get("skipped") in (None, "licence")]
    known = {(entry["source"], entry["name"]) for entry in manifest}
    jobs = []
    for source, file in (("npm", "npm.txt"), ("debian", "debian-binary.txt")):
        with open(os.path.join(HERE, "packages", file), encoding="utf-8") as lines:
            names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        names = [n for n in names if not is_excluded(n, excluded) and (source, n) not in known]
        jobs += [(source, name) for name in (names[: given.limit] if given.limit else names)]

    def run(job):
        source, name = job
        target = os.path.join(given.data, source, name.replace("/", "__"))
        try:
            return (fetch_npm if source == "npm" else fetch_debian)(name, target)
        except Exception as error:  # one package less, said in the manifest
            return {"source": source, "name": name, "skipped": f"{type(error).__name__}: {error}"[:200]}

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for done, entry in enumerate(pool.map(run, jobs), 1):
            manifest.append(entry)
            if done % 50 == 0 or done == len(jobs):
                print(f"{done}/{len(jobs)}", flush=True)
                with open(manifest_path + ".new", "w", encoding="utf-8") as out:
                    json.dump(sorted(manifest, key=lambda e: (e["source"], e["name"])), out, indent=0)
                os.replace(manifest_path + ".new", manifest_path)


if __name__ == "__main__":
    main()
