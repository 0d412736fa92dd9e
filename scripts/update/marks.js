// Generated parts of a file, between a line that begins and one that ends them.

/**
 * The text with what is between `NAME: begin` and `NAME: end` replaced.
 *
 * @param {string} text
 * @param {string} name of the marks, which are comments of the file's own kind
 * @param {readonly string[]} lines what goes between them, indented like the first mark
 * @throws {Error} if the marks are missing
 */
export function between(text, name, lines) {
  const marked = new RegExp(`^( *)(.*\\b${name}: begin.*\n)[^]*?^(.*\\b${name}: end.*\n?)`, 'm');
  if (!marked.test(text))
    throw new Error(`The marks "${name}: begin" and "${name}: end" are missing`);
  return text.replace(marked, (_, indent, begin, end) => {
    const block = lines.map((line) => (line === '' ? '\n' : `${indent}${line}\n`)).join('');
    return `${indent}${begin}${block}${end}`;
  });
}

/** A Markdown table as lines. */
export function tableLines(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
