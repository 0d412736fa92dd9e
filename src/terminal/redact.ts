/** Removes secrets from all that is written: log lines, errors, the summary, the metrics file. */

/** Replaces the secrets in a text by `***`. */
export type Redact = (text: string) => string;

/** Creates a replacer for `JSON.stringify` that redacts every text value. */
export function redactStrings(redact: Redact): (key: string, value: unknown) => unknown {
  return (_, value) => (typeof value === 'string' ? redact(value) : value);
}

/** Shorter secrets are not replaced: they occur in unrelated words. */
const SHORTEST_SECRET = 4;

/** Creates a function that replaces these secrets, also in their URL-encoded form. */
export function createRedact(secrets: readonly string[]): Redact {
  // Longest first, because a secret may be part of another.
  const ordered = secrets
    .flatMap((secret) =>
      secret.length < SHORTEST_SECRET ? [] : [secret, encodeURIComponent(secret)],
    )
    .toSorted((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
