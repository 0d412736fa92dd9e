// The licences of the packages inside a bundle.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of a package, of a path below it: a package may be inside another one. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE = /^(?:licen[cs]e|copying|notice)(?:\.\w+)?$/i;

/**
 * Lists the packages of a bundle with their licences.
 *
 * @param {string} root the project's folder
 * @param {{ inputs: Record<string, unknown> }} metafile esbuild's
 * @returns {string}
 * @throws {Error} if a package names no licence
 */
export function thirdParty(root, { inputs }) {
  const folders = new Set(Object.keys(inputs).flatMap((path) => PACKAGE.exec(path)?.[0] ?? []));
  const sections = [...folders].map((folder) => describePackage(join(root, folder)));
  const head = 'This distribution contains the following packages, each with its licence.\n';
  return [head, ...new Set(sections.toSorted())].join(`\n${'-'.repeat(80)}\n\n`);
}

function describePackage(folder) {
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  if (typeof license !== 'string')
    throw new Error(`${name} ${version}: expected a licence in package.json, found none`);
  const texts = readdirSync(folder)
    .filter((file) => LICENCE.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  const by = typeof author === 'string' ? author : author?.name;
  if (texts.length === 0)
    texts.push(`The package has no licence file. Its author is ${by ?? 'not named'}.`);
  return `${[`${name} ${version} (${license})`, ...texts].join('\n\n')}\n`;
}
