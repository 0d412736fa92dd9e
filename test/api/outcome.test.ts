import { expect } from 'chai';
import {
  toApiError,
  header,
  cameFromHost,
  isPage,
  NO_CONNECTION,
  NOT_TEXT,
  NOT_DECOMPRESSED,
  redirectTarget,
  allowedRetries,
  TIMED_OUT,
  TOO_LARGE,
} from '#src/api/outcome.js';
import type { Code } from '#src/codes.js';
import type { Headers, Outcome } from '#src/api/outcome.js';

const CONTEXT = { host: 'app.bolttech.net', requestTimeoutS: 60, maxResponseMb: 64 };

function response(status: number, text = '', headers: Headers = {}): Outcome {
  return { status, headers, text };
}
function none(code: string): Outcome {
  return { status: null, code };
}

describe('toApiError', () => {
  const faults: [outcome: Outcome, fault: string, message: string, retries: number][] = [
    [
      response(401),
      'unauthorized',
      'the API refuses the token (HTTP 401): check api_token, api_token_name and base_url',
      0,
    ],
    [
      response(403),
      'forbidden',
      'the token has no access to this stream (HTTP 403): ask ECI for access, or deselect it',
      0,
    ],
    [response(400), 'bad-request', 'the API does not accept the request (HTTP 400)', 0],
    [
      response(404),
      'bad-request',
      'the API does not accept the request (HTTP 404): if this happens for all streams, check base_url',
      0,
    ],
    ...[101, 201, 202, 204, 205, 206, 300, 304].map((status): [Outcome, string, string, number] => [
      response(status, '{}'),
      'server-error',
      `the API responded with HTTP ${status}, which has no page`,
      8,
    ]),
    [
      none(NOT_TEXT),
      'unreadable',
      "the response is not valid UTF-8: tell ECI's support if this persists",
      8,
    ],
    [response(422), 'bad-request', 'the API does not accept the request (HTTP 422)', 0],
    [response(409), 'bad-request', 'the API does not accept the request (HTTP 409)', 0],
    [response(423), 'bad-request', 'the API does not accept the request (HTTP 423)', 0],
    [response(408), 'server-error', 'the API responded with HTTP 408', 8],
    [response(425), 'server-error', 'the API responded with HTTP 425', 8],
    [
      response(407),
      'unreachable',
      'the proxy requires authentication (HTTP 407): set a user name and password in HTTPS_PROXY',
      0,
    ],
    [response(500), 'server-error', 'the API responded with HTTP 500', 8],
    [response(503, '<html>'), 'server-error', 'the API responded with HTTP 503', 8],
    [
      response(500, '{"exception":"undefined method `to_datetime\' for nil"}'),
      'server-error',
      "the API fails on the tenant's own data (HTTP 500 naming to_datetime): a date stored in Bolt is invalid. Tell ECI's support " +
        'the stream and this error; until then deselect the stream',
      2,
    ],
    [response(502, 'to_datetime'), 'server-error', 'the API responded with HTTP 502', 8],
    [
      response(302, '', { location: 'https://elsewhere.example/' }),
      'unreadable',
      'the API redirects (HTTP 302) to another host or in a loop, which is not followed: check base_url',
      0,
    ],
    [
      response(200, '<html>', { 'content-type': 'text/html; charset=utf-8' }),
      'unreadable',
      'the response is not JSON (text/html, 6 characters): check base_url if this persists',
      8,
    ],
    [
      response(200),
      'unreadable',
      'the response is not JSON (unknown type, 0 characters): check base_url if this persists',
      8,
    ],
    [none(TOO_LARGE), 'unreadable', 'the response is larger than max_response_mb (64)', 0],
    [none(TIMED_OUT), 'unreachable', 'no complete response within 60 s (request_timeout_s)', 8],
    [none(NO_CONNECTION), 'unreachable', 'connection timed out', 8],
    [none('ETIMEDOUT'), 'unreachable', 'the connection timed out (ETIMEDOUT)', 8],
    [none('ECONNRESET'), 'unreachable', 'the connection broke (ECONNRESET)', 8],
    [none('ENOTFOUND'), 'unreachable', 'the host is unknown (ENOTFOUND): check base_url', 8],
    [
      none('DEPTH_ZERO_SELF_SIGNED_CERT'),
      'unreachable',
      'its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT): set NODE_EXTRA_CA_CERTS to the certificate of a private authority',
      8,
    ],
    [
      none('CERT_HAS_EXPIRED'),
      'unreachable',
      "check this machine's clock, or inform the operator of the host",
      8,
    ],
    [
      none('ERR_TLS_CERT_ALTNAME_INVALID'),
      'unreachable',
      '(ERR_TLS_CERT_ALTNAME_INVALID): check base_url',
      8,
    ],
    [
      none(NOT_DECOMPRESSED),
      'unreachable',
      'the response broke off, or is not compressed as its header says',
      8,
    ],
    [none('EHOSTUNREACH'), 'unreachable', 'failed: EHOSTUNREACH', 8],
  ];
  for (const [outcome, fault, message, retries] of faults) {
    it(message.slice(0, 70), () => {
      const error = toApiError('jobs', outcome, CONTEXT);
      expect(error.fault).to.equal(fault);
      expect(error.status ?? null).to.equal(outcome.status);
      expect(error.message)
        .to.match(/^jobs: /)
        .and.to.satisfy((text: string) => text.endsWith(message));
      if (fault === 'unreachable' && outcome.status === null)
        expect(error.message).to.include('app.bolttech.net');
      expect(allowedRetries(outcome, 8)).to.equal(retries);
      expect(allowedRetries(outcome, 0)).to.equal(0);
    });
  }

  const codes: [outcome: Outcome, code: Code][] = [
    [response(401), 'TOKEN_REFUSED'],
    [response(403), 'STREAM_FORBIDDEN'],
    [response(404), 'REQUEST_REJECTED'],
    [response(407), 'HOST_UNREACHABLE'],
    [response(408), 'API_FAILED'],
    [response(500), 'API_FAILED'],
    [response(500, 'to_datetime'), 'TENANT_DATA_FAULT'],
    [response(204), 'RESPONSE_UNREADABLE'],
    [response(302), 'RESPONSE_UNREADABLE'],
    [response(200, '<html>'), 'RESPONSE_UNREADABLE'],
    [none(NOT_TEXT), 'RESPONSE_UNREADABLE'],
    [none(NOT_DECOMPRESSED), 'RESPONSE_UNREADABLE'],
    [none(TOO_LARGE), 'RESPONSE_TOO_LARGE'],
    [none(TIMED_OUT), 'HOST_UNREACHABLE'],
  ];
  for (const [outcome, code] of codes) {
    it(`has the code ${code} for ${outcome.status ?? outcome.code}`, () =>
      expect(toApiError('jobs', outcome, CONTEXT).code).to.equal(code));
  }

  it('does not quote the body, nor headers that are not one of the usual media types', () => {
    for (const type of [
      'hush-hush\u001b[31m',
      'text/hush',
      'application/hush+hush',
      'text/htmlhush',
      'text/html+hush',
    ]) {
      expect(
        toApiError('jobs', response(200, 'hush', { 'content-type': type }), CONTEXT).message,
      ).not.to.include('hush');
    }
  });

  it('says how long a host that never responded had', () => {
    const { message } = toApiError('jobs', none('ECONNREFUSED'), {
      ...CONTEXT,
      firstResponseS: 12,
    });
    expect(message).to.match(
      /ECONNREFUSED\); it has not responded once within 12 s: check base_url and the network$/,
    );
    const silent = toApiError('jobs', none(TIMED_OUT), { ...CONTEXT, firstResponseS: 12 }).message;
    expect(silent).to.match(/no complete response; it has not responded once within 12 s/);
  });
});

describe('redirectTarget', () => {
  const requested = new URL('https://app.bolttech.net/open/v1/jobs?next_batch=1');
  const leads = (location: string | undefined, status = 302): string | undefined =>
    redirectTarget(response(status, '', { location }), requested)?.href;

  it('accepts the same host', () => {
    expect(leads('/open/v1/jobs?page=2')).to.equal('https://app.bolttech.net/open/v1/jobs?page=2');
    expect(leads('https://app.bolttech.net:443/x')).to.equal('https://app.bolttech.net/x');
    for (const status of [301, 303, 307, 308])
      expect(leads('/x', status)).to.equal('https://app.bolttech.net/x');
  });

  it('is null for another host, port or scheme, and if there is no redirect or no valid URL', () => {
    for (const location of [
      'https://elsewhere.example/open/v1/jobs',
      '//elsewhere.example/x',
      'http://app.bolttech.net/open/v1/jobs',
      'https://app.bolttech.net:8443/open/v1/jobs',
      'https://me:hush@app.bolttech.net/x',
      'https://me@app.bolttech.net/x',
      'https://',
      undefined,
    ]) {
      expect(leads(location)).to.equal(undefined);
    }
    expect(leads('/x', 200)).to.equal(undefined);
    expect(leads('/x', 304)).to.equal(undefined);
    expect(redirectTarget(none('ECONNRESET'), requested)).to.equal(null);
  });
});

describe('header', () => {
  it('returns the first of several', () => {
    expect(header({ a: 'x', b: ['y', 'z'] }, 'a')).to.equal('x');
    expect(header({ a: 'x', b: ['y', 'z'] }, 'b')).to.equal('y');
    expect(header({}, 'a')).to.equal(undefined);
  });
});

describe('isPage', () => {
  it('is 200 and 203', () => {
    const statuses = [101, 199, 200, 201, 202, 203, 204, 205, 206, 299, 300, 304];
    expect(statuses.filter((status) => isPage(response(status)))).to.deep.equal([200, 203]);
    expect(isPage(none('ECONNRESET'))).to.equal(false);
  });
});

describe('cameFromHost', () => {
  it('accepts any status, and a body that cannot be read', () => {
    expect(
      [response(503), none(NOT_TEXT), none(TOO_LARGE), none(NOT_DECOMPRESSED)].map(cameFromHost),
    ).to.not.include(false);
    expect(
      [none('ENOTFOUND'), none(TIMED_OUT), none(NO_CONNECTION)].map(cameFromHost),
    ).to.not.include(true);
  });
});
