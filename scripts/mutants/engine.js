// Mutants of states, sync, signals and the writer: see scripts/mutate.js.
export const ENGINE = [
  {
    file: 'src/singer/state.ts',
    tests: ['singer/state'],
    mutants: [
      {
        what: 'section 2: an empty bookmark is added',
        find: ' && !(stream in state.bookmarks)',
        replace: '',
      },
      {
        what: 'other streams are dropped',
        find: '{ ...state.bookmarks, [stream]: bookmark }',
        replace: '{ [stream]: bookmark }',
      },
      {
        what: 'forgets all but these',
        find: 'streams.includes(name) ? lasting',
        replace: '!streams.includes(name) ? lasting',
      },
      { what: 'shows a short token', find: 'token.length <= 12', replace: 'token.length <= 2' },
    ],
  },
  {
    file: 'src/singer/state-reader.ts',
    tests: ['singer/state-reader'],
    mutants: [
      {
        what: 'blank tokens count',
        find: "    if (text.trim() === '') return false;\n",
        replace: '',
      },
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
        find: 'const fields = bookmarkFields(stream)',
        replace: 'const fields = FIELDS',
      },
    ],
  },
  {
    file: 'src/engine/sync.ts',
    tests: ['engine/sync', 'engine/sync-faults'],
    mutants: [
      {
        what: 'the bookmarks of the summary move with max_records',
        find: 'if (this.#options.maxRecords === undefined) report',
        replace: 'report',
        tests: ['engine/true-copy-runs'],
      },
      {
        what: 'full-refresh counts though max_records is set',
        find: 'start: keepsBookmarks ? start : state',
        replace: 'start',
      },
      {
        what: 'full-refresh leaves the bookmark',
        find: 'forget(state, fullRefresh)',
        replace: 'state',
      },
      {
        what: 'a 401 does not end the run',
        find: "error.fault === 'unauthorized') throw error;\n      //",
        replace: 'false) throw error;\n      //',
      },
      {
        what: 'what a failed stream fetches is not closed',
        find: '      await source?.close();\n',
        replace: '',
      },
      {
        what: 'pages that are there are written after a signal',
        find: '    signal.throwIfAborted();\n    await this.#beginKept',
        replace: '    await this.#beginKept',
      },
      {
        what: 'a complete run names a stream in currently_syncing',
        find: 'ended === null\n        ? undefined',
        replace: 'false\n        ? undefined',
      },
      {
        what: 'a cut run names no stream in currently_syncing',
        find: 'ended === null\n        ? undefined',
        replace: 'true\n        ? undefined',
      },
      {
        what: 'writes on after the output failed',
        find: '    if (ended instanceof OutputError) return;\n',
        replace: '',
        equivalent: 'the writer itself refuses to write after a failure; the return only says so',
      },
      {
        what: 'an outage is not forgotten by a good stream',
        find: '      this.#outage.note(null);\n',
        replace: '',
      },
      {
        what: 'an output that fails at the end is not told',
        find: '      ended ??= error;\n',
        replace: '',
      },
    ],
  },
  {
    file: 'src/engine/output.ts',
    tests: ['engine/sync', 'engine/sync-faults'],
    mutants: [
      {
        what: 'section 2: the last write is not waited for',
        find: '    await this.#writer.end();\n',
        replace: '',
      },
      {
        what: 'a STATE ahead of its rows',
        find: 'writeLines([...lines, state])',
        replace: 'writeLines([state, ...lines])',
      },
      {
        what: 'the STATE moves with max_records',
        find: 'if (this.#keepsBookmarks) this.#state = withBookmark',
        replace: 'this.#state = withBookmark',
        equivalent: 'the sync does not call it with max_records',
      },
      {
        what: 'an unchanged STATE is written again',
        find: 'lines.length > 0 || state !== this.#written || (',
        replace: 'true || (',
      },
      {
        what: 'a SCHEMA may be the last line',
        find: ' || (isLast && this.#schemaIsLast)',
        replace: '',
      },
    ],
  },
  {
    file: 'src/engine/fetcher.ts',
    tests: ['engine/sync', 'engine/sync-faults'],
    mutants: [
      {
        what: 'section 2: no bound of size of what is read ahead',
        find: 'items: 6, size: 600_000',
        replace: 'items: 6, size: Infinity',
        tests: ['engine/sync', 'end-to-end/work'],
      },
      {
        what: 'one stream more than concurrency',
        find: 'this.#concurrency - this.#fetching',
        replace: 'this.#concurrency + 1 - this.#fetching',
      },
      {
        what: 'a stream that ended keeps its place',
        find: '      this.#fetching -= 1;\n',
        replace: '',
      },
    ],
  },
  {
    file: 'src/engine/order.ts',
    tests: ['engine/sync', 'engine/sync-faults'],
    mutants: [
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
    ],
  },
  {
    file: 'src/system/signals.ts',
    tests: ['system/signals', 'end-to-end/signal-listeners', 'cli/command-end'],
    mutants: [
      {
        what: 'section 2: a run that cannot end is not ended',
        find: '    cancelStallTimer = timer(STALL_LIMIT_MS, () => exitWithReports(code));\n',
        replace: '',
      },
      {
        what: 'section 2: a second signal is ignored',
        find: 'if (stopCode !== null) return exitWithReports(stopCode)',
        replace: 'if (stopCode !== null) return',
      },
      {
        what: 'section 2: a max_run_minutes of a month ends at once',
        find: 'ms > LONGEST_TIMER_MS\n',
        replace: 'false\n',
      },
      {
        what: 'a slow reader ends the patience',
        find: '    cancelStallTimer?.();\n    cancelStallTimer =',
        replace: '    cancelStallTimer =',
      },
      {
        what: 'patience begins before a signal',
        find: '    if (code === null) return;\n',
        replace: '',
        tests: ['system/signals'],
      },
      {
        what: 'a signal after the minutes counts as the second',
        find: 'if (stopCode !== null) return exitWithReports(stopCode)',
        replace: 'if (controller.signal.aborted) return exitWithReports(stopCode ?? 1)',
      },
      {
        what: 'the process ends before its reports are written',
        find: 'void beforeExit().finally(() => exit(code))',
        replace: '{\n    void beforeExit();\n    exit(code);\n  }',
      },
      {
        what: 'patience ends a run that was let go of',
        find: '      cancelStallTimer?.();\n      unlisten',
        replace: '      unlisten',
      },
      { what: 'signals are listened to for ever', find: '      unlisten();\n', replace: '' },
      {
        what: 'the clock ends a run that was let go of',
        find: '      cancelTimeLimit();\n',
        replace: '',
      },
      {
        what: 'listeners of libraries stay',
        find: 'if (!keptListeners.has(listener)) process.off(signal, listener)',
        replace: 'if (false) process.off(signal, listener)',
      },
      {
        what: 'our own listeners are removed with them',
        find: '  keptListeners.add(listener);\n',
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
      },
    ],
  },
  {
    file: 'src/singer/writer.ts',
    tests: ['singer/writer'],
    mutants: [
      {
        what: 'the first piece that was taken ends the wait',
        find: 'if (this.#left === 0) this.#wake?.()',
        replace: 'this.#wake?.()',
      },
      {
        what: 'it does not wait for a slow reader',
        find: 'if (!hasRoom || writableLength > SMALL_PIECE) await',
        replace: 'if (false) await',
      },
      {
        what: 'a failure does not end the wait',
        find: '`, closed);\n    this.#wake?.();',
        replace: '`, closed);',
      },
      {
        what: 'a later failure replaces the first',
        find: 'this.#error ??= new OutputError',
        replace: 'this.#error = new OutputError',
      },
      {
        what: 'the end does not wait',
        find: "      this.#stream.write('', () => resolve());\n",
        replace: "      this.#stream.write('');\n      resolve();\n",
      },
      {
        what: 'a line of many pieces loses its end',
        find: 'for (let at = 0; at < size; at += LARGE_PIECE)',
        replace: 'for (let at = 0; at + LARGE_PIECE <= size || at === 0; at += LARGE_PIECE)',
      },
    ],
  },
  {
    file: 'src/engine/stream-lines.ts',
    tests: ['engine/stream-lines'],
    mutants: [
      {
        what: 'section 2: without rejected_records only the first of a kind is said',
        find: 'line === null || !this.#reported.has(kind)',
        replace: '!this.#reported.has(kind)',
      },
    ],
  },
  {
    file: 'src/shape/fields.ts',
    tests: ['shape/fields'],
    mutants: [
      {
        what: 'section 2: names are remembered without bound',
        find: 'if (destinations.size < most) destinations',
        replace: 'destinations',
      },
    ],
  },
];
