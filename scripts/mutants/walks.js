// Mutants of walk and paginate: see scripts/mutate.js.
export const WALKS = [
  {
    file: 'src/engine/walk.ts',
    tests: ['engine/walk'],
    mutants: [
      {
        what: 'section 2: circles are not looked for anew after going back',
        find: '      circle = new Circle(at.query);\n      returns',
        replace: '      returns',
      },
      { what: 'a walk goes back without end', find: ' || returns === MOST_RETURNS', replace: '' },
      {
        what: 'a walk goes back once only',
        find: 'const MOST_RETURNS = 2',
        replace: 'const MOST_RETURNS = 1',
      },
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
      {
        what: 'one row more than max_records',
        find: 'rows.slice(0, left)',
        replace: 'rows.slice(0, left + 1)',
      },
      {
        what: 'one page more than max_records',
        find: 'if (left <= 0) return',
        replace: 'if (left < 0) return',
      },
      {
        what: 'the power of the circle does not grow',
        find: '      this.#power *= 2;\n',
        replace: '',
      },
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
    file: 'src/engine/paginate.ts',
    tests: ['engine/paginate'],
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
      {
        what: 'a blank token counts',
        find: "value.trim() === '' ? undefined : value",
        replace: 'value',
      },
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
      {
        what: 'a feed never ends at repeated pages',
        find: '(repeated && at.repeated === true);',
        replace: 'false;',
      },
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
];
