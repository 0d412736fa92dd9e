/** Keeps secrets out of whatever is written: log lines, errors, the summary and the metrics file. */

/** Returns a text without secrets. */
export type Redact = (text: string) => string;

/** Shorter texts are not looked for: they would garble lines that only happen to contain them. */
const SHORTEST_SECRET = 4;

/** Replaces these secrets in texts, also where they are encoded as a part of a URL. */
export function createRedact(secrets: readonly string[]): Redact {
  // The longest first: a secret may be part of another.
  const hidden = secrets
    .flatMap((secret) =>
      secret.length < SHORTEST_SECRET ? [] : [secret, encodeURIComponent(secret)],
    )
    .toSorted((a, b) => b.length - a.length);
  return (text) => hidden.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
