/** HTML as a template: every text that is put into it is escaped. */

/** Escaped HTML. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may be put into a template. Null is nothing. */
export type Part = Markup | readonly Markup[] | string | number | null;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** They could change the reading direction, or hide a part of a text. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]+/gu;

/** Escapes a text for an element or a quoted attribute. */
export function escape(text: string): string {
  return text
    .replaceAll(CONTROLS, ' ')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Creates HTML. Attributes with values from outside have to be in quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = strings.reduce((before, string, index) => {
    const part = parts[index - 1] ?? null;
    return `${before}${textOf(part)}${outdent(string)}`;
  }, '');
  return new Markup(text);
}

/** The indentation of templates would be a third of the page. */
function outdent(text: string): string {
  return text.replaceAll(/\n\s*/g, '\n');
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  return part.map((one) => one.text).join('');
}

/** HTML of a sentence of `src/codes.ts`: what is in backticks becomes code. */
export function withCode(sentence: string): Markup {
  const parts = sentence
    .split('`')
    .map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
  return html`${parts}`;
}
