/** The table of exit codes. `--help` and docs/exit-codes.md are made from it. */
import { SIGNAL_CODES } from './signals.js';

const TABLE = {
  complete: {
    code: 0,
    meaning:
      'all selected streams complete, or stopped at max_run_minutes with the rest bookmarked',
  },
  failed: {
    code: 1,
    meaning: 'at least one stream failed, the others complete; or stdout could not be written',
  },
  invalid: { code: 2, meaning: 'a flag, a setting, the catalog or the state is wrong' },
  unauthorized: { code: 3, meaning: 'the API refuses the token (401, or 403 on every stream)' },
  closed: { code: 4, meaning: 'the reader of stdout went away' },
  locked: {
    code: 5,
    meaning: 'run: another run holds the state file; or the DuckDB file is in use',
  },
  targetFailed: { code: 6, meaning: 'run: the target failed, or did not commit what it was given' },
  differs: { code: 7, meaning: 'verify: the destination differs from Bolt' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly meaning: string }>>;

type Name = keyof typeof TABLE;

/** The exit code by name. */
export const EXIT: { readonly [N in Name]: (typeof TABLE)[N]['code'] } = {
  complete: TABLE.complete.code,
  failed: TABLE.failed.code,
  invalid: TABLE.invalid.code,
  unauthorized: TABLE.unauthorized.code,
  closed: TABLE.closed.code,
  locked: TABLE.locked.code,
  targetFailed: TABLE.targetFailed.code,
  differs: TABLE.differs.code,
};

/** Every exit code with its meaning, as text. */
export const EXIT_CODES: readonly { readonly codes: string; readonly meaning: string }[] = [
  ...Object.values(TABLE).map(({ code, meaning }) => ({ codes: String(code), meaning })),
  {
    codes: Object.values(SIGNAL_CODES).join(', '),
    meaning: `stopped by ${Object.keys(SIGNAL_CODES).join(', ')}`,
  },
];
