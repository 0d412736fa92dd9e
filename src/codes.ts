/**
 * Codes of warnings and errors: what each means, and what to do. They are in JSON logs and in the
 * summary, and alerts match on them, so a code never changes its meaning. docs/errors.md is made
 * from this table.
 */

interface CodeInfo {
  readonly level: 'warning' | 'error';
  readonly meaning: string;
  readonly advice: string;
}

export const CODES = {
  USAGE_WRONG: {
    level: 'error',
    meaning: 'An unknown flag or command, or a flag with a wrong value.',
    advice: 'See `--help`.',
  },
  SETTING_WRONG: {
    level: 'error',
    meaning: 'A setting has a wrong value, or a required one is missing.',
    advice: 'The message names the setting, where it came from, and what is expected.',
  },
  SETTING_UNKNOWN: {
    level: 'warning',
    meaning: 'A config file or the environment has a setting that does not exist.',
    advice: 'Check the spelling; the message suggests a name.',
  },
  MASK_WRONG: {
    level: 'error',
    meaning:
      '`mask_columns` names a column that does not exist or cannot be masked, or lacks a key.',
    advice: 'The message suggests a name. Keys cannot be masked; `hmac` needs `mask_key`.',
  },
  MASK_KEY_SHORT: {
    level: 'warning',
    meaning: '`mask_key` has fewer than 16 characters, so hashes could be reversed by trying keys.',
    advice: 'Use at least 16 random characters. Then see docs/privacy.md, "Another list or key".',
  },
  MASK_CHANGED: {
    level: 'warning',
    meaning: '`mask_columns` or `mask_key` differs from the last run, so older rows do not match.',
    advice: 'Run once with `--full-refresh`, as docs/privacy.md says.',
  },
  SECRET_READABLE: {
    level: 'warning',
    meaning: 'Other users of this machine can read a config file that holds a secret.',
    advice: '`chmod 600` the file. Meltano writes it anew in each run: start it with umask 077.',
  },
  SECRET_LOGGED: {
    level: 'warning',
    meaning: '`NODE_DEBUG` makes Node print request headers, the token included.',
    advice: 'Unset `NODE_DEBUG`, and treat logs written with it as secret.',
  },
  FILE_UNREADABLE: {
    level: 'error',
    meaning: 'A config, catalog or state file cannot be read, or is not valid JSON in UTF-8.',
    advice: 'The message names the file and the reason.',
  },
  PROFILE_WRONG: {
    level: 'error',
    meaning: 'A profile does not exist, or the file of profiles cannot be used.',
    advice: 'Store it with `bolt-eci-tap configure`.',
  },
  CATALOG_WRONG: {
    level: 'error',
    meaning: 'The catalog, or a schema in it, has a wrong form.',
    advice: 'Compare it with `--discover`.',
  },
  CATALOG_IGNORED: {
    level: 'warning',
    meaning: 'A part of the catalog has no effect, such as a replication key.',
    advice: 'Remove it, or ignore the warning.',
  },
  STREAM_UNKNOWN: {
    level: 'error',
    meaning: 'A flag, a setting or the catalog names a stream that does not exist.',
    advice: 'Check the spelling; `--about` lists the streams.',
  },
  STREAM_NOT_SELECTED: {
    level: 'warning',
    meaning: 'Nothing is selected, or `streams` names a stream that the catalog does not select.',
    advice: 'Select the stream in the catalog.',
  },
  STATE_FOREIGN: {
    level: 'error',
    meaning: 'The file of `--state` is not a state of this tap, but a config or the like.',
    advice: 'Pass the bookmark file. The message says what the file seems to be.',
  },
  STATE_DROPPED: {
    level: 'warning',
    meaning: 'The state holds a stream or field that the tap does not know. It is not kept.',
    advice: 'Check the spelling; the message suggests a name.',
  },
  STATE_EMPTY: {
    level: 'warning',
    meaning: 'The state file is empty or ends in the middle of a line.',
    advice: 'It was probably cut off while it was written. To avoid a full sync, restore it.',
  },
  TOKEN_REFUSED: {
    level: 'error',
    meaning: 'The API refuses the token (HTTP 401), in both forms of the header.',
    advice:
      'Check `api_token`, its name and `base_url`. Some tenants need `xsrf_token`, which expires.',
  },
  STREAM_FORBIDDEN: {
    level: 'error',
    meaning: 'The token has no access to this stream (HTTP 403).',
    advice: 'Ask ECI for access, or deselect the stream. The other streams are complete.',
  },
  REQUEST_REJECTED: {
    level: 'error',
    meaning: 'The API rejects a request (another 4xx). The stream keeps its bookmark.',
    advice: 'Try again later; if it stays so, report the stream and the status.',
  },
  BASE_URL_WRONG: {
    level: 'error',
    meaning: 'Every stream so far answered 404, or the responses are not those of a Bolt API.',
    advice: 'Check `base_url`.',
  },
  TENANT_DATA_FAULT: {
    level: 'error',
    meaning: "The API fails on the tenant's own data: an invalid date is stored in Bolt.",
    advice: "Tell ECI's support the stream and this error. Deselect the stream until then.",
  },
  API_FAILED: {
    level: 'error',
    meaning: 'The API answered 5xx, 408 or 425 in every attempt.',
    advice: 'Try again later. What was written is bookmarked.',
  },
  HOST_UNREACHABLE: {
    level: 'error',
    meaning: 'No response: name, network, certificate, proxy, or a timeout.',
    advice: 'The message gives the reason. Check `base_url` and `HTTPS_PROXY`.',
  },
  RESPONSE_UNREADABLE: {
    level: 'error',
    meaning: 'A response is not JSON, not UTF-8, has no page, redirects elsewhere, or breaks off.',
    advice: 'Often a sign-in or maintenance page: check `base_url`, and try again later.',
  },
  RESPONSE_TOO_LARGE: {
    level: 'error',
    meaning: 'A response is larger than `max_response_mb`.',
    advice: 'Raise that setting if memory allows.',
  },
  FORMAT_CHANGED: {
    level: 'error',
    meaning: 'A response does not have the form of its stream.',
    advice: 'The API has changed, or `base_url` is another server. Report it.',
  },
  WALK_STUCK: {
    level: 'error',
    meaning: 'The API repeats its pages, so the walk does not advance.',
    advice: 'Try again later; if it stays so, use `--full-refresh` for the stream.',
  },
  TOKEN_STALE: {
    level: 'warning',
    meaning: 'The API no longer accepts a page or refresh token.',
    advice: 'The walk starts again, which costs calls. If it happens often, sync more often.',
  },
  TOKEN_MISSING: {
    level: 'warning',
    meaning: 'The API gave no token for the next run.',
    advice: 'Nothing is lost, but the next run repeats rows.',
  },
  EVENT_TOKEN_REQUIRED: {
    level: 'error',
    meaning: 'The API demands a first token for an event feed.',
    advice: 'Ask ECI for a token, and set `event_start_tokens`.',
  },
  FEED_FROM_BEGINNING: {
    level: 'warning',
    meaning: 'A feed has no bookmark, so it is read from its beginning.',
    advice: 'It can take days in a large tenant. To begin later, set `event_start_tokens`.',
  },
  EVENT_TOKEN_STALE: {
    level: 'error',
    meaning: 'The API no longer accepts the token of a feed. Any other start could skip events.',
    advice: 'To accept the gap, use `--full-refresh` for that feed.',
  },
  VERSION_NOT_ACTIVATED: {
    level: 'warning',
    meaning: 'A full walk brought far fewer rows than the one before, so no row is deleted.',
    advice: 'If the rows are really gone, run with `--full-refresh` once more.',
  },
  VALUE_REJECTED: {
    level: 'warning',
    meaning: 'Values or rows do not fit their declared type.',
    advice: 'See the stream `rejected_records`. Correct them in Bolt, or change the type.',
  },
  TOO_MANY_REJECTED: {
    level: 'error',
    meaning: "More rows than `max_rejected_share` do not fit: the API's format has changed.",
    advice: 'Compare the row in the message with the catalog; type text accepts everything.',
  },
  FIELD_UNDECLARED: {
    level: 'warning',
    meaning: 'The API sends a field that the catalog does not declare. It has no column.',
    advice: 'Add it to the catalog (`--discover --live` does), or select `_rescued_data`.',
  },
  RETRY: {
    level: 'warning',
    meaning: 'A request failed and is sent again.',
    advice: 'Nothing. If it happens often, the API or the network is in trouble.',
  },
  STOPPED: {
    level: 'warning',
    meaning: 'A signal or `max_run_minutes` stopped the run.',
    advice: 'The next run continues from the last STATE.',
  },
  OUTPUT_FAILED: {
    level: 'error',
    meaning: 'stdout could not be written: the disk is full, or stdout is closed.',
    advice: 'Free space. If the target ended, look at its own messages.',
  },
  REPORT_UNWRITABLE: {
    level: 'error',
    meaning: 'The file of `--summary` or `--metrics-file` cannot be written.',
    advice: 'Check its folder and its permissions.',
  },
  CACHE_UNUSABLE: {
    level: 'warning',
    meaning: '`cache_dir` cannot be used, or the file in it is broken.',
    advice: 'Set it to a folder that can be written, so that runs share the call budget.',
  },
  RUN_LOCKED: {
    level: 'error',
    meaning: 'Another run holds the state file, or another process the DuckDB file.',
    advice: 'Wait for it. A run that was killed blocks its state file for 10 seconds.',
  },
  LOCK_LOST: {
    level: 'error',
    meaning:
      'The lock of the state file was lost: this run was suspended, or the lock was removed.',
    advice: 'The other run continues.',
  },
  LOCK_UNUSABLE: {
    level: 'error',
    meaning: 'The state file cannot be locked.',
    advice: 'The message gives the reason.',
  },
  STATE_RESTORED: {
    level: 'warning',
    meaning: '`run` continues from the `.bak` file, because the state file is empty or broken.',
    advice: 'Nothing is lost: rows since the older bookmark come twice.',
  },
  STATE_UNWRITABLE: {
    level: 'error',
    meaning: '`run` could not write the state file. It is unchanged.',
    advice: 'Check its folder and the disk. Rows since then come again.',
  },
  TARGET_UNUSABLE: {
    level: 'error',
    meaning: "The target's command is missing or cannot be started.",
    advice: 'Check the command and the PATH.',
  },
  TARGET_FAILED: {
    level: 'error',
    meaning: 'The target failed, or did not commit what it was given.',
    advice: "Look at the target's own messages. The state file holds what it committed.",
  },
  TARGET_OUTPUT: {
    level: 'warning',
    meaning: 'The target prints lines on stdout that are not states.',
    advice: 'They are ignored. Configure its log for stderr.',
  },
  TAP_FAILED: {
    level: 'warning',
    meaning: 'The tap ended with an error; the target ended well.',
    advice: "Look at the tap's messages.",
  },
  ROWS_UNUSABLE: {
    level: 'error',
    meaning: '`verify`: stdin is not NDJSON with one object per row and key.',
    advice: 'The message names the line. Queries that fit are in docs/verify.md.',
  },
  ROWS_EMPTY: {
    level: 'warning',
    meaning: '`verify`: stdin holds no row, so every row of Bolt is missing.',
    advice: 'If the table is not empty, check the query.',
  },
  DESTINATION_DIFFERS: {
    level: 'error',
    meaning: '`verify`: the destination does not hold what Bolt holds.',
    advice: 'Sync first. If it persists, repair it with `--emit`.',
  },
  SURPLUS_KEPT: {
    level: 'warning',
    meaning:
      '`verify --emit`: Bolt returned too small a share of the rows; none is emitted as deleted.',
    advice: 'Check `base_url` and the query. If the rows are gone, delete them in the destination.',
  },
  VERIFY_RESTARTED: {
    level: 'warning',
    meaning: '`verify` cannot continue an interrupted walk: rows or settings have changed.',
    advice: 'Give the rows in the same order: sort the query by the key.',
  },
  DATABASE_UNUSABLE: {
    level: 'error',
    meaning: 'The DuckDB file cannot be opened, or the package of DuckDB is not installed.',
    advice: 'The message gives the reason, and the command that installs the package.',
  },
  DATABASE_FAILED: {
    level: 'error',
    meaning: 'The DuckDB file cannot be written, for example because the disk is full.',
    advice: 'The message gives the reason. The file holds all that was committed before.',
  },
  INPUT_WRONG: {
    level: 'error',
    meaning: '`load`: a line of stdin is not a Singer message, or cannot be a row.',
    advice: 'The message names the line. What came before it is committed.',
  },
  INPUT_IGNORED: {
    level: 'warning',
    meaning: '`load`: a field that the SCHEMA does not declare, or an unknown type of message.',
    advice: 'Its values are not loaded. Report it to the authors of the tap.',
  },
  COLUMN_WIDENED: {
    level: 'warning',
    meaning: '`load`: the type of a column changed, or a value does not fit it: it is text now.',
    advice: 'Nothing is lost. Cast the column in queries.',
  },
  INTERNAL: {
    level: 'error',
    meaning: 'A fault in the tap itself.',
    advice: 'Report it with the message and the version.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;

/** The code of a warning or error. */
export type Code = keyof typeof CODES;

/** Something that the user should know, although the run continues. */
export interface Warning {
  readonly code: Code;
  readonly message: string;
}
