// Bundles the built tap, dist/, with the packages that it imports. Fivetran and Python get such a
// bundle, because nothing there runs npm.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// Some of the packages inside are CommonJS and call require().
const BANNER = `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);`;

/**
 * Packages that stay outside: `load --to` imports this one, which has a binary for each platform.
 */
const OUTSIDE = ['@duckdb/node-api'];

/**
 * Bundles the tap. The same sources give the same bytes, in whatever folder the project is.
 *
 * @param options esbuild's options: the entry, and where the output goes
 * @returns esbuild's result, with its metafile
 */
export function bundle(options) {
  return build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    banner: { js: BANNER },
    external: OUTSIDE,
    legalComments: 'eof',
    logLevel: 'warning',
    metafile: true,
    ...options,
  });
}
