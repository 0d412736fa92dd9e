import { expect } from 'chai';
import * as fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '#src/errors.js';
import { readJson } from '#src/system/read-json.js';
import { isObject, kindOf } from '#src/json.js';
import { makeFolder } from '../support/folder.js';

let folder: string;
before(() => {
  folder = makeFolder();
});

function written(content: string | Buffer): string {
  const file = join(folder, 'given.json');
  writeFileSync(file, content);
  return file;
}

/** The message for a file with this text, with x for the file; `fine` if there is none. */
function faultOf(text: string): string {
  const file = written(text);
  try {
    readJson(file, 'file');
    return 'fine';
  } catch (error) {
    if (!(error instanceof ConfigError) || error.cause !== undefined) throw error;
    return error.message.replace(`The file ${file}`, 'x');
  }
}

describe('readJson', () => {
  it('returns the value', () => {
    expect(readJson(written('{"a": [1, null]}'), 'config file')).to.deep.equal({ a: [1, null] });
  });

  it('skips a byte order mark', () => {
    expect(readJson(written('\u{feff}{}'), 'config file')).to.deep.equal({});
  });

  it('says that UTF-16 is not UTF-8', () => {
    const file = written(Buffer.from('\u{feff}{}', 'utf16le'));
    expect(() => readJson(file, 'config file')).to.throw(
      ConfigError,
      'is not UTF-8; save it as UTF-8',
    );
  });

  it('names a file that does not exist', () => {
    const file = join(folder, 'none.json');
    expect(() => readJson(file, 'catalog')).to.throw(
      ConfigError,
      `The catalog ${file} does not exist`,
    );
  });

  it('names a folder as the cause', () => {
    expect(() => readJson(folder, 'catalog')).to.throw(
      ConfigError,
      'cannot be read: it is a folder',
    );
  });

  it('quotes the system for rare errors', () => {
    expect(() => readJson('a\0b', 'catalog')).to.throw(
      ConfigError,
      "cannot be read: The argument 'path' must be",
    );
  });

  it('names the file that cannot be parsed', () => {
    const file = written('{');
    expect(() => readJson(file, 'config file')).to.throw(
      ConfigError,
      `The config file ${file} is not valid JSON`,
    );
  });
});

describe('a file that is not JSON', () => {
  const faults: [text: string, says: string][] = [
    ['', 'x is not valid JSON: it is empty'],
    [' \n', 'x is not valid JSON: it is empty'],
    ['nul', 'x is not valid JSON: it is incomplete'],
    ['{"a": 1,}', 'x is not valid JSON at line 1, column 9'],
    ['{\n  "a": 1,\n  "b" 2\n}', 'x is not valid JSON at line 3, column 7'],
    ['{\n  "a": hidden\n}', 'x is not valid JSON at line 2, column 8'],
    ['{"a": True, "b": [[[[1]]]]}', 'x is not valid JSON at line 1, column 7'],
    ['hidden at position 3', 'x is not valid JSON at line 1, column 1'],
    ["{'a': 1}", 'x is not valid JSON at line 1, column 2'],
  ];
  for (const [text, says] of faults) {
    it(`of ${JSON.stringify(text)}`, () => {
      expect(faultOf(text)).to.equal(says);
    });
  }

  it('never quotes the text, wherever it breaks', () => {
    const secret = 'hush-hush-4711';
    const text = JSON.stringify({ before: [1, true, null], api_token: secret, after: { a: 'b' } });
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.string({ maxLength: 3 }),
        fc.nat(2),
        (at, inserted, cut) => {
          const broken = text.slice(0, at) + inserted + text.slice(at + cut);
          expect(faultOf(broken)).to.match(
            /^(fine|x is not valid JSON(: it is \w+| at line \d+, column \d+))$/,
          );
        },
      ),
    );
  });
});

describe('JSON values', () => {
  it('have a name for their kind', () => {
    const kinds = [undefined, null, [], {}, '', 1, true].map((value) => kindOf(value));
    expect(kinds).to.deep.equal([
      'nothing',
      'null',
      'an array',
      'an object',
      'text',
      'a number',
      'a boolean',
    ]);
  });

  it('distinguishes objects from other values', () => {
    expect([{}, [], null, 'a', 1].map((value) => isObject(value))).to.deep.equal([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
