// Mutants of src/run: see scripts/mutate.js.
export const RUN = [
  {
    file: 'src/run/bookmark-file.ts',
    tests: ['run/bookmark-file'],
    mutants: [
      { what: 'a failed write counts as written', find: '      this.#broken = true;\n', replace: '' },
      {
        what: 'an equal state is not written again after a failure',
        find: ' && !this.#broken) return',
        replace: ') return',
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
      { what: 'the first state of a piece counts', find: 'else latest = state;', replace: 'else latest ??= state;' },
      { what: 'the rest without a line end is dropped', find: '      take([held]);\n', replace: '' },
      {
        what: 'any object is a state',
        find: "isObject(value) && isObject(value['bookmarks']) ?",
        replace: 'isObject(value) ?',
      },
      { what: 'empty lines are other lines', find: "      if (line.trim() === '') continue;\n", replace: '' },
    ],
  },
  {
    file: 'src/run/whole-lines.ts',
    tests: ['run/whole-lines'],
    mutants: [
      { what: 'the line feed stays behind', find: 'lastIndexOf(LINE_FEED) + 1', replace: 'lastIndexOf(LINE_FEED)' },
      { what: 'what was held is given twice', find: '        held = [];\n', replace: '' },
      {
        what: 'what was held is dropped',
        find: '[...held, chunk.subarray(0, end)]',
        replace: '[chunk.subarray(0, end)]',
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
      { what: 'a held lock is an error', find: "if (code === 'ELOCKED') return null;", replace: '' },
      {
        what: 'its loss is told after it was let go of',
        find: 'if (held) onLost();',
        replace: 'onLost();',
        equivalent: 'proper-lockfile 4 says nothing of a lock that is released or being released',
      },
      { what: 'it is not let go of', find: '      await release();\n', replace: '' },
      { what: 'it lets go of a lock that another run holds', find: '      if (!held) return;\n', replace: '' },
    ],
  },
  {
    file: 'src/run/job.ts',
    tests: ['run/job'],
    mutants: [
      {
        what: 'section 2: no kill when run exits abnormally',
        find: "  process.once('exit', kill);\n",
        replace: '',
        tests: ['run/job', 'run/run'],
      },
      {
        what: 'the tap runs on when the target cannot be started',
        find: "    giver.signal('SIGKILL');\n    await giver.ended;",
        replace: '',
      },
      {
        what: 'half a line of a killed tap reaches the target',
        find: 'pipeline(from, wholeLines(), stdin)',
        replace: 'pipeline(from, stdin)',
      },
      { what: 'the tap is not ended with the target', find: '      giver.endAfter(0, patienceMs);\n', replace: '' },
      {
        what: 'the target has no time when it is told to stop',
        find: '      giver.endAfter(0, patienceMs, signal);\n      taker.endAfter(graceMs, patienceMs);',
        replace: '      giver.endAfter(0, patienceMs, signal);\n      taker.endAfter(0, patienceMs);',
      },
      {
        what: 'the target is not told to stop',
        find: 'giver.endAfter(0, patienceMs, signal);\n      taker.endAfter(graceMs, patienceMs);',
        replace: 'giver.endAfter(0, patienceMs, signal);',
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
    tests: ['run/run'],
    mutants: [
      {
        what: 'section 2: the bookmark is moved after the lock was lost',
        find: 'if (!watch.lost) bookmark.move(state)',
        replace: 'bookmark.move(state)',
      },
      {
        what: 'the lock is not let go of',
        find: '    await release();\n',
        replace: '',
        equivalent: 'the end of the process, which follows, removes the lock too',
      },
      { what: 'a held lock does not stop the run', find: 'if (release === null) {', replace: 'if (false) {' },
      { what: 'the target gets its seconds as milliseconds', find: 'flags.grace * 1000', replace: 'flags.grace' },
      { what: 'a warning for each line that is no state', find: '    said = true;\n', replace: '' },
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
      { what: 'a signal is the code 0', find: 'code ?? 128 + ', replace: 'code ?? 0 * ' },
    ],
  },
  {
    file: 'src/run/run-code.ts',
    tests: ['run/run-code'],
    mutants: [
      { what: 'a lost lock is not reported', find: 'job === null || lost', replace: 'job === null' },
      { what: 'a target that stopped reading succeeds', find: ' || !job.delivered', replace: '' },
      {
        what: 'a bookmark that could not be written succeeds',
        find: 'code === 0 && unwritten ? 1 : code',
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
