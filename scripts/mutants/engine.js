// Mutants of walk, paginate, state, sync and signals: see scripts/mutate.js.
export const ENGINE = [
  {
    file: 'src/walk.ts',
    tests: ['walk'],
    mutants: [
      {
        what: 'section 2: circles are not looked for anew after going back',
        find: '      circle = new Circle(at.query);\n      returns',
        replace: '      returns',
      },
      { what: 'a walk goes back without end', find: ' || returns === MOST_RETURNS', replace: '' },
      { what: 'a walk goes back once only', find: 'const MOST_RETURNS = 2', replace: 'const MOST_RETURNS = 1' },
      { what: 'returns are not counted', find: '      returns += 1;\n', replace: '' },
      {
        what: 'a bare request of a list counts as stale',
        find: "stream.paging === 'events' || Object.keys(query).length > 0",
        replace: 'true',
      },
      {
        what: 'what the page repeated is forgotten',
        find: '{ query: next, bookmark, repeated }',
        replace: '{ query: next, bookmark }',
      },
      {
        what: 'rows are given before the token is looked at',
        find: 'if (next === null) return;',
        replace: 'if (next === null || found.length === 0) return;',
      },
      { what: 'one row more than max_records', find: 'rows.slice(0, left)', replace: 'rows.slice(0, left + 1)' },
      { what: 'one page more than max_records', find: 'if (left <= 0) return', replace: 'if (left < 0) return' },
      { what: 'the power of the circle does not grow', find: '      this.#power *= 2;\n', replace: '' },
      {
        what: 'empty pages need not be in a row',
        find: '=== 0 ? this.#empty + 1 : 0',
        replace: '=== 0 ? this.#empty + 1 : this.#empty',
      },
      {
        what: 'pages are the same by their first row',
        find: '[rows.length, rows[0], rows.at(-1)]',
        replace: '[rows[0]]',
      },
      {
        what: 'a missing list means no rows',
        find: 'if (Array.isArray(rows)) return rows;',
        replace: 'if (Array.isArray(rows) || rows === undefined) return rows ?? [];',
      },
    ],
  },
  {
    file: 'src/paginate.ts',
    tests: ['paginate'],
    mutants: [
      {
        what: 'the last token of a walk is kept',
        find: "first ?? token(stream, body, 'refresh_token')",
        replace: "token(stream, body, 'refresh_token') ?? first",
      },
      {
        what: 'an unfinished walk replaces the refresh token',
        find: 'bookmark: { ...kept, next_batch, ...walk_token',
        replace: 'bookmark: { ...kept, refresh_token: left, next_batch, ...walk_token',
      },
      {
        what: 'a full walk goes on from a walk over changes',
        find: "!(fullTable && walkOf(unfinished) === 'changes')",
        replace: 'true',
      },
      {
        what: 'FULL_TABLE begins at the refresh token',
        find: 'fullTable || refresh_token === undefined',
        replace: 'refresh_token === undefined',
      },
      {
        what: 'FULL_TABLE leaves a refresh token',
        find: '      if (fullTable) return { rows, bookmark: kept, next: null };\n',
        replace: '',
      },
      {
        what: 'a stale next_batch leads to a full walk',
        find: 'beginning(at.bookmark, walkOf(at))',
        replace: "beginning(at.bookmark, 'full')",
      },
      {
        what: 'the unfinished walk is left in the bookmark',
        find: '{ next_batch, walk_token, walk, ...kept }',
        replace: '{ next_batch, ...kept }',
      },
      { what: 'a blank token counts', find: "value.trim() === '' ? undefined : value", replace: 'value' },
      {
        what: 'a repeated page is given again',
        find: 'rows.slice(knownRows(stream, rows, at.bookmark.last_page))',
        replace: 'rows',
      },
      {
        what: 'a feed ends at its first repeated page',
        find: '(repeated && at.repeated === true)',
        replace: 'repeated',
      },
      { what: 'a feed never ends at repeated pages', find: ' || (repeated && at.repeated === true)', replace: '' },
      {
        what: 'an empty last page drops the event token',
        find: 'const event_token = given ?? sent',
        replace: 'const event_token = given',
      },
      {
        what: 'the fingerprint of an empty page is kept',
        find: '...(repeated ? {} : { last_page',
        replace: '...(false ? {} : { last_page',
      },
      {
        what: 'a shorter page has a known one in it',
        find: 'count <= rows.length && ',
        replace: '',
        equivalent: 'a fingerprint begins with the number of rows; the check only saves a hash',
      },
      {
        what: 'a feed prefers the token of the user',
        find: 'after(bookmark.event_token ?? startToken)',
        replace: 'after(startToken ?? bookmark.event_token)',
      },
    ],
  },
  {
    file: 'src/state.ts',
    tests: ['state'],
    mutants: [
      { what: 'section 2: an empty bookmark is added', find: ' && !(stream in state.bookmarks)', replace: '' },
      {
        what: 'other streams are dropped',
        find: '{ ...state.bookmarks, [stream]: bookmark }',
        replace: '{ [stream]: bookmark }',
      },
      { what: 'forgets all but these', find: '!streams.includes(name)', replace: 'streams.includes(name)' },
      { what: 'shows a short token', find: 'token.length <= 12', replace: 'token.length <= 2' },
    ],
  },
  {
    file: 'src/state-reader.ts',
    tests: ['state-reader'],
    mutants: [
      { what: 'blank tokens count', find: "if (token.trim() !== '') read", replace: 'read' },
      {
        what: 'the older token of an unfinished walk is trusted',
        find: 'if (unfinished === undefined) read',
        replace: 'if (true) read',
      },
      {
        what: 'a config may be a state',
        find: '!isObject(value) || settingsIn(value).length > 0',
        replace: '!isObject(value)',
      },
      {
        what: "another tap's bookmarks are taken",
        find: 'if (isObject(bookmarks) && isForeign(bookmarks)) throw',
        replace: 'if (false) throw',
      },
      {
        what: 'foreign keys get into the state',
        find: '{ ...NO_STATE, ...this.#syncing(value)',
        replace: '{ ...value, ...this.#syncing(value)',
      },
      {
        what: 'a foreign stream in currently_syncing is kept',
        find: "typeof at === 'string' && BY_NAME.has(at)",
        replace: "typeof at === 'string'",
      },
      {
        what: 'names that may be values are shown',
        find: '? `"${name}"` : \'(name not shown)\'',
        replace: '? `"${name}"` : name',
      },
      {
        what: 'a feed may have the fields of a list',
        find: "stream.paging === 'events' ? FEED_FIELDS : LIST_FIELDS",
        replace: 'FIELDS',
      },
    ],
  },
  {
    file: 'src/sync.ts',
    tests: ['sync', 'sync-faults'],
    mutants: [
      {
        what: 'section 2: no bound of size of what is read ahead',
        find: 'items: 6, size: 600_000',
        replace: 'items: 6, size: Infinity',
        tests: ['sync', 'work'],
      },
      { what: 'section 2: the last write is not waited for', find: '    await writer.end();\n', replace: '' },
      {
        what: 'a STATE ahead of its rows',
        find: 'writeLines([...records, line])',
        replace: 'writeLines([line, ...records])',
      },
      {
        what: 'bookmarks move with max_records',
        find: 'if (maxRecords === undefined) {\n        report',
        replace: 'if (true) {\n        report',
      },
      {
        what: 'full-refresh counts though max_records is set',
        find: 'maxRecords === undefined ? forget(state, fullRefresh) : state',
        replace: 'forget(state, fullRefresh)',
      },
      {
        what: 'full-refresh leaves the bookmark',
        find: 'maxRecords === undefined ? forget(state, fullRefresh) : state',
        replace: 'state',
      },
      { what: 'a 401 does not end the run', find: "error.fault === 'refused'", replace: 'false' },
      { what: 'what a failed stream fetches is not closed', find: '      await source.close();\n', replace: '' },
      {
        what: 'pages that are there are written after a signal',
        find: '      signal.throwIfAborted();\n',
        replace: '',
      },
      {
        what: 'a complete run names a stream in currently_syncing',
        find: 'ended === null ? undefined :',
        replace: 'false ? undefined :',
      },
      {
        what: 'a cut run names no stream in currently_syncing',
        find: 'ended === null ? undefined :',
        replace: 'true ? undefined :',
      },
      {
        what: 'writes on after the output failed',
        find: '    if (ended instanceof OutputError) return;\n',
        replace: '',
        equivalent: 'the writer itself refuses to write after a failure; the return only says so',
      },
      {
        what: 'an unchanged STATE is written again',
        find: 'records.length > 0 || line !== this.#written || (',
        replace: 'true || (',
      },
      { what: 'a SCHEMA may be the last line', find: ' || (last && this.#schemaIsLast)', replace: '' },
      {
        what: 'one stream more than concurrency',
        find: 'this.#options.concurrency - this.#fetching',
        replace: 'this.#options.concurrency + 1 - this.#fetching',
      },
      { what: 'a stream that ended keeps its place', find: '      this.#fetching -= 1;\n', replace: '' },
      { what: 'an outage is not forgotten by a good stream', find: '      this.#outage.note(null);\n', replace: '' },
      {
        what: 'the order does not turn',
        find: '[...streams.slice(at), ...streams.slice(0, at)]',
        replace: '[...streams]',
      },
      {
        what: 'the streams before are left out',
        find: '[...streams.slice(at), ...streams.slice(0, at)]',
        replace: 'streams.slice(at)',
      },
      { what: 'an output that fails at the end is not told', find: '      ended ??= error;\n', replace: '' },
    ],
  },
  {
    file: 'src/signals.ts',
    tests: ['signal-listeners', 'command-end'],
    mutants: [
      {
        what: 'section 2: a run that cannot end is not ended',
        find: '    setTimeout(() => process.exit(code), PATIENCE_MS).unref();\n',
        replace: '',
      },
      {
        what: 'section 2: a second signal is ignored',
        find: 'if (controller.signal.aborted) process.exit(code)',
        replace: 'if (controller.signal.aborted) return',
      },
      {
        what: 'section 2: a max_run_minutes of a month ends at once',
        find: 'ms > LONGEST_TIMER_MS\n      ? undefined',
        replace: 'false\n      ? undefined',
      },
      {
        what: 'listeners of libraries stay',
        find: 'if (!kept.has(listener)) process.off(signal, listener)',
        replace: 'if (false) process.off(signal, listener)',
      },
      {
        what: 'our own listeners are removed with them',
        find: '  kept.add(listener);\n',
        replace: '',
      },
      {
        what: 'SIGHUP is not listened to',
        find: 'for (const signal of STOP_SIGNALS) process.on',
        replace: "for (const signal of STOP_SIGNALS) if (signal !== 'SIGHUP') process.on",
      },
      {
        what: 'a run whose parent is gone goes on',
        find: "  process.on('disconnect', orphaned);\n",
        replace: '',
        tests: ['run/run'],
      },
      {
        what: 'the clock ends a run that was let go of',
        find: '      clearTimeout(timer);\n',
        replace: '',
        equivalent: 'release aborts, too, and a second abort changes nothing; the timer does not keep the process',
      },
    ],
  },
];
