/** What the command line prints as JSON. It speaks English: phrases for other languages stay out. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, (key, field: unknown) => (key === 'phrase' ? undefined : field), indent);
}
