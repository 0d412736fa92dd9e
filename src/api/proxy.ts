/** Support for the proxies that environment variables name. */
import type { Agents } from 'got';
import { ConfigError } from '../errors.js';

/**
 * Returns the agents for requests to `url`, according to `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`
 * and `NO_PROXY`. The proxy libraries are imported only if a proxy is used.
 *
 * @returns undefined if no proxy is to be used
 * @throws ConfigError if the URL of the proxy is invalid. It is not quoted, since it may hold a
 *   password
 */
export async function proxyAgents(url: URL): Promise<Agents | undefined> {
  const given = Object.keys(process.env).flatMap((name) =>
    /^(https?|all)_proxy$/i.test(name) ? process.env[name] : [],
  );
  if (given.length === 0) return undefined;
  const { getProxyForUrl } = await import('proxy-from-env');
  const named = getProxyForUrl(url.href);
  if (named === '') return undefined;
  // A proxy without a scheme is used over plain HTTP, as curl does. The library prefixes the scheme
  // of the requested URL instead.
  const proxy = given.includes(named) ? named : named.replace(/^https:/, 'http:');
  if (!URL.canParse(proxy) || !/^https?:/.test(proxy)) {
    throw new ConfigError(
      'SETTING_WRONG',
      `HTTPS_PROXY (environment): the proxy for ${url.host} is not a valid URL ` +
        '(expected http://host:port)',
    );
  }
  const [{ HttpsProxyAgent }, { HttpProxyAgent }] = await Promise.all([
    import('https-proxy-agent'),
    import('http-proxy-agent'),
  ]);
  return {
    https: new HttpsProxyAgent(new URL(proxy), { keepAlive: true }),
    http: new HttpProxyAgent(new URL(proxy), { keepAlive: true }),
  };
}
