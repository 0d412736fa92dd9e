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

  it('tells of a form that was not remembered, once', () => {
    const { finder: one, found } = finder();
    one.worked('unquoted');
    one.worked('quoted');
    expect(found).to.deep.equal(['unquoted']);
    expect(one).to.include({ form: 'unquoted', proven: true });
    const { finder: other, found: none } = finder('quoted');
    other.worked('quoted');
    expect(none).to.deep.equal([]);
    expect(other.proven).to.equal(true);
  });

  it('is in doubt over some refusals, over any 4xx after a first one, and over none once a form has worked', () => {
    const { finder: one } = finder();
    const doubted = (second: boolean): number[] =>
      [200, 302, 400, 401, 403, 404, 410, 422, 500].filter((status) =>
        one.isInDoubt(status, second),
      );
    expect(doubted(false)).to.deep.equal([400, 401, 403, 422]);
    expect(doubted(true)).to.deep.equal([400, 401, 403, 404, 410, 422]);
    one.worked('quoted');
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
      const judged = one.judge(
        { form: 'quoted', fault: fault(first) },
        { form: 'unquoted', fault: fault(second) },
      );
      expect(judged.fault).to.equal(verdict);
      expect(found).to.deep.equal(taken === undefined ? [] : [taken]);
      expect(one.proven).to.equal(taken !== undefined);
    });
  }

  it('says that the token may be wrong beside a fault that a wrong token could cause, but not beside a 403', () => {
    const judged = (kind: ApiFault, status: number): string =>
      finder().finder.judge(
        { form: 'quoted', fault: new ApiError('wrong', kind, { status }) },
        { form: 'unquoted', fault: fault('unauthorized') },
      ).message;
    expect(judged('forbidden', 403)).to.equal('wrong');
    expect(judged('bad-request', 422)).to.match(/^wrong; with the other form .* check api_token/);
  });

  it('gives the first fault if both forms are refused alike, or neither is', () => {
    for (const kind of ['unauthorized', 'bad-request'] as const) {
      const [first, second] = [fault(kind), fault(kind)];
      expect(
        finder().finder.judge(
          { form: 'quoted', fault: first },
          { form: 'unquoted', fault: second },
        ),
      ).to.equal(first);
    }
  });
});
