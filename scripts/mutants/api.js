// Mutants of src/api: see scripts/mutate.js.
export const API = [
  {
    file: 'src/api/authorization.ts',
    tests: ['api/authorization'],
    mutants: [
      {
        what: 'in doubt even after a form has worked',
        find: '    if (this.#proven) return false;\n',
        replace: '',
      },
      {
        what: 'a second 500 counts for the form too',
        find: 'status >= 400 && status < 500',
        replace: 'status >= 400 && status <= 500',
      },
      {
        what: 'two answers other than 401 prove a form',
        find: 'only === undefined || accepted.length > 1',
        replace: 'only === undefined',
      },
      {
        what: 'a remembered form is reported as new',
        find: 'if (form !== this.#remembered) this',
        replace: 'this',
      },
      {
        what: 'section 2: the hint at the token is given for a 403 as well',
        find: 'only.error.status === 403 ? only.error : withTokenHint(only.error)',
        replace: 'withTokenHint(only.error)',
        tests: ['api/authorization', 'api/client', 'api/client.secrets'],
      },
    ],
  },
  {
    file: 'src/api/attempts.ts',
    tests: ['api/client'],
    mutants: [
      {
        what: 'one retry more than max_retries',
        find: 'this.#retries >= allowedRetries',
        replace: 'this.#retries > allowedRetries',
      },
      {
        what: 'a retry goes to where the last redirect led',
        find: '    this.url = this.#page;\n    this.#redirects',
        replace: '    this.#redirects',
      },
      {
        what: 'redirects are followed without end',
        find: 'target !== null && this.#redirects < MAX_REDIRECTS',
        replace: 'target !== null',
      },
      {
        what: 'Retry-After of a 503 is ignored',
        find: 'Math.max(requested ?? 0, retryDelay(',
        replace: 'Math.max(0, retryDelay(',
      },
    ],
  },
  {
    file: 'src/api/retry.ts',
    tests: ['api/retry'],
    mutants: [
      {
        what: 'the cap leaves the jitter out',
        find: 'Math.min(longest, SHORTEST',
        replace: '(SHORTEST',
      },
      { what: 'waits of a clock in seconds', find: 'Number(text) * 1000', replace: 'Number(text)' },
      {
        what: 'an absurd Retry-After is believed',
        find: 'Math.min(wait, MAX_RETRY_AFTER_MS)',
        replace: 'wait',
      },
      {
        what: 'a wait of 0 counts as asked for',
        find: 'return wait > 0 ?',
        replace: 'return wait >= 0 ?',
      },
    ],
  },
  {
    file: 'src/api/outcome.ts',
    tests: ['api/outcome'],
    mutants: [
      {
        what: '202 and 204 are pages',
        find: 'PAGES.has(outcome.status)',
        replace: 'outcome.status < 300',
      },
      {
        what: 'a redirect is asked for again',
        find: 'REDIRECTS.has(status) || (status >= 400',
        replace: '(status >= 400',
      },
      {
        what: 'the type of a body may be anything',
        find: 'TYPES.exec(',
        replace: '/^.*/.exec(',
        tests: ['api/outcome', 'api/client.secrets'],
      },
      {
        what: 'a broken response counts as no response',
        find: 'outcome.status !== null || [TOO_LARGE',
        replace: 'outcome.status !== null && [TOO_LARGE',
        tests: ['api/outcome', 'api/client', 'api/client.sockets'],
      },
      { what: '408 and 425 are final', find: 'new Set([408, 425])', replace: 'new Set<number>()' },
      {
        what: 'a redirect to another host is followed',
        find: 'to.origin === requested.origin && ',
        replace: '',
      },
      { what: 'a redirect may set a name', find: " && to.username === ''", replace: '' },
      {
        what: 'too large an answer is asked for again',
        find: 'TOO_LARGE ? 0 :',
        replace: 'TOO_LARGE ? 1 :',
      },
    ],
  },
  {
    file: 'src/api/body.ts',
    tests: ['api/body'],
    mutants: [
      {
        what: 'pieces are cut within a character',
        find: '&& !isAsciiAt(bytes, to)',
        replace: '&& false',
      },
      { what: 'ASCII is what is below 0x81', find: '< 0x80', replace: '<= 0x80' },
      { what: 'no limit of what is unpacked', find: ', maxOutputLength: maxBytes', replace: '' },
      {
        what: 'too much counts as broken',
        find: 'RangeError ? TOO_LARGE',
        replace: 'RangeError ? NOT_DECOMPRESSED',
      },
    ],
  },
  {
    file: 'src/api/client.ts',
    tests: ['api/client'],
    mutants: [
      {
        what: 'section 2: the turn is not brought back when the run is aborted',
        find: '    } catch (error) {\n      pace.unanswered(permit);\n',
        replace: '    } catch (error) {\n',
      },
      {
        what: 'section 2: only the first of those that wait for the form waits again',
        find: 'while (!this.#options.finder.proven',
        replace: 'if (!this.#options.finder.proven',
      },
      {
        what: 'a request without an answer keeps its turn',
        find: '    if (outcome.status === null) {\n      pace.unanswered(permit);\n',
        replace: '    if (outcome.status === null) {\n',
      },
      {
        what: 'a 401 does not hold for later requests',
        find: "if (verdict.error.fault === 'unauthorized')",
        replace: 'if (false)',
      },
      {
        what: 'hints of the server are ignored',
        find: 'if (left !== null) budget',
        replace: 'if (false) budget',
      },
      {
        what: 'a retry does not wait',
        find: 'if (verdict.retry.ms) await pace',
        replace: 'if (verdict.retry.ms) void pace',
      },
      {
        what: 'the finder is never let go of',
        find: '.then(() => (this.#finding = null))',
        replace: '',
      },
    ],
  },
  {
    file: 'src/api/request.ts',
    tests: ['api/client', 'api/client.sockets'],
    mutants: [
      {
        what: 'a body may be of any size',
        find: 'if (Math.max(transferred, total) > maxResponseMb * MB) end',
        replace: 'if (false) end',
      },
      {
        what: 'a body of exactly max_response_mb is too large',
        find: 'Math.max(transferred, total) > maxResponseMb',
        replace: 'Math.max(transferred, total) >= maxResponseMb',
      },
      {
        what: 'a request never times out',
        find: 'end({ status: null, code: TIMED_OUT })',
        replace: 'undefined',
      },
      {
        what: 'its timer keeps the process alive',
        find: '    clearTimeout(timer);\n',
        replace: '',
        equivalent:
          'the command ends the process itself, and to cancel a request that has ended does nothing',
      },
      {
        what: 'an upgraded socket keeps the process alive',
        find: '      socket.destroy();\n',
        replace: '',
        equivalent: 'to cancel the request destroys its socket too',
      },
      {
        what: 'an upgrade is not an answer',
        find: "      end({ status: statusCode, headers, text: '' });\n",
        replace: '',
      },
      {
        what: 'the last reason of an early end counts',
        find: 'early ??= outcome',
        replace: 'early = outcome',
        equivalent: 'the first end cancels the request, and nothing ends it after that',
      },
      {
        what: 'redirects are followed by the library',
        find: 'followRedirect: false',
        replace: 'followRedirect: true',
      },
      {
        what: 'retries are made by the library',
        find: 'retry: { limit: 0 }',
        replace: 'retry: { limit: 2 }',
      },
      {
        what: 'an abort looks like a broken connection',
        find: '    signal.throwIfAborted();\n',
        replace: '',
      },
    ],
  },
  {
    file: 'src/system/exact-json.ts',
    tests: ['system/exact-json'],
    mutants: [
      {
        what: 'a byte order mark makes it no JSON',
        find: "text.startsWith('\\uFEFF')",
        replace: 'false',
        tests: ['system/exact-json', 'api/outcome', 'api/client'],
      },
      {
        what: 'every second place is looked at',
        find: 'at += DIGITS) {',
        replace: 'at += 2 * DIGITS) {',
      },
      {
        what: 'a number at the end of the text is not seen',
        find: 'at < text.length; at += DIGITS',
        replace: 'at < text.length - 1; at += DIGITS',
      },
      { what: 'a negative number is not seen', find: '/^[:,[\\s-]?$/', replace: '/^[:,[\\s]?$/' },
      {
        what: 'safe integers become bigints',
        find: 'Number.isSafeInteger(Number(digits)) ? digits :',
        replace: 'false ? digits :',
      },
      { what: 'numbers in texts are changed', find: 'backslashes % 2 === 0', replace: 'true' },
    ],
  },
];
