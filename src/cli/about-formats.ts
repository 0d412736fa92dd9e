/** The formats of `--about`. They are apart from about.ts, which only `--about` has to load. */
export const ABOUT_FORMATS = ['text', 'json', 'markdown'] as const;

export type AboutFormat = (typeof ABOUT_FORMATS)[number];
