import { expect } from 'chai';
import { ConfigError } from '#src/errors.js';
import { describeMissingCommand, targetCommand } from '#src/run/target-command.js';

describe('the command of a target', () => {
  it('consists of the arguments after --', () => {
    expect(targetCommand(['target-x', '--config', 'my file', '*'], undefined)).to.deep.equal([
      'target-x',
      '--config',
      'my file',
      '*',
    ]);
  });

  for (const [text, words] of [
    ['target-x --config t.json', ['target-x', '--config', 't.json']],
    [
      `target-x --config "my file" 'a "b"' c\\ d ""`,
      ['target-x', '--config', 'my file', 'a "b"', 'c d', ''],
    ],
    [`target-x '*' "a|b" '$HOME' '#1'`, ['target-x', '*', 'a|b', '$HOME', '#1']],
  ] as const) {
    it(`splits ${text}`, () => expect(targetCommand([], text)).to.deep.equal(words));
  }

  for (const [text, part] of [
    ['target-x | tee log', '|'],
    ['target-x && echo', '&&'],
    ['target-x --config *.json', '*.json'],
    ['target-x --config $HOME/t.json', '$HOME'],
    ['target-x # loads', '#'],
  ] as const) {
    it(`uses no shell: ${text}`, () =>
      expect(() => targetCommand([], text)).to.throw(
        ConfigError,
        `--target: ${part} needs a shell`,
      ));
  }

  it('must be given once', () => {
    expect(() => targetCommand(['x'], 'x')).to.throw(ConfigError, 'not both');
    expect(() => targetCommand([], undefined)).to.throw(
      ConfigError,
      'run needs --to FILE.duckdb, or a target',
    );
    expect(() => targetCommand([], ' ')).to.throw(
      ConfigError,
      'run needs --to FILE.duckdb, or a target',
    );
    expect(() => targetCommand([''], undefined)).to.throw(
      ConfigError,
      'run needs --to FILE.duckdb, or a target',
    );
  });

  it('is explained if it is one word with spaces in it', () => {
    expect(describeMissingCommand('target-x --password hidden', [])).to.equal(
      'target-x …: no command has this name with spaces: ' +
        'write the target as separate words (-- target-x …) or as --target "target-x …"',
    );
    for (const [command, args] of [
      ['target-x', []],
      ['my target', ['--config']],
      [' ', []],
    ] as const) {
      expect(describeMissingCommand(command, args)).to.equal(
        `${command}: no such command; is the target installed, and on PATH?`,
      );
    }
  });
});
