/** Small bar charts as SVG: one bar for each run, the newest at the right. */
import { html, type Markup } from './markup.js';
import { SHOWN_RUNS } from './history.js';

/** A bar. The kinds differ in form and not only in colour; `broken` is `failed` with a height. */
export interface Bar {
  /** Height, 0 to 1. */
  readonly height: number;
  readonly kind: 'complete' | 'failed' | 'broken' | 'stopped';
}

const STEP = 8;
const WIDTH = 6;
const HEIGHT = 26;
/** A run without rows is still a run. */
const LEAST = 1.5;

export interface ChartOptions {
  /** What it shows, in words. */
  readonly label: string;
  /** Height of a line across, 0 to 1. */
  readonly limit?: number | undefined;
}

/** Draws up to 30 bars above a base line. */
export function chart(bars: readonly Bar[], { label, limit }: ChartOptions): Markup {
  const width = SHOWN_RUNS * STEP;
  const first = SHOWN_RUNS - bars.length;
  const path = (kind: Bar['kind'], draw: (x: number, height: number) => string): string =>
    bars
      .map((bar, index) =>
        bar.kind === kind
          ? draw((first + index) * STEP + 1, Math.max(LEAST, bar.height * (HEIGHT - 2)))
          : '',
      )
      .join('');
  const paths = [
    ['done', path('complete', filled)],
    ['fail', path('failed', (x) => cross(x))],
    ['broke', path('broken', outlined)],
    ['stop', path('stopped', outlined)],
  ] as const;
  return html`<svg viewBox="0 0 ${width} ${HEIGHT + 2}" role="img" aria-label="${label}">
    <path class="base" d="M0 ${HEIGHT + 0.5}h${width}" />
    ${paths.map(([name, d]) => (d === '' ? html`` : html`<path class="${name}" d="${d}" />`))}${limit === undefined ? null : html`<path class="limit" d="M0 ${round(HEIGHT - limit * (HEIGHT - 2))}h${width}" />`}
  </svg>`;
}

function filled(x: number, height: number): string {
  return `M${x} ${HEIGHT}v${round(-height)}h${WIDTH}v${round(height)}z`;
}

function outlined(x: number, height: number): string {
  const tall = Math.max(height, WIDTH) - 0.5;
  return `M${x + 0.5} ${HEIGHT}v${round(-tall)}h${WIDTH - 1}v${round(tall)}z`;
}

/** A bar of full height with a gap: a mark that does not look like a number of rows. */
function cross(x: number): string {
  return `M${x} ${HEIGHT}v-17h${WIDTH}v17zM${x} 7v-5h${WIDTH}v5z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Heights on a logarithmic scale: a first load does not make all other runs invisible. */
export function logHeights(values: readonly number[]): number[] {
  const most = Math.log1p(Math.max(1, ...values));
  return values.map((value) => Math.log1p(value) / most);
}

/** Heights as a share of the largest value, or of `full`. */
export function heights(values: readonly number[], full = Math.max(...values)): number[] {
  return values.map((value) => (full > 0 ? Math.min(1, value / full) : 0));
}
