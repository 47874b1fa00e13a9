/** As in VS Code's own search: a file or everything below a folder, wherever it is; `./` starts at the root. */
export function pathGlobs(text: string): string[] {
  const path = text.replaceAll('\\', '/').replace(/\/$/, '');
  const glob = path.startsWith('./') ? path.slice(2) : `**/${path.replace(/^(?:\*\*)?\//, '')}`;
  return glob.endsWith('/**') ? [glob] : [glob, `${glob}/**`];
}
