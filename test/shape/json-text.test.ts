import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { jsonProblem, jsonText, sameJson } from '#src/shape/json-text.js';

function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

describe('jsonText', () => {
  it('writes JSON as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const value: unknown = JSON.parse(text);
        expect(jsonText(value)).to.equal(JSON.stringify(value));
      }),
    );
  });

  it('writes a number beyond the range of a double as 1e999', () => {
    expect(jsonText(JSON.parse('[1e999,{"a":-1e999}]'))).to.equal('[1e999,{"a":-1e999}]');
  });

  it('writes fields with the names of built-in properties', () => {
    const text = '{"__proto__":{"constructor":1},"toString":null}';
    expect(jsonText(JSON.parse(text))).to.equal(text);
  });

  it('writes values too deep for JSON.stringify before Node 26', () => {
    const deep = nested(100_000);
    expect(jsonText(deep)).to.have.lengthOf(200_000);
  });

  it('writes undefined as null', () => {
    expect(jsonText([undefined])).to.equal('[null]');
  });
});

describe('sameJson', () => {
  it('compares JSON as Node does, in any order of names', () => {
    // Few names and values, so that many pairs are nearly the same.
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, 0, 1, '', 'a', true),
        fc.array(tie('tree'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'toString', '0'), tie('tree'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, tree, (a, b) => {
        expect(sameJson(a, b)).to.equal(
          isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))),
        );
        expect(sameJson(a, structuredClone(a))).to.equal(true);
      }),
      { numRuns: 2000 },
    );
    expect(sameJson({ a: 1, b: [2] }, { b: [2], a: 1 })).to.equal(true);
    expect(sameJson(JSON.parse('{"__proto__":1}'), { a: 1 })).to.equal(false);
    expect(sameJson([1], { 0: 1 })).to.equal(false);
  });

  it('compares values too deep for recursion', () => {
    expect(sameJson(nested(100_000), nested(100_000))).to.equal(true);
    expect(sameJson(nested(100_000), nested(100_001))).to.equal(false);
  });
});

describe('jsonProblem', () => {
  it('finds nothing wrong with ordinary values', () => {
    const value = { a: [1, 'text', null, true, { b: [] }] };
    expect(jsonProblem(value, false)).to.equal(null);
    expect(jsonProblem(value, true)).to.equal(null);
  });

  it('finds numbers beyond the range of a double', () => {
    expect(jsonProblem(JSON.parse('{"a":[1e999]}'), true)).to.equal('number');
    expect(jsonProblem(JSON.parse('[1e999, 1]'), false)).to.equal('number');
  });

  it('finds lone surrogates, also in names, unless they are escaped', () => {
    for (const value of [{ a: '\uD800' }, { '\uD800': 1 }, ['\uDC00']]) {
      expect(jsonProblem(value, false)).to.equal('text');
      expect(jsonProblem(value, true)).to.equal(null);
    }
  });

  it('finds nesting of more than 500 levels', () => {
    expect(jsonProblem(nested(500), true)).to.equal(null);
    expect(jsonProblem(nested(501), true)).to.equal('deep');
    expect(jsonProblem({ a: nested(100_000) }, false)).to.equal('deep');
  });
});
