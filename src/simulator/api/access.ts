/** Who may ask: the Authorization header in either of its forms, and the cookie that some tenants need. */

export type AuthorizationForm = 'quoted' | 'unquoted' | 'none';

const QUOTED = /^Token token="([^"]+)"(?:, name="([^"]*)")?$/;
const UNQUOTED = /^Token token=([^",\s]+)(?:, name=([^",]*))?$/;

/** What is accepted. */
export interface Access {
  readonly token: string;
  readonly tokenName: string;
  readonly requireName: boolean;
  readonly authForm: 'quoted' | 'unquoted' | 'both';
  readonly xsrfToken: string | undefined;
}

/** Which form an Authorization header has; `none` for no header, or one that is not quite as the API wants it. */
export function formOf(authorization: string | null): AuthorizationForm {
  if (authorization === null) return 'none';
  if (QUOTED.test(authorization)) return 'quoted';
  return UNQUOTED.test(authorization) ? 'unquoted' : 'none';
}

/** True if a request with these headers is let in. */
export function admits(access: Access, authorization: string | null, cookie: string | null): boolean {
  const form = formOf(authorization);
  if (form === 'none' || authorization === null) return false;
  if (access.authForm !== 'both' && access.authForm !== form) return false;
  const [, token, name] = (form === 'quoted' ? QUOTED : UNQUOTED).exec(authorization) ?? [];
  if (token !== access.token) return false;
  if (name === undefined ? access.requireName : name !== access.tokenName) return false;
  if (access.xsrfToken === undefined) return true;
  return (cookie ?? '').split(/; */).includes(`XSRF-TOKEN=${access.xsrfToken}`);
}
