import { expect } from 'chai';
import * as fc from 'fast-check';
import { jsonFault, jsonText } from '../../src/shape/json-text.js';

function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

describe('jsonText', () => {
  it('writes any JSON as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const value: unknown = JSON.parse(text);
        expect(jsonText(value)).to.equal(JSON.stringify(value));
      }),
    );
  });

  it('writes a number beyond the range of a double as such', () => {
    expect(jsonText(JSON.parse('[1e999,{"a":-1e999}]'))).to.equal('[1e999,{"a":-1e999}]');
  });

  it('writes fields that are named like parts of an object', () => {
    const text = '{"__proto__":{"constructor":1},"toString":null}';
    expect(jsonText(JSON.parse(text))).to.equal(text);
  });

  it('writes what is nested too deeply for JSON.stringify of Node before 26', () => {
    const deep = nested(100_000);
    expect(jsonText(deep)).to.have.lengthOf(200_000);
  });

  it('writes what is no JSON as null', () => {
    expect(jsonText([undefined])).to.equal('[null]');
  });
});

describe('jsonFault', () => {
  it('finds nothing wrong with ordinary values', () => {
    const value = { a: [1, 'text', null, true, { b: [] }] };
    expect(jsonFault(value, false)).to.equal(null);
    expect(jsonFault(value, true)).to.equal(null);
  });

  it('finds numbers beyond the range of a double', () => {
    expect(jsonFault(JSON.parse('{"a":[1e999]}'), true)).to.equal('number');
    expect(jsonFault(JSON.parse('[1e999, 1]'), false)).to.equal('number');
  });

  it('finds halves of surrogate pairs, in names too, where they are not to be escaped', () => {
    for (const value of [{ a: '\uD800' }, { '\uD800': 1 }, ['\uDC00']]) {
      expect(jsonFault(value, false)).to.equal('text');
      expect(jsonFault(value, true)).to.equal(null);
    }
  });

  it('finds nesting of more than 500 levels', () => {
    expect(jsonFault(nested(500), true)).to.equal(null);
    expect(jsonFault(nested(501), true)).to.equal('deep');
    expect(jsonFault({ a: nested(100_000) }, false)).to.equal('deep');
  });
});
