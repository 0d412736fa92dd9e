/** The page of `report` in Chromium: layout, colours, printing, and that it loads nothing. */
import { expect } from 'chai';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { report } from '#src/cli/report.js';
import { useApi } from '../support/api.js';
import { makeFolder } from '../support/folder.js';
import { inProject } from '../support/paths.js';
import { CASES, NOW } from './cases.js';
import { contrastFaults, layoutFaults, openAll } from './faults.js';

const SCREENSHOTS = inProject('coverage/page');
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const WIDTHS = { phone: 375, desktop: 1280 };
const PAPERS = ['A4', 'Letter'];

describe('the page of report in a browser', () => {
  useApi();
  let browser: Browser;
  const files = new Map<string, string>();

  before(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: FLAGS,
    });
  });
  after(() => browser.close());

  for (const { name, answer, pages = 1, summaries } of CASES)
    describe(name, () => {
      before(async () => {
        const folder = makeFolder();
        const places = Object.entries(await summaries());
        for (const [place, texts] of places) {
          mkdirSync(join(folder, place));
          for (const [index, text] of texts.entries())
            writeFileSync(join(folder, place, `${String(index).padStart(3, '0')}.json`), text);
        }
        const paths = places.map(([place]) => join(folder, place));
        const out = join(SCREENSHOTS, `${name}.html`);
        expect(await report({ out }, paths, NOW)).to.equal(0);
        files.set(name, out);
      });

      for (const [device, width] of Object.entries(WIDTHS))
        for (const colorScheme of ['light', 'dark'] as const)
          it(`fits a ${device}, ${colorScheme}`, async () => {
            const { page, events } = await open(width, colorScheme);
            expect(await page.getByRole('heading', { level: 1 }).textContent()).to.match(answer);
            await page.screenshot({
              path: join(SCREENSHOTS, `${name}-${device}-${colorScheme}.png`),
              fullPage: true,
            });
            expect(await page.evaluate(layoutFaults)).to.deep.equal([]);
            expect(await page.evaluate(contrastFaults)).to.deep.equal([]);
            await page.locator('.chart > summary').first().click();
            expect(await page.locator('details[open]').count()).to.equal(1);
            await page.evaluate(openAll);
            expect(await page.evaluate(layoutFaults)).to.deep.equal([]);
            expect(await page.evaluate(contrastFaults)).to.deep.equal([]);
            expect(events).to.deep.equal([`GET ${urlOf(name)}`]);
            await page.context().close();
          });

      it(`prints on ${pages === 1 ? 'one page' : 'one page for each folder'}`, async () => {
        const { page } = await open(WIDTHS.desktop, 'dark');
        for (const format of PAPERS) {
          const path = join(SCREENSHOTS, `${name}-${format}.pdf`);
          await page.pdf({ path, format, printBackground: true });
          const printed = readFileSync(path, 'latin1').match(/\/Type \/Page\b(?!s)/g);
          expect(printed?.length, format).to.equal(pages);
        }
        await page.context().close();
      });

      it('is a table to a screen reader on a phone too', async () => {
        const { page } = await open(WIDTHS.phone, 'light');
        const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
        const streams = await page.locator('.streams > tbody > tr').count();
        expect(streams).to.be.greaterThan(0);
        expect(await rows.count()).to.equal(streams);
        await page.context().close();
      });

      /** Opens the page, and keeps its requests and what it says. */
      async function open(
        width: number,
        colorScheme: 'light' | 'dark',
      ): Promise<{ page: Page; events: string[] }> {
        const context = await browser.newContext({
          viewport: { width, height: 800 },
          colorScheme,
        });
        context.setDefaultTimeout(5000);
        const page = await context.newPage();
        const events: string[] = [];
        page.on('console', (message) => events.push(`console: ${message.text()}`));
        page.on('pageerror', (error) => events.push(`error: ${error.message}`));
        page.on('request', (request) => events.push(`${request.method()} ${request.url()}`));
        await page.goto(urlOf(name));
        return { page, events };
      }
    });

  function urlOf(name: string): string {
    return pathToFileURL(files.get(name) ?? '').href;
  }
});
