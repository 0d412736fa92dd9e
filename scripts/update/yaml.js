// YAML as the formatter wants it.

/** A value as a YAML scalar: texts in single quotes, unless they contain one. */
export function scalar(value) {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
}

/** Lines, each indented by `by` more spaces. */
export function indented(by, lines) {
  return lines.map((line) => `${' '.repeat(by)}${line}`);
}
