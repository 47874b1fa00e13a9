/** The last part of a path, whatever its separator. */
export function folderName(root: string): string {
  return root.split(/[/\\]/).filter(Boolean).pop() ?? root;
}
