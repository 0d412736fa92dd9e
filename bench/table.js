// Figures as text for bench/results.md.

/** A Markdown table. */
export function table(head, rows) {
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** A number with three digits that mean something, in English. */
export function figure(value) {
  return value.toLocaleString('en-US', {
    maximumSignificantDigits: value >= 1000 ? Math.max(3, String(Math.round(value)).length - 2) : 3,
  });
}

/** A goal and whether it was met. */
export function goal(words, met) {
  return `- ${met ? 'met' : '**missed**'}: ${words}`;
}
