/** A certificate of a private authority, made for the moment. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** The file with the certificate, as NODE_EXTRA_CA_CERTS takes it. */
  readonly file: string;
}

/** Makes a certificate for 127.0.0.1 and `host` in a folder. Returns null if openssl is missing. */
export function makeCertificate(dir: string, host: string): Certificate | null {
  const [key, file] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const names = `subjectAltName=IP:127.0.0.1,DNS:${host}`;
  const made = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    key,
    '-out',
    file,
  ];
  try {
    execFileSync(
      'openssl',
      ['req', '-x509', '-days', '1', '-subj', '/CN=test', '-addext', names, ...made],
      {
        stdio: 'ignore',
      },
    );
  } catch {
    return null;
  }
  return { key: readFileSync(key), cert: readFileSync(file), file };
}
