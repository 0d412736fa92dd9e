import { expect } from 'chai';
import { ConfigError } from '#src/errors.js';
import { noSuchCommand, targetCommand } from '#src/run/target-command.js';

describe('the command of a target', () => {
  it('is the words after --, as they are', () => {
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
    it(`wants no shell: ${text}`, () =>
      expect(() => targetCommand([], text)).to.throw(
        ConfigError,
        `--target: ${part} needs a shell`,
      ));
  }

  it('is given once', () => {
    expect(() => targetCommand(['x'], 'x')).to.throw(ConfigError, 'not both');
    expect(() => targetCommand([], undefined)).to.throw(ConfigError, 'run takes a target');
    expect(() => targetCommand([], ' ')).to.throw(ConfigError, 'run takes a target');
    expect(() => targetCommand([''], undefined)).to.throw(ConfigError, 'run takes a target');
  });

  it('is explained if it is one word with blanks in it', () => {
    expect(noSuchCommand('target-x --password hidden', [])).to.equal(
      'target-x …: the target is one word with blanks in it, and no command has that name: ' +
        'write it as words (-- target-x …) or as --target "target-x …"',
    );
    for (const [command, args] of [
      ['target-x', []],
      ['my target', ['--config']],
      [' ', []],
    ] as const) {
      expect(noSuchCommand(command, args)).to.equal(
        `${command}: no such command; is the target installed, and on PATH?`,
      );
    }
  });
});
