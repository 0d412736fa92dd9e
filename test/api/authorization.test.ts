import { expect } from 'chai';
import { authorization, FormFinder, otherForm, type Form } from '#src/api/authorization.js';
import { ApiError, type ApiFault } from '#src/errors.js';

const fault = (kind: ApiFault): ApiError => new ApiError(kind, kind);

function finder(remembered?: Form): { finder: FormFinder; found: Form[] } {
  const found: Form[] = [];
  return { finder: new FormFinder(remembered, (form) => found.push(form)), found };
}

describe('authorization', () => {
  it('is written in both forms, with and without a name', () => {
    expect(authorization('quoted', 't', 'n')).to.equal('Token token="t", name="n"');
    expect(authorization('unquoted', 't', 'n')).to.equal('Token token=t, name=n');
    expect(authorization('quoted', 't', undefined)).to.equal('Token token="t"');
    expect(authorization('unquoted', 't', undefined)).to.equal('Token token=t');
  });

  it('has two forms', () => {
    expect([otherForm('quoted'), otherForm('unquoted')]).to.deep.equal(['unquoted', 'quoted']);
  });
});

describe('FormFinder', () => {
  it('begins with the remembered form, else in quotes', () => {
    expect(finder().finder.form).to.equal('quoted');
    expect(finder('unquoted').finder.form).to.equal('unquoted');
  });

  it('reports a form that was not remembered, once', () => {
    const { finder: one, found } = finder();
    one.confirm('unquoted');
    one.confirm('quoted');
    expect(found).to.deep.equal(['unquoted']);
    expect(one).to.include({ form: 'unquoted', proven: true });
    const { finder: other, found: none } = finder('quoted');
    other.confirm('quoted');
    expect(none).to.deep.equal([]);
    expect(other.proven).to.equal(true);
  });

  it('suspects the form over some statuses, over any 4xx in the second form, over none once proven', () => {
    const { finder: one } = finder();
    const doubted = (second: boolean): number[] =>
      [200, 302, 400, 401, 403, 404, 410, 422, 500].filter((status) =>
        one.mayDependOnForm(status, second),
      );
    expect(doubted(false)).to.deep.equal([400, 401, 403, 422]);
    expect(doubted(true)).to.deep.equal([400, 401, 403, 404, 410, 422]);
    one.confirm('quoted');
    expect([...doubted(false), ...doubted(true)]).to.deep.equal([]);
  });

  const verdicts: [
    first: ApiFault,
    second: ApiFault,
    verdict: ApiFault,
    taken: Form | undefined,
  ][] = [
    ['unauthorized', 'unauthorized', 'unauthorized', undefined],
    ['unauthorized', 'forbidden', 'forbidden', 'unquoted'],
    ['unauthorized', 'bad-request', 'bad-request', 'unquoted'],
    ['forbidden', 'unauthorized', 'forbidden', 'quoted'],
    ['bad-request', 'unauthorized', 'bad-request', 'quoted'],
    ['forbidden', 'forbidden', 'forbidden', undefined],
    ['bad-request', 'forbidden', 'bad-request', undefined],
  ];
  for (const [first, second, verdict, taken] of verdicts) {
    it(`judges ${first} and ${second}: ${verdict}, ${taken ?? 'neither form'} is taken`, () => {
      const { finder: one, found } = finder();
      const judged = one.compare(
        { form: 'quoted', error: fault(first) },
        { form: 'unquoted', error: fault(second) },
      );
      expect(judged.fault).to.equal(verdict);
      expect(found).to.deep.equal(taken === undefined ? [] : [taken]);
      expect(one.proven).to.equal(taken !== undefined);
    });
  }

  it('adds a hint about the token to an error that a wrong token can cause, but not to a 403', () => {
    const judged = (kind: ApiFault, status: number): string =>
      finder().finder.compare(
        { form: 'quoted', error: new ApiError('wrong', kind, { status }) },
        { form: 'unquoted', error: fault('unauthorized') },
      ).message;
    expect(judged('forbidden', 403)).to.equal('wrong');
    expect(judged('bad-request', 422)).to.match(/^wrong; with the other form .* check api_token/);
  });

  it('returns the first error if both forms fail alike', () => {
    for (const kind of ['unauthorized', 'bad-request'] as const) {
      const [first, second] = [fault(kind), fault(kind)];
      expect(
        finder().finder.compare(
          { form: 'quoted', error: first },
          { form: 'unquoted', error: second },
        ),
      ).to.equal(first);
    }
  });
});
