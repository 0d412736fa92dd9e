// Mutants of deleted rows and of table versions: see scripts/mutate.js.
export const TRUE_COPY = [
  {
    file: 'src/engine/kept-list.ts',
    tests: [
      'engine/kept-list',
      'engine/true-copy-runs',
      'engine/true-copy',
      'engine/true-copy.property',
    ],
    mutants: [
      {
        what: "the list's position moves although its walk is not complete",
        find: 'if (events.length > 0 && !this.isReady) return null;',
        replace: '',
      },
      {
        what: 'events_page is ignored in isAt',
        find: 'events_token === event_token && events_page === last_page',
        replace: 'events_token === event_token',
      },
      {
        what: 'each run begins a list anew',
        find: 'if (this.#hasBegun) return false;',
        replace: '',
      },
      {
        what: 'a list made from its feed has to begin',
        find: "planned.stream.paging === 'derived' || Object.keys(this.#position).length > 0",
        replace: 'Object.keys(this.#position).length > 0',
      },
      {
        what: 'a list without rows takes the old deletions of its feed',
        find: '(event_token === undefined || !hasRows) &&',
        replace: 'event_token === undefined &&',
      },
      {
        what: 'the first position has no margin',
        find: ' - EVENTS_MARGIN_MS).toISOString();',
        replace: ').toISOString();',
      },
      {
        what: "events before a list's first walk are taken",
        find: 'if (time === null || time < since) continue;',
        replace: '',
      },
      { what: 'the clock of an event is trusted', find: 'Math.min(time, latest)', replace: 'time' },
      {
        what: 'deletions of schedules are not held back',
        find: 'this.feed.deletionsOnly ? this.#holdBack(read) : read',
        replace: "this.feed.deletionsOnly ? read.filter(({ kind }) => kind !== 'written') : read",
      },
      {
        what: 'rows of schedules are written by events',
        find: "return rest.filter(({ kind }) => kind !== 'written');",
        replace: 'return rest;',
      },
      {
        what: 'the position moves while something is held back',
        find: 'if (this.#gone.size === 0) this.#position',
        replace: 'this.#position',
      },
      {
        what: 'a schedule that comes back is marked',
        find: 'else this.#gone.delete(key);',
        replace: '',
      },
      {
        what: 'what is held back at the end is lost',
        find: 'this.#linesOf([...this.#gone.values()])',
        replace: 'this.#linesOf([])',
      },
      {
        what: 'what is held back beyond the bound is lost',
        find: 'rest.push(...this.#gone.values());',
        replace: '',
      },
      {
        what: 'deletions are held back without bound',
        find: 'this.#gone.size > MOST_HELD_BACK',
        replace: 'false',
      },
      {
        what: "the time of the first walk is forgotten at the feed's end",
        find: '(at ?? since)',
        replace: 'at',
      },
      {
        what: "the time of the last event is forgotten at the feed's end",
        find: 'const at = this.#latest ?? dateOf(this.#position.events_at);',
        replace: 'const at = dateOf(this.#position.events_at);',
      },
      {
        what: 'deletions are not noted',
        find: 'if (isDeleted) this.#recent.noteDeleted(record);',
        replace: '',
      },
      {
        what: 'events of known rows are written again',
        find: 'return isDeleted || !this.#recent.isKnown(record);',
        replace: 'return true;',
      },
      {
        what: 'only deletions are taken',
        find: 'return isDeleted || !this.#recent.isKnown(record);',
        replace: 'return isDeleted;',
      },
      {
        what: 'a list without the column is kept too',
        find: "(isMarked || paging === 'derived')",
        replace: 'true',
      },
      {
        what: 'a list that is made from a feed needs the column',
        find: "(isMarked || paging === 'derived')",
        replace: 'isMarked',
      },
    ],
  },
  {
    file: 'src/engine/list-event.ts',
    tests: ['engine/kept-list', 'engine/true-copy-runs', 'engine/true-copy.property'],
    mutants: [
      {
        what: 'a destroy without a readable time marks',
        find: 'if (deletedAt === null) return unusable(',
        replace: 'if (false) return unusable(',
      },
      {
        what: 'an unknown kind counts as destroy',
        find: "const kind = event['event'];",
        replace:
          "const kind = event['event'] === 'create' || event['event'] === 'update' ? 'update' : 'destroy';",
      },
      {
        what: 'an unknown kind counts as update',
        find: "const kind = event['event'];",
        replace: "const kind = event['event'] === 'destroy' ? 'destroy' : 'update';",
      },
      {
        what: 'an event that is not an object is read',
        find: "if (!isObject(event)) return unusable('the event is not an object');",
        replace: '',
      },
      {
        what: 'a row that is not an object is read',
        find: 'if (!isObject(row))',
        replace: 'if (false)',
      },
      {
        what: 'a deletion is a copy of the row',
        find: "return { kind: 'deleted', row, deletedAt };",
        replace: "return { kind: 'written', row, deletedAt: null };",
      },
    ],
  },
  {
    file: 'src/engine/recent-rows.ts',
    tests: ['engine/kept-list', 'engine/true-copy-runs', 'engine/true-copy.property'],
    mutants: [
      { what: 'isKnown ignores deleted rows', find: ' || this.#deleted.has(key)', replace: '' },
      {
        what: 'a copy of the same time is known',
        find: 'updatedAt < known.updatedAt',
        replace: 'updatedAt <= known.updatedAt',
      },
      {
        what: 'an older copy is written',
        find: 'updatedAt < known.updatedAt || text',
        replace: 'text',
      },
      {
        what: 'an equal copy is written',
        find: ' || text === known.text',
        replace: '',
      },
      {
        what: 'after too many deletions, rows are known',
        find: 'this.#deleted.size >= MOST_DELETED || ',
        replace: '',
      },
      {
        what: 'rows are remembered without bound',
        find: 'if (this.#rows.size < MOST_ROWS) ',
        replace: '',
      },
    ],
  },
  {
    file: 'src/engine/order.ts',
    tests: ['engine/true-copy-runs', 'engine/true-copy.property'],
    mutants: [
      {
        what: 'order does not put lists first',
        find: 'if (feedOf(list)?.name === planned.stream.name) ordered.add(list);',
        replace: 'void list;',
      },
    ],
  },
  {
    file: 'src/engine/fetcher.ts',
    tests: ['engine/true-copy-runs', 'engine/true-copy.property'],
    mutants: [
      {
        what: 'the feed does not wait for its lists',
        find: '({ after }) => after.every(({ hasEnded }) => hasEnded)',
        replace: '() => true',
      },
    ],
  },
  {
    file: 'src/engine/turn.ts',
    tests: ['engine/true-copy-runs', 'engine/true-copy', 'engine/true-copy.property'],
    mutants: [
      {
        what: 'events follow a walk with max_records',
        find: "maxRecords === undefined || planned.stream.paging === 'derived'",
        replace: 'true',
      },
      {
        what: 'the rows of a list are not remembered',
        find: '  lines.onRecord = (record) => kept.note(record);\n',
        replace: '',
      },
      {
        what: 'a list is kept by any feed',
        find: 'one.kept?.feed.name === planned.stream.name',
        replace: 'one.kept',
      },
      {
        what: 'a stream made from a feed reads it again',
        find: '? null\n    : eventPagesOf',
        replace:
          '? eventPagesOf(name, feedNamed(feed.name), feedPosition, options)\n    : eventPagesOf',
      },
      {
        what: 'feeds have versions',
        find: 'maxRecords !== undefined || !isList',
        replace: 'maxRecords !== undefined',
        tests: ['engine/activate-version'],
      },
      {
        what: 'versions with max_records',
        find: 'maxRecords !== undefined || !isList',
        replace: '!isList',
        tests: ['engine/activate-version'],
      },
    ],
  },
  {
    file: 'src/engine/sync.ts',
    tests: ['engine/true-copy-runs', 'engine/true-copy', 'engine/true-copy.property'],
    mutants: [
      {
        what: "a list's first position comes with its first rows",
        find: 'this.#keep(turn, report.stream);\n    await this.#output.records([]);',
        replace: 'this.#keep(turn, report.stream);',
      },
      {
        what: 'a list at another position follows the feed',
        find: 'new Set(lists.filter(({ kept }) => kept?.isAt(report.before)))',
        replace: 'new Set(lists)',
      },
      {
        what: 'a list that missed a page follows on',
        find: 'if (events === null) following.delete(list);',
        replace: 'if (events === null) continue;',
      },
      {
        what: 'a list that is not complete is ended by its feed',
        find: 'if (list.kept?.isReady !== true) continue;',
        replace: '',
      },
      {
        what: 'lists with other pages catch up together',
        find: 'const position = `${event_token} ${last_page}`',
        replace: 'const position = event_token',
      },
      {
        what: 'a list that is behind does not catch up',
        find: 'for (const group of behind.values()) await this.#catchUp(turn, group);',
        replace: '',
      },
      {
        what: "the position after a catch-up is not the feed's",
        find: 'list.kept?.end(feed.after)',
        replace: 'list.kept?.end(list.kept.feedPosition)',
      },
      {
        what: 'a list fails with its feed',
        find: '      if (list.source !== null) continue;\n',
        replace: '',
      },
      {
        what: 'the position is not kept',
        find: 'if (kept !== null) report.after = withPosition(report.after, kept.position);',
        replace: '',
      },
      {
        what: 'a 401 of a catch-up does not end the run',
        find: "error.fault === 'unauthorized') throw error;\n    }\n",
        replace: 'false) throw error;\n    }\n',
      },
      {
        what: 'a signal does not end a catch-up',
        find: '        signal.throwIfAborted();\n',
        replace: '',
      },
      {
        what: 'rows without versions count for a walk',
        find: 'version === null ? uncounted',
        replace: 'version === null ? report.after',
        tests: ['engine/activate-version'],
      },
      {
        what: 'the records of rejections count as rows',
        find: 'report.rows - before',
        replace: 'records.length',
        tests: ['engine/activate-version'],
      },
    ],
  },
  {
    file: 'src/engine/stream-parts.ts',
    tests: ['engine/true-copy-runs', 'engine/true-copy', 'engine/true-copy.property'],
    mutants: [
      {
        what: "a stale position is reported as the feed's",
        find: "error.code !== 'EVENT_TOKEN_STALE'",
        replace: 'true',
      },
      {
        what: 'a stale position without the feed: the wrong stream to refresh',
        find: 'hasFeed ? feed.name : stream',
        replace: 'feed.name',
      },
      {
        what: 'max_records does not end the events of a stream',
        find: 'maxRecords === undefined ? pages : firstRows(pages, maxRecords);\n  } catch',
        replace: 'pages;\n  } catch',
      },
    ],
  },
  {
    file: 'src/engine/table-version.ts',
    tests: ['engine/activate-version'],
    mutants: [
      {
        what: 'ACTIVATE_VERSION after a walk with too few rows',
        find: 'before !== undefined && rows < before * this.#options.minShare',
        replace: 'false',
      },
      {
        what: 'a restarted walk keeps its version',
        find: 'this.#version = Math.max(seconds, (this.#version ?? 0) + 1)',
        replace: 'this.#version ??= seconds',
      },
      {
        what: 'a version does not grow if the clock stands still',
        find: 'Math.max(seconds, (this.#version ?? 0) + 1)',
        replace: 'seconds',
      },
      {
        what: 'versions are in milliseconds',
        find: 'Math.floor(this.#options.now() / 1000)',
        replace: 'this.#options.now()',
      },
      {
        what: 'an incremental walk counts as full',
        find: "else if (starts === 'incremental') this.#rows = undefined;",
        replace: '',
      },
      {
        what: 'a page that is not the last activates',
        find: 'if (isLast !== true) return null;',
        replace: '',
      },
      {
        what: 'the rows of a walk are compared with those of the first',
        find: 'this.#before = rows;',
        replace: 'this.#before ??= rows;',
      },
      {
        what: 'the rows before an interruption do not count',
        find: 'this.#rows = walk_rows;',
        replace: 'this.#rows = walk_rows && 0;',
      },
      {
        what: 'rows of an unfinished walk are not kept',
        find: '...(this.#rows !== undefined && { walk_rows: this.#rows }),',
        replace: '',
      },
      {
        what: 'the version is not kept',
        find: '...(this.#version !== undefined && { version: this.#version }),',
        replace: '',
      },
    ],
  },
  {
    file: 'src/engine/stream-lines.ts',
    tests: ['engine/true-copy-runs', 'engine/true-copy', 'engine/true-copy.property'],
    mutants: [
      {
        what: 'rows are not marked',
        find: 'for (const column of this.#deletedColumns) record[column] = event.deletedAt;',
        replace: '',
      },
      {
        what: 'every event is written',
        find: 'if (!isNews(record, isDeleted)) continue;',
        replace: '',
      },
      {
        what: 'deleted rows are written unmarked',
        find: 'if (isDeleted && this.#deletedColumns.length === 0) continue;',
        replace: '',
      },
      {
        what: 'deleted rows are not counted',
        find: 'if (isDeleted) report.deleted += 1;',
        replace: '',
      },
    ],
  },
  {
    file: 'src/singer/state.ts',
    tests: ['engine/true-copy-runs', 'engine/true-copy', 'engine/true-copy.property'],
    mutants: [
      {
        what: '--full-refresh of a list drops its position',
        find: '    ...positionOf(bookmark),\n',
        replace: '',
      },
      {
        what: "--full-refresh of a feed keeps the lists' token",
        find: '? restarted(list) : list',
        replace: '? list : list',
      },
      {
        what: "--full-refresh of a feed drops the lists' time",
        find: '    ...(since !== undefined && { events_since: since }),\n    ...(events_at',
        replace: '    ...(events_at',
      },
      {
        what: '--full-refresh of a feed has no margin',
        find: ' - EVENTS_MARGIN_MS).toISOString()',
        replace: ').toISOString()',
      },
      {
        what: '--full-refresh of a stream made from a feed keeps its position',
        find: 'lasting(isDerived ? {} : bookmark)',
        replace: 'lasting(bookmark)',
      },
      {
        what: '--full-refresh drops the version',
        find: '...(version !== undefined && { version }),',
        replace: '',
        tests: ['engine/activate-version'],
      },
      {
        what: '--full-refresh drops the number of rows',
        find: '...(full_rows !== undefined && { full_rows }),',
        replace: '',
        tests: ['engine/activate-version'],
      },
      {
        what: 'an older position stays in the bookmark',
        find: 'const { events_token, events_page, events_since, events_at, ...list } = bookmark;\n  return { ...list, ...position };',
        replace: 'return { ...bookmark, ...position };',
      },
    ],
  },
  {
    file: 'src/singer/state-reader.ts',
    tests: ['singer/state-reader'],
    mutants: [
      {
        what: 'a version may be a fraction',
        find: '!Number.isSafeInteger(value) :',
        replace: "typeof value !== 'number' :",
      },
      {
        what: 'a wrong time is taken',
        find: '|| !Number.isNaN(Date.parse(text))',
        replace: '|| true',
      },
      {
        what: "a version makes a state this tap's",
        find: "key !== 'version' && key in entry",
        replace: 'key in entry',
      },
      {
        what: 'any walk is taken',
        find: "if (key === 'walk') return",
        replace: 'if (false) return',
      },
    ],
  },
  {
    file: 'src/singer/messages.ts',
    tests: ['engine/activate-version'],
    mutants: [
      { what: 'records have no version', find: "version === undefined ? ''", replace: "true ? ''" },
      {
        what: 'records without a version have one',
        find: "version === undefined ? ''",
        replace: "false ? ''",
      },
    ],
  },
];
