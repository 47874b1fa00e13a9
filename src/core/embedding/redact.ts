/** Longest piece of a server's own words that a message repeats. */
const maxQuotedLength = 240;
/** A piece this long that also stands in a text that was sent is taken to be that text. */
const echoLength = 16;
const shortestSecret = 6;

/**
 * A server's words for an error message: no key, no header value, nothing of the texts that were sent (validation errors
 * repeat their input), no HTML, one line, bounded length.
 */
export function quoteServer(message: string, secrets: readonly string[], texts: readonly string[]): string {
  let quoted = message.replace(/<(script|style)\b[\s\S]*?<\/\1>/giu, ' ').replace(/<[^>]*>/gu, ' ');
  for (const secret of secrets) if (secret.length >= shortestSecret) quoted = quoted.replaceAll(secret, '[key]');
  quoted = quoted.replace(/\b(?:sk|pa|gsk|hf|xai|Bearer)[-_ ][\w*.-]{6,}/gu, '[key]').slice(0, 4 * maxQuotedLength);
  for (const text of texts) quoted = hideEcho(quoted, text);
  quoted = quoted.replace(/\s+/gu, ' ').trim();
  return quoted.length > maxQuotedLength ? `${quoted.slice(0, maxQuotedLength)}…` : quoted;
}

function hideEcho(message: string, text: string): string {
  if (text.length < echoLength) {
    return text.length >= 4 && message.includes(text) ? message.replaceAll(text, '[text]') : message;
  }
  let result = '';
  let index = 0;
  while (index < message.length) {
    let end = index + echoLength;
    if (end <= message.length && text.includes(message.slice(index, end))) {
      while (end < message.length && text.includes(message.slice(index, end + 1))) end++;
      result += '[text]';
      index = end;
    } else {
      result += message.charAt(index++);
    }
  }
  return result;
}
