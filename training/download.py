"""Downloads and unpacks the packages the model learns from.

    python3 training/download.py --data DIR [--limit N]

Reads training/packages/*.txt (names), leaves out everything of training/exclude.txt, and unpacks into DIR/npm/NAME,
DIR/binary/NAME and DIR/source/NAME (Debian's binary and source packages). Writes DIR/manifest.json: name, version, SHA-256
of the archive and licences of each package, or why it was skipped.

Only code under a permissive licence is kept. Of npm: what package.json says. Of Debian: what debian/copyright says in its
machine-readable form; of a source package file by file, of a binary package only when all of its files are permissive. A
file that names a copyleft licence in its head goes as well. What is there already is not fetched again. Needs Debian's apt
configuration, npm's registry and dpkg-deb.
"""
import argparse
import concurrent.futures
import fnmatch
import hashlib
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import tarfile
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
# SPDX names and the short names of debian/copyright, lower case; a licence has to be one of these as a whole.
PERMISSIVE = re.compile(
    r"(mit|expat|mit-0|x11|(mit|expat|x11)[-/](style|like|x11|expat|mit)|bsd(-?[0-9](-clause)?)?|bsd-[0-9]-clause-[a-z]+|bsd-(like|style)|"
    r"apache(-|-license-|_| )?v?2(\.0)?|asl-2(\.0)?|isc|psf(-2(\.0)?)?|python(-2\.0)?|zlib|zlib/libpng|unlicense|cc0(-1\.0)?|0bsd|"
    r"bsl-1(\.0)?|boost(-1\.0)?|artistic-2(\.0)?|public-domain|pd|wtfpl|blueoak-1\.0\.0|ncsa|php-3\.01|ruby|libpng|curl|icu|unicode)"
)
COPYLEFT_HEAD = re.compile(rb"general public licen|mozilla public licen|eclipse public licen|\bcddl\b|\b[la]?gpl|creative commons|all rights reserved\.? *proprietary", re.I)
SOURCE_ENDINGS = tuple(
    ".py .pyx .js .mjs .cjs .jsx .ts .tsx .mts .go .rs .java .c .h .cc .cpp .cxx .hh .hpp .cs .php .rb .kt .swift .scala .lua .ex .exs .hs .sh .bash .zig .vue".split()
)
# Copies of other projects, and what is written by machines.
FOREIGN_FOLDERS = set(
    "vendor _vendor vendored third_party third-party 3rdparty thirdparty external extern deps node_modules bower_components dist umd min generated gen pb debian".split()
)
MAX_FILE_BYTES = 400_000
MAX_ARCHIVE_BYTES = 60_000_000
AFFIXES = {"python3", "python", "ruby", "php", "node", "golang", "github", "com", "org", "rust", "librust", "haskell", "lua", "dev", "java", "js", "lib"}


def words_of(name):
    """Words of a package's name, without the distribution's prefixes and version digits."""
    words = [re.sub(r"(?<=[a-z])[0-9.]+$", "", w) for w in re.split(r"[-_./@+]+", name.lower()) if w]
    return [re.sub(r"^lib(?=..)", "", w) for w in words if w not in AFFIXES] or words


def excluded_names():
    """Names of excluded projects, as words; further names of the same code behind '='."""
    names = set()
    with open(os.path.join(HERE, "exclude.txt"), encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                for name in line.split("="):
                    names.add(tuple(words_of(name.strip())))
    return names


def is_excluded(name, excluded):
    """Out when the name of an excluded project is a run of words in the name of the package. Rather too many than too few."""
    words = words_of(name)
    runs = {tuple(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    return bool(runs & excluded) or tuple(["".join(words)]) in excluded


def is_permissive(licence):
    """Of alternatives (or) one has to be permissive, of parts (and, comma) all."""
    text = re.sub(r"[()]", " ", licence.strip().lower()).replace("/apache", " or apache")
    text = re.sub(r"\s+", " ", text).replace(" with llvm-exception", "").strip()
    return any(
        all(PERMISSIVE.fullmatch(part.strip()) for part in re.split(r" and |,|;", choice) if part.strip())
        for choice in re.split(r" or |\|", text)
        if choice.strip(" ,;")
    )


def stanzas_of(text):
    """(globs, licence) of each Files stanza of a machine-readable debian/copyright; None of any other form."""
    if not re.search(r"^Format:.*copyright-format", text, re.M):
        return None
    found = []
    for stanza in re.split(r"\n[ \t]*\n", text):
        files = re.search(r"^Files:((?:.*)(?:\n[ \t]+.*)*)", stanza, re.M)
        licence = re.search(r"^License:[ \t]*(\S[^\n]*)", stanza, re.M)
        if files:
            found.append((files.group(1).split(), licence.group(1).strip() if licence else ""))
    return found or None


def licence_of(path, stanzas):
    """The last stanza that matches a path decides (copyright-format 1.0); '' without one."""
    answer = ""
    for globs, licence in stanzas:
        if any(glob == "*" or fnmatch.fnmatchcase(path, glob.removeprefix("./")) for glob in globs):
            answer = licence
    return answer


def is_wanted(path, excluded):
    *folders, _ = path.lower().split("/")
    return (
        path.endswith(SOURCE_ENDINGS)
        and not path.endswith((".min.js", ".d.ts", ".d.mts", ".d.cts", ".pb.go", "_pb2.py"))
        and not any(folder in FOREIGN_FOLDERS for folder in folders)
        and not any((folder,) in excluded for folder in folders[1:])
    )


def read(url, limit=None):
    with urllib.request.urlopen(url, timeout=120) as answer:
        data = answer.read() if limit is None else answer.read(limit + 1)
    if limit is not None and len(data) > limit:
        raise ValueError("too large")
    return data


def unpack(archive, target, wanted, strip):
    """Writes the wanted files of a tar archive without their first `strip` folders; returns how many."""
    count = 0
    for member in archive:
        path = "/".join(os.path.normpath(member.name).split("/")[strip:])
        if not member.isfile() or member.size > MAX_FILE_BYTES or not path or path.startswith(("..", "/")) or not wanted(path):
            continue
        data = archive.extractfile(member).read()
        if COPYLEFT_HEAD.search(data[:4000]):
            continue
        out = os.path.join(target, path)
        os.makedirs(os.path.dirname(out) or target, exist_ok=True)
        with open(out, "wb") as file:
            file.write(data)
        count += 1
    return count


class Npm:
    def __init__(self, excluded):
        self.excluded = excluded
        self.registry = (os.environ.get("npm_config_registry") or subprocess.run(
            ["npm", "config", "get", "registry"], capture_output=True, text=True, check=True).stdout).strip().rstrip("/")

    def fetch(self, name, target):
        info = json.loads(read(f"{self.registry}/{urllib.parse.quote(name, safe='@')}/latest"))
        licence = info.get("license") or ""
        licence = licence if isinstance(licence, str) else licence.get("type", "")
        entry = {"source": "npm", "name": name, "version": info["version"], "licences": [licence]}
        if not is_permissive(licence):
            return {**entry, "skipped": "licence"}
        # The archive by its path, wherever the registry in use keeps it.
        path = urllib.parse.urlsplit(info["dist"]["tarball"]).path
        base = urllib.parse.urlsplit(self.registry)
        path = path if path.startswith(base.path + "/") else base.path + path
        data = read(urllib.parse.urlunsplit((base.scheme, base.netloc, path, "", "")), MAX_ARCHIVE_BYTES)
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
            files = unpack(archive, target, lambda p: is_wanted("package/" + p, self.excluded), 1)
        return {**entry, "sha256": hashlib.sha256(data).hexdigest(), "files": files}


class Debian:
    """Reads the archive's indices itself: no root rights and no lists of apt are needed."""

    def __init__(self, excluded):
        self.excluded = excluded
        targets = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)|$(RELEASE)|$(COMPONENT)|$(ARCHITECTURE)", "Created-By: Packages"],
                                 capture_output=True, text=True, check=True).stdout.split()
        self.site, release, _, architecture = next(t.split("|") for t in targets if "|main|" in t and t.split("|")[3] not in ("all", ""))
        folder = f"{self.site}/dists/{release}/main"
        self.sources = self.index(f"{folder}/source/Sources.xz")
        self.binaries = self.index(f"{folder}/binary-{architecture}/Packages.xz")

    @staticmethod
    def index(url):
        found = {}
        for stanza in lzma.decompress(read(url)).decode("utf-8").split("\n\n"):
            name = re.match(r"Package: (\S+)", stanza)
            if name:
                found[name.group(1)] = stanza
        return found

    @staticmethod
    def files_of(data, target):
        """The files of a binary package, as a tar archive."""
        deb = f"{target}.deb"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(deb, "wb") as file:
            file.write(data)
        try:
            return subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], check=True, capture_output=True).stdout
        finally:
            os.remove(deb)

    @staticmethod
    def copyright_in(content):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            notices = [archive.extractfile(m).read().decode("utf-8", "replace") for m in archive
                       if m.isfile() and re.search(r"/usr/share/doc/[^/]+/copyright$", m.name)]
        return stanzas_of(notices[0]) if len(notices) == 1 else None

    def fetch_binary(self, name, target):
        stanza = self.binaries[name]
        path, version = (re.search(rf"^{field}: (\S+)", stanza, re.M).group(1) for field in ("Filename", "Version"))
        data = read(f"{self.site}/{path}", MAX_ARCHIVE_BYTES)
        entry = {"source": "debian", "name": name, "version": version, "sha256": hashlib.sha256(data).hexdigest()}
        content = self.files_of(data, target)
        stanzas = self.copyright_in(content)
        if stanzas is None:
            return {**entry, "skipped": "no machine-readable copyright"}
        licences = sorted({licence for globs, licence in stanzas if not all(g.startswith("debian/") for g in globs)})
        if not licences or not all(is_permissive(licence) for licence in licences):
            return {**entry, "licences": licences, "skipped": "licence"}
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            files = unpack(archive, target, lambda p: is_wanted(p, self.excluded), 1)
        return {**entry, "licences": licences, "files": files}

    def fetch_source(self, name, target):
        stanza = self.sources[name]
        folder, version = (re.search(rf"^{field}: (\S+)", stanza, re.M).group(1) for field in ("Directory", "Version"))
        sums = re.search(r"^Checksums-Sha256:((?:\n .*)+)", stanza, re.M).group(1)
        archives = re.findall(r"^ (\w{64}) (\d+) (\S+\.tar\.\w+)$", sums, re.M)
        entry = {"source": "debian-source", "name": name, "version": version}
        small = [a for a in archives if ".debian.tar." in a[2]]
        large = [a for a in archives if re.search(r"\.orig\.tar\.", a[2])]
        if len(small) != 1 or len(large) != 1:
            return {**entry, "skipped": "format"}
        if int(large[0][1]) > MAX_ARCHIVE_BYTES:
            return {**entry, "skipped": "too large"}
        try:
            with tarfile.open(fileobj=io.BytesIO(read(f"{self.site}/{folder}/{small[0][2]}")), mode="r:*") as archive:
                stanzas = stanzas_of(archive.extractfile("debian/copyright").read().decode("utf-8", "replace"))
        except urllib.error.HTTPError:  # some mirrors lack it; each binary package has a copy
            built = [self.binaries[b] for b in re.search(r"^Binary: ((?:.*)(?:\n .*)*)", stanza, re.M).group(1).replace(",", " ").split() if b in self.binaries]
            smallest = min(built, key=lambda b: int(re.search(r"^Size: (\d+)", b, re.M).group(1)))
            path = re.search(r"^Filename: (\S+)", smallest, re.M).group(1)
            stanzas = self.copyright_in(self.files_of(read(f"{self.site}/{path}", MAX_ARCHIVE_BYTES), target))
        if stanzas is None:
            return {**entry, "skipped": "no machine-readable copyright"}
        licences = sorted({l for globs, l in stanzas if is_permissive(l) and not all(g.startswith("debian/") for g in globs)})
        if not licences:
            return {**entry, "skipped": "licence"}
        data = read(f"{self.site}/{folder}/{large[0][2]}", MAX_ARCHIVE_BYTES)
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
            files = unpack(archive, target,
                           lambda p: is_wanted("package/" + p, self.excluded) and is_permissive(licence_of(p, stanzas)), 1)
        return {**entry, "licences": licences, "sha256": hashlib.sha256(data).hexdigest(), "files": files}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--limit", type=int, default=0)
    given = parser.parse_args()
    data = os.path.abspath(given.data)
    os.makedirs(data, exist_ok=True)
    excluded = excluded_names()
    manifest_path = os.path.join(data, "manifest.json")
    manifest = json.load(open(manifest_path)) if os.path.exists(manifest_path) else []
    manifest = [entry for entry in manifest if ":" not in entry.get("skipped", "")]  # what failed is tried again
    known = {(entry["source"], entry["name"]) for entry in manifest}
    npm, debian = Npm(excluded), Debian(excluded)
    fetchers = {"npm": ("npm", npm.fetch), "debian": ("binary", debian.fetch_binary), "debian-source": ("source", debian.fetch_source)}
    jobs = []
    for source, file in (("npm", "npm.txt"), ("debian", "debian-binary.txt"), ("debian-source", "debian-source.txt")):
        with open(os.path.join(HERE, "packages", file), encoding="utf-8") as lines:
            names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        names = [n for n in names if not is_excluded(n, excluded) and (source, n) not in known]
        jobs += [(source, name) for name in (names[: given.limit] if given.limit else names)]

    def run(job):
        source, name = job
        folder, fetch = fetchers[source]
        target = os.path.join(data, folder, name.replace("/", "__"))
        partial = target + ".partial"
        try:
            shutil.rmtree(partial, ignore_errors=True)
            entry = fetch(name, partial)
            if os.path.isdir(partial):
                shutil.rmtree(target, ignore_errors=True)
                os.rename(partial, target)
            return entry
        except Exception as error:  # one package less, said in the manifest
            shutil.rmtree(partial, ignore_errors=True)
            return {"source": source, "name": name, "skipped": f"{type(error).__name__}: {error}"[:200]}

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        for done, entry in enumerate(pool.map(run, jobs), 1):
            manifest.append(entry)
            if done % 100 == 0 or done == len(jobs):
                print(f"{done}/{len(jobs)}", flush=True)
                with open(manifest_path + ".new", "w", encoding="utf-8") as out:
                    json.dump(sorted(manifest, key=lambda e: (e["source"], e["name"])), out, indent=0)
                os.replace(manifest_path + ".new", manifest_path)


if __name__ == "__main__":
    main()
