/** Checks and completes `base_url`. */

const API_PATH = '/open/v1';
const INVALID = 'is not a valid URL (expected https://…)';

/**
 * Completes the address of the API to the URL of its root.
 *
 * @param address with or without `/open/v1` and a slash at the end
 * @returns the URL `…/open/v1`, without a slash at the end; or, as text, what is wrong with the
 *   address. The text does not quote the address, because it may contain a password.
 */
export function apiRoot(address: string): URL | string {
  if (!URL.canParse(address)) return INVALID;
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return INVALID;
  if (url.username !== '' || url.password !== '')
    return 'contains a user name or a password; the API uses neither, so remove them';
  if (url.search !== '' || url.hash !== '')
    return 'contains a query or a fragment (? or #); remove it';
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return 'uses http, which sends the token unencrypted; use https';
  const path = url.pathname.replace(/\/+$/, '');
  const prefix = path.endsWith(API_PATH) ? path.slice(0, -API_PATH.length) : path;
  if (`${prefix}/`.includes(`${API_PATH}/`)) return `continues after ${API_PATH}; remove the rest`;
  url.pathname = prefix + API_PATH;
  return url;
}

/** Whether the host of a URL is this machine. URL normalizes IPv4 addresses to four parts. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
