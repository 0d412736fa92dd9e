// Mutants of src/run: see scripts/mutate.js.
export const RUN = [
  {
    file: 'src/run/bookmark-file.ts',
    tests: ['run/bookmark-file'],
    mutants: [
      {
        what: 'an equal state is not written again after a failure',
        find: ' || this.#broken) {',
        replace: ') {',
      },
      {
        what: 'section 2: the .bak is written after the file',
        find: '          replaceFile(`${this.path}.bak`, this.#text, MODE);\n        replaceFile(this.path, text, MODE);',
        replace:
          '          replaceFile(this.path, text, MODE);\n        if (this.#text !== null) replaceFile(`${this.path}.bak`, this.#text, MODE);',
      },
      {
        what: 'a .bak is begun with where the file cannot be read',
        find: "if (fault !== 'empty' && fault.fault !== 'broken') throw fault;",
        replace: '',
      },
      {
        what: 'a state from the .bak counts as in the file',
        find: "      this.#text = readText(bak, 'state file');\n",
        replace: "      this.#text = readText(bak, 'state file');\n      this.#isInFile = true;\n",
      },
      {
        what: 'a failed write counts as written',
        find: '      this.#broken = true;\n',
        replace: '',
      },
      { what: 'anyone may read it', find: 'const MODE = 0o600', replace: 'const MODE = 0o644' },
      {
        what: 'the .bak is the new text',
        find: 'replaceFile(`${this.path}.bak`, this.#text, MODE)',
        replace: 'replaceFile(`${this.path}.bak`, text, MODE)',
      },
      { what: 'the text is not remembered', find: '      this.#text = text;\n', replace: '' },
    ],
  },
  {
    file: 'src/run/committed.ts',
    tests: ['run/committed'],
    mutants: [
      {
        what: 'the rest without a line end is dropped',
        find: '      take(buffer.flush());\n',
        replace: '',
      },
      {
        what: 'the first state of a piece counts',
        find: 'else latest = state;',
        replace: 'else latest ??= state;',
      },
      {
        what: 'any object is a state',
        find: "isObject(value) && isObject(value['bookmarks']) ?",
        replace: 'isObject(value) ?',
      },
      {
        what: 'empty lines are other lines',
        find: "      if (line.trim() === '') continue;\n",
        replace: '',
      },
    ],
  },
  {
    file: 'src/system/line-buffer.ts',
    tests: ['system/line-buffer', 'run/whole-lines', 'run/committed'],
    mutants: [
      {
        what: 'the line feed stays behind',
        find: 'rest.lastIndexOf(LINE_FEED) + 1',
        replace: 'rest.lastIndexOf(LINE_FEED)',
      },
      {
        what: 'what was held is given twice',
        find: '    const joined = Buffer.concat([...this.#held, part]);\n    this.#held = [];\n',
        replace: '    const joined = Buffer.concat([...this.#held, part]);\n',
      },
      {
        what: 'what was held is dropped',
        find: 'Buffer.concat([...this.#held, part])',
        replace: 'part',
      },
      {
        what: 'sizes add up over lines',
        find: '    this.#held = [];\n    this.#size = 0;\n    return',
        replace: '    this.#held = [];\n    return',
      },
      {
        what: 'a line of exactly the limit is dropped',
        find: 'this.#size <= this.#limit',
        replace: 'this.#size < this.#limit',
      },
      {
        what: 'the end of a line that was dropped counts as a line',
        find: '    this.#dropping = true;\n',
        replace: '',
      },
      {
        what: 'all is dropped after a long line',
        find: 'this.#dropping = end === 0;',
        replace: '',
      },
    ],
  },
  {
    file: 'src/run/emitted.ts',
    tests: ['run/emitted'],
    mutants: [
      {
        what: 'a state before the last rows covers them',
        find: '    if (this.#rowsSince) this.#covering = [];\n',
        replace: '',
      },
      {
        what: 'no state covers the rows before it',
        find: '    this.#rowsSince = false;\n',
        replace: '',
      },
      {
        what: 'whatever is committed is all',
        find: 'if (!this.#hasRows) return true;',
        replace: 'return true;',
      },
      {
        what: 'states without end are remembered',
        find: '    if (this.#covering.length > MOST_STATES) this.#covering.splice(1, 1);\n',
        replace: '',
      },
      {
        what: 'a SCHEMA is taken for a STATE',
        find: 'else if (lines[at + TYPE_AT + 1] === T) this',
        replace: 'else this',
      },
      {
        what: 'a target that prints nothing has committed all',
        find: 'state === null ? bookmarksIn(this.#first)',
        replace: 'state === null ? bookmarksIn(this.#covering[0] ?? null)',
      },
    ],
  },
  {
    file: 'src/run/watch.ts',
    tests: ['run/watch'],
    mutants: [
      {
        what: 'a signal before the job is lost',
        find: 'else if (this.#first !== null) job.stop(this.#first)',
        replace: '',
      },
      {
        what: 'the loss of the lock does not end the job',
        find: "ending',\n    );\n    this.#job?.kill();",
        replace: "ending',\n    );",
      },
      {
        what: 'a lock lost before the start does not end the job',
        find: 'this.#forced !== null || this.#lost',
        replace: 'this.#forced !== null',
      },
      {
        what: 'a second signal is ignored',
        find: 'this.#forced ??= signal;\n      this.#job?.kill();',
        replace: 'this.#forced ??= signal;',
      },
      { what: 'signals are never let go of', find: '    this.#unlisten();\n', replace: '' },
    ],
  },
  {
    file: 'src/run/lock.ts',
    tests: ['run/lock'],
    mutants: [
      {
        what: 'a held lock is an error',
        find: "    if (systemCode(error) === 'ELOCKED') return null;\n",
        replace: '',
      },
      {
        what: 'its loss is reported after its release',
        find: 'if (held) onLost();',
        replace: 'onLost();',
        equivalent: 'proper-lockfile 4 does not report a lock that is released or being released',
      },
      { what: 'it is not let go of', find: '        await release();\n', replace: '' },
      {
        what: 'it lets go of a lock that another run holds',
        find: '        if (!held) return;\n',
        replace: '',
      },
      {
        what: 'a lock of the future is waited for and not taken',
        find: 'if (modifiedAt(path) === time) makeStale(file, path);',
        replace: '',
      },
      {
        what: 'a lock of the future that is renewed is taken',
        find: 'if (modifiedAt(path) === time) makeStale',
        replace: 'if (true) makeStale',
      },
      {
        what: 'it does not wait to see whether a lock is renewed',
        find: '  await wait(staleMs);\n',
        replace: '',
      },
      {
        what: 'a lock that was just made counts as of the future',
        find: 'const ROUNDING_MS = 2000',
        replace: 'const ROUNDING_MS = -2000',
      },
      {
        what: 'any lock that is there is ours',
        find: 'held && times.includes(modifiedAt(path))',
        replace: 'held && modifiedAt(path) !== null',
      },
      {
        what: 'a lock that was lost is ours',
        find: 'held && times.includes(modifiedAt(path))',
        replace: 'times.includes(modifiedAt(path))',
      },
      {
        what: 'a lock that was just renewed is not ours',
        find: '[...this.#last.slice(-1), mtime.getTime()]',
        replace: '[this.#last.at(-1) ?? mtime.getTime()]',
      },
      {
        what: 'a folder with something in it is a lock',
        find: "isEmpty(path) ? null : 'a folder",
        replace: "true ? null : 'a folder",
      },
    ],
  },
  {
    file: 'src/run/job.ts',
    tests: ['run/job'],
    mutants: [
      {
        what: 'half a line of a killed tap reaches the target',
        find: 'pipeline(from, completeLines, stdin)',
        replace: 'pipeline(from, stdin)',
      },
      {
        what: 'what the target committed last is not remembered',
        find: '      last = state;\n',
        replace: '',
      },
      {
        what: 'the target sees the token of the tap',
        find: 'detached: true, env }',
        replace: 'detached: true }',
      },
      {
        what: 'the exit listener is left behind',
        find: "    process.off('exit', kill);\n",
        replace: '',
      },
      {
        what: 'section 2: no kill when run exits abnormally',
        find: "  process.once('exit', kill);\n",
        replace: '',
        tests: ['run/job', 'run/run'],
      },
      {
        what: 'the tap runs on when the target cannot be started',
        find: "        tapChild.signal('SIGKILL');\n        await tapChild.ended;",
        replace: '',
      },
      {
        what: 'the tap is not ended with the target',
        find: '      tapChild.endAfter(0, patienceMs);\n',
        replace: '',
      },
      {
        what: 'the target has no time to finish when it is stopped',
        find: '      tapChild.endAfter(0, patienceMs, signal);\n      targetChild.endAfter(graceMs, patienceMs);',
        replace:
          '      tapChild.endAfter(0, patienceMs, signal);\n      targetChild.endAfter(0, patienceMs);',
      },
      {
        what: 'the target is not told to stop',
        find: 'tapChild.endAfter(0, patienceMs, signal);\n      targetChild.endAfter(graceMs, patienceMs);',
        replace: 'tapChild.endAfter(0, patienceMs, signal);',
      },
      {
        what: 'what the target left behind lives on',
        find: '    kill();\n    stdout.destroy();',
        replace: '    stdout.destroy();',
      },
      {
        what: 'the last states are not waited for',
        find: '    await Promise.race([read, wait(patienceMs, undefined, { ref: false })]);\n',
        replace: '',
      },
    ],
  },
  {
    file: 'src/run/run.ts',
    tests: ['run/run-commits', 'run/run'],
    mutants: [
      {
        what: 'the lock is not let go of',
        find: '    await lock.release();\n',
        replace: '',
        equivalent: 'the end of the process, which follows, removes the lock too',
      },
      {
        what: 'a held lock does not stop the run',
        find: 'if (lock === null) {',
        replace: 'if (false) {',
      },
      {
        what: 'a signal does not end the wait for the lock',
        find: 'wait: (ms) => watch.wait(ms)',
        replace: 'wait: (ms) => new Promise((resolve) => void setTimeout(resolve, ms))',
      },
      {
        what: 'the target gets its seconds as milliseconds',
        find: 'flags.grace * 1000',
        replace: 'flags.grace',
      },
    ],
  },
  {
    file: 'src/run/run-job.ts',
    tests: ['run/run-commits', 'run/run'],
    mutants: [
      {
        what: 'a lock that another run took is noticed late',
        find: '      if (!watch.lost && !isOurs()) watch.reportLoss();\n',
        replace: '',
      },
      {
        what: 'section 2: the bookmark is moved after the lock was lost',
        find: 'if (!watch.lost) bookmark.commit(state)',
        replace: 'bookmark.commit(state)',
      },
      {
        what: 'a warning for each line that is not a state',
        find: '    isDone = true;\n',
        replace: '',
      },
    ],
  },
  {
    file: 'src/run/child.ts',
    tests: ['run/job'],
    mutants: [
      {
        what: 'only the child itself is ended',
        find: 'process.kill(-pid, signal)',
        replace: 'process.kill(pid, signal)',
      },
      {
        what: 'a child that hears no signal is not made to end',
        find: "setTimeout(() => this.signal('SIGKILL'), ms + patienceMs)",
        replace: 'setTimeout(() => undefined)',
      },
      {
        what: 'a signal is the code 0',
        find: 'code ?? 128 + ',
        replace: 'code ?? 0 * ',
        tests: ['run/run-code'],
      },
    ],
  },
  {
    file: 'src/run/run-code.ts',
    tests: ['run/run-code'],
    mutants: [
      {
        what: 'a lost lock is not reported',
        find: 'job === null || lost',
        replace: 'job === null',
      },
      { what: 'a target that stopped reading succeeds', find: ' || !job.delivered', replace: '' },
      {
        what: 'a target that did not commit all succeeds',
        find: ' || !job.committed',
        replace: '',
      },
      {
        what: 'a bookmark that could not be written succeeds',
        find: 'code === 0 && unwritten ? EXIT.failed : code',
        replace: 'code',
      },
      {
        what: 'the code of the tap hides that of the target',
        find: 'if (codeOfEnd(job.target) !== 0',
        replace: 'if (codeOfEnd(job.tap) === 0 && codeOfEnd(job.target) !== 0',
      },
    ],
  },
];
