// Mutants of the budget and the pace of calls, which taps share: see scripts/mutate.js.
export const CALLS = [
  {
    file: 'src/api/budget.ts',
    tests: ['api/budget'],
    mutants: [
      {
        what: 'one call more than calls_per_hour',
        find: 'this.#count < this.#callsPerHour ? 0',
        replace: 'this.#count <= this.#callsPerHour ? 0',
      },
      {
        what: 'a call of exactly an hour ago still counts',
        find: 'this.#at(0) + HOUR <= now',
        replace: 'this.#at(0) + HOUR < now',
      },
      {
        what: 'the ring grows from its wrong end',
        find: 'larger[index] = this.#at(index)',
        replace: 'larger[index] = this.#times[index] ?? 0',
      },
      {
        what: 'the first call is not spaced from the last one made',
        find: '    this.#last = now;\n',
        replace: '',
      },
      {
        what: 'a hint of the server may raise what is left',
        find: 'left >= this.#left && until',
        replace: 'left < this.#left && until',
      },
      {
        what: 'section 2: the hint is not moved with the clock',
        find: '    this.#leftUntil -= this.#lastNow - now;\n',
        replace: '',
      },
    ],
  },
  {
    file: 'src/api/pace.ts',
    tests: ['api/pace'],
    mutants: [
      {
        what: 'the pace is halved at each 429 of an episode',
        find: 'if (isFirst) budget.halve(now)',
        replace: 'budget.halve(now)',
      },
      {
        what: 'answers of requests sent before the 429 end the episode',
        find: 'if (permit.isProbe) this.#throttles = 0',
        replace: 'this.#throttles = 0',
      },
      {
        what: 'a shorter pause replaces a longer one',
        find: '    if (from + ms <= this.#pause.until) return;\n',
        replace: '',
      },
      {
        what: 'one that fails blocks the queue',
        find: 'this.#queue = permit.catch(() => undefined)',
        replace: 'this.#queue = permit',
      },
      {
        what: 'the others do not wait for the probe',
        find: '      await this.#probe?.ended;\n',
        replace: '',
      },
      {
        what: 'a call may go at the deadline',
        find: 'if (now >= deadline ||',
        replace: 'if (now > deadline ||',
      },
      {
        what: 'a call does not count in the budget of the tap that sends it',
        find: '        budget.take(now);\n',
        replace: '',
      },
      {
        what: 'a pause does not begin once more when the clock was set back',
        find: 'if (now < from) this.#pause',
        replace: 'if (now > from) this.#pause',
      },
      {
        what: 'calls are not shared with other taps',
        find: 'else if (shared.take(now))',
        replace: 'else if (shared.take(now) || true)',
        tests: ['api/pace', 'api/shared-calls'],
      },
      {
        what: 'what the other taps leave is not waited for',
        find: 'others = await shared.reserve(now, signal)',
        replace: 'await shared.reserve(now, signal)',
        tests: ['api/pace', 'api/shared-calls'],
      },
      {
        what: 'a rest may go beyond the deadline',
        find: 'if (clock.now() + ms > deadline) throw',
        replace: 'if (clock.now() > deadline) throw',
      },
    ],
  },
  {
    file: 'src/api/ledger.ts',
    tests: ['api/ledger', 'api/cache', 'api/shared-calls'],
    mutants: [
      {
        what: 'a batch may go beyond calls_per_hour',
        find: 'Math.min(batch, callsPerHour - this.#sum())',
        replace: 'batch',
      },
      {
        what: 'one call more than calls_per_hour',
        find: 'let over = this.#sum() - callsPerHour;',
        replace: 'let over = this.#sum() - callsPerHour - 1;',
      },
      {
        what: 'calls count at the beginning of their span',
        find: '(Math.floor(now / SPAN) + 1) * SPAN',
        replace: 'Math.floor(now / SPAN) * SPAN',
      },
      {
        what: 'what is left of an hour counts from the first call only',
        find: '      over -= count;\n      if',
        replace: '      over -= Infinity;\n      if',
      },
      {
        what: 'a reservation of an earlier time is not taken back',
        find: 'filter((span) => span.tap !== tap)',
        replace: 'filter(() => true)',
      },
      {
        what: 'reservations of other taps are taken back',
        find: 'filter((span) => span.tap !== tap)',
        replace: 'filter((span) => span.tap === undefined)',
      },
      {
        what: 'calls that were made are not written down',
        find: 'if (made > 0 && grant.end',
        replace: 'if (false && grant.end',
      },
      {
        what: 'what was not made still holds up the others',
        find: '    this.#next -= ((grant.count - made) * 1000) / callsPerSecond;\n',
        replace: '',
      },
      {
        what: 'calls_per_second is not shared',
        find: 'if (next - now >= MIN_WAIT_MS)',
        replace: 'if (false)',
      },
      {
        what: 'a reservation takes no time of calls_per_second',
        find: 'this.#next = next + count * gap',
        replace: 'this.#next = next',
      },
      {
        what: 'the time of the next call may be far in the future',
        find: 'Math.min(this.#next, now + batch * gap)',
        replace: 'this.#next',
      },
      {
        what: 'calls of the future stay there',
        find: '{ ...span, end: Math.min(span.end, endOfSpan(now)) }',
        replace: 'span',
      },
      {
        what: 'the name of the tap is not kept',
        find: "...(typeof tap === 'string' && { tap })",
        replace: '',
      },
      {
        what: 'a broken count is a count',
        find: '!(count > 0 && count <= MAX_COUNT)',
        replace: 'false',
      },
    ],
  },
  {
    file: 'src/api/cache.ts',
    tests: ['api/cache', 'api/shared-calls'],
    mutants: [
      {
        what: 'one call more than was reserved',
        find: 'this.#made >= count || now',
        replace: 'this.#made > count || now',
      },
      {
        what: 'a reservation holds beyond its span',
        find: 'this.#made >= count || now >= end',
        replace: 'this.#made >= count',
      },
      { what: 'what was made counts twice', find: '      this.#made = 0;\n', replace: '' },
      {
        what: 'what was reserved counts twice',
        find: '      this.#grant = NO_GRANT;\n',
        replace: '',
      },
      {
        what: 'what was made is not settled first',
        find: '    ledger.settle(this.#tap, this.#grant, this.#made, this.#options);\n',
        replace: '',
      },
      {
        what: 'a form is forgotten with the next reservation',
        find: "this.#newForm ?? (isObject(entry) ? entry['form'] : undefined)",
        replace: 'this.#newForm',
      },
      {
        what: 'all tokens of a host share an entry',
        find: '`${host} ${token}`',
        replace: '`${host}`',
      },
      {
        what: 'others may read it',
        find: 'changed }), 0o600)',
        replace: 'changed }), 0o644)',
      },
      {
        what: 'an end without calls writes',
        find: '    if (this.#newForm === undefined && this.#grant.count === 0) return;\n',
        replace: '',
      },
      {
        what: 'an end waits for the lock as long as a run',
        find: '() => undefined, POLLS_AT_END)',
        replace: '() => undefined)',
      },
      {
        what: 'an abort makes the folder unusable',
        find: '      signal.throwIfAborted();\n',
        replace: '',
      },
    ],
  },
  {
    file: 'src/api/folder-lock.ts',
    tests: ['api/folder-lock', 'api/shared-calls'],
    mutants: [
      {
        what: 'it stays held after a failure',
        find: '    } finally {\n      isKept = this.#rename(this.#name, FREE);\n    }',
        replace:
          '    } catch (error) {\n      throw error;\n    }\n    isKept = this.#rename(this.#name, FREE);',
      },
      {
        what: 'it is never free again',
        find: 'isKept = this.#rename(this.#name, FREE)',
        replace: 'isKept = true',
      },
      {
        what: 'what was done counts though the lock was lost',
        find: 'return isKept ? { value } : null',
        replace: 'return { value }',
      },
      {
        what: 'a dead holder keeps it',
        find: 'holder === undefined || times > POLLS_UNTIL_DEAD',
        replace: 'holder === undefined',
      },
      {
        what: 'holders that change count as one',
        find: 'holder === seen ? times + 1 : 1',
        replace: 'times + 1',
      },
      {
        what: 'a holder is dead at the first look',
        find: 'times > POLLS_UNTIL_DEAD',
        replace: 'times > 0',
      },
      {
        what: 'its folder is left behind if it came too late',
        find: 'if (!isDone) rmSync(folder, { recursive: true })',
        replace: '',
      },
      {
        what: 'an error of the disk looks like a lost race',
        find: "if (codes.includes(systemCode(error) ?? '')) return false",
        replace: 'return false',
      },
      { what: 'it looks once more than it may', find: 'poll < polls', replace: 'poll <= polls' },
    ],
  },
];
