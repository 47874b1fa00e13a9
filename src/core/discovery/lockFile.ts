/** Records of resolved dependencies: long, written by package managers, nothing a person searches by meaning. */
const lockFileNames = new Set(
  (
    'package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock .pnp.cjs ' +
    'cargo.lock poetry.lock pipfile.lock uv.lock pdm.lock pixi.lock conda-lock.yml conda-lock.yaml pylock.toml ' +
    'gemfile.lock gems.locked composer.lock symfony.lock go.sum go.work.sum mix.lock rebar.lock pubspec.lock ' +
    'podfile.lock package.resolved cartfile.resolved packages.lock.json paket.lock project.assets.json ' +
    'gradle.lockfile buildscript-gradle.lockfile flake.lock stack.yaml.lock cabal.project.freeze ' +
    '.terraform.lock.hcl chart.lock brewfile.lock.json module.bazel.lock shard.lock dub.selections.json ' +
    'renv.lock conan.lock lake-manifest.json berksfile.lock puppetfile.lock librarian.lock vcpkg-lock.json'
  ).split(' '),
);

export function isLockFile(path: string): boolean {
  return lockFileNames.has(path.slice(path.lastIndexOf('/') + 1).toLowerCase());
}
