// Mutants of src/api: see scripts/mutate.js.
export const API = [
  {
    file: 'src/api/authorization.ts',
    tests: ['api/authorization'],
    mutants: [
      {
        what: 'in doubt even after a form has worked',
        find: 'return !this.#proven && (',
        replace: 'return (',
      },
      {
        what: 'a second 500 counts for the form too',
        find: 'status >= 400 && status < 500',
        replace: 'status >= 400 && status <= 500',
      },
      {
        what: 'two answers other than 401 prove a form',
        find: 'only === undefined || taken.length > 1',
        replace: 'only === undefined',
      },
      {
        what: 'a remembered form is reported as new',
        find: 'if (form !== this.#remembered) this',
        replace: 'this',
      },
      {
        what: 'section 2: the hint at the token is given for a 403 as well',
        find: 'only.fault.status === 403 ? only.fault : orOfToken(only.fault)',
        replace: 'orOfToken(only.fault)',
        tests: ['api/authorization', 'api/client', 'api/client.secrets'],
      },
    ],
  },
  {
    file: 'src/api/tries.ts',
    tests: ['api/client'],
    mutants: [
      {
        what: 'one retry more than max_retries',
        find: 'this.#made >= retriesOf',
        replace: 'this.#made > retriesOf',
      },
      {
        what: 'a retry goes to where the last redirect led',
        find: '    this.url = this.#page;\n    this.#redirects',
        replace: '    this.#redirects',
      },
      {
        what: 'redirects are followed without end',
        find: 'elsewhere !== null && this.#redirects < MOST_REDIRECTS',
        replace: 'elsewhere !== null',
      },
      {
        what: 'Retry-After of a 503 is ignored',
        find: 'Math.max(asked ?? 0, retryAfter(',
        replace: 'Math.max(0, retryAfter(',
      },
    ],
  },
  {
    file: 'src/api/retry.ts',
    tests: ['api/retry'],
    mutants: [
      { what: 'the cap leaves the jitter out', find: 'Math.min(longest, SHORTEST', replace: '(SHORTEST' },
      { what: 'waits of a clock in seconds', find: 'Number(text) * 1000', replace: 'Number(text)' },
      { what: 'an absurd Retry-After is believed', find: 'Math.min(wait, LONGEST_ASKED)', replace: 'wait' },
      { what: 'a wait of 0 counts as asked for', find: 'return wait > 0 ?', replace: 'return wait >= 0 ?' },
    ],
  },
  {
    file: 'src/api/outcome.ts',
    tests: ['api/outcome'],
    mutants: [
      { what: '408 and 425 are final', find: 'new Set([408, 425])', replace: 'new Set<number>()' },
      { what: '299 is no success', find: 'outcome.status < 300', replace: 'outcome.status < 299' },
      { what: 'a redirect to another host is followed', find: 'to.origin === asked.origin && ', replace: '' },
      { what: 'a redirect may set a name', find: " && to.username === ''", replace: '' },
      { what: 'a byte order mark makes it no JSON', find: "text.startsWith('\\uFEFF')", replace: 'false' },
      { what: 'too large an answer is asked for again', find: 'TOO_LARGE ? 0 :', replace: 'TOO_LARGE ? 1 :' },
    ],
  },
  {
    file: 'src/api/body.ts',
    tests: ['api/body'],
    mutants: [
      { what: 'pieces are cut within a character', find: '&& !isAsciiAt(bytes, to)', replace: '&& false' },
      { what: 'ASCII is what is below 0x81', find: '< 0x80', replace: '<= 0x80' },
      { what: 'no limit of what is unpacked', find: ', maxOutputLength: most', replace: '' },
      { what: 'too much counts as broken', find: 'RangeError ? TOO_LARGE', replace: 'RangeError ? NOT_UNPACKED' },
    ],
  },
  {
    file: 'src/api/client.ts',
    tests: ['api/client'],
    mutants: [
      {
        what: 'section 2: the turn is not brought back when the run is aborted',
        find: '    } catch (error) {\n      pace.unanswered(turn);\n',
        replace: '    } catch (error) {\n',
      },
      {
        what: 'section 2: only the first of those that wait for the form waits again',
        find: 'while (!this.#options.finder.proven',
        replace: 'if (!this.#options.finder.proven',
      },
      {
        what: 'a request without an answer keeps its turn',
        find: '    if (outcome.status === null) {\n      pace.unanswered(turn);\n',
        replace: '    if (outcome.status === null) {\n',
      },
      {
        what: 'a 401 does not hold for later requests',
        find: "if (verdict.fault.fault === 'refused')",
        replace: 'if (false)',
      },
      { what: 'hints of the server are ignored', find: 'if (left !== null) budget', replace: 'if (false) budget' },
      {
        what: 'a retry does not wait',
        find: 'if (verdict.retry.ms) await pace',
        replace: 'if (verdict.retry.ms) void pace',
      },
      { what: 'the finder is never let go of', find: '.then(() => (this.#finding = null))', replace: '' },
    ],
  },
  {
    file: 'src/api/request.ts',
    tests: ['api/client', 'api/client.sockets'],
    mutants: [
      { what: 'redirects are followed by the library', find: 'followRedirect: false', replace: 'followRedirect: true' },
      { what: 'retries are made by the library', find: 'retry: { limit: 0 }', replace: 'retry: { limit: 2 }' },
      {
        what: 'what comes over the wire may be of any size',
        find: 'if (tooLarge || Math.max(transferred, total) <= maxResponseMb * MB) return;',
        replace: 'return;',
      },
      { what: 'an abort looks like a broken connection', find: '    signal.throwIfAborted();\n', replace: '' },
      { what: 'a time-out looks like a missing host', find: "error.event === 'request' ?", replace: 'false ?' },
    ],
  },
];
