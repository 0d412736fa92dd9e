import { expect } from 'chai';
import { shippedSchema } from '#src/catalog/shipped.js';
import { ALL_STREAMS } from '#src/streams.js';
import { listOf } from '../support/marked-tenant.js';

const MARK = /; (?:personal data|free text, may hold personal data)$/;
/** Names that tell that a column is about a person. */
const TELLING = /phone|e_?mail|fullname|username|home_owner|birth|notes$/;

/** The text columns of a stream, and whether their description marks them. */
function columnsOf(stream: string): [column: string, isMarked: boolean][] {
  return Object.entries(shippedSchema(stream).properties)
    .filter(([, { type, format }]) => [type].flat().includes('string') && format === undefined)
    .map(([column, { description = '' }]) => [column, MARK.test(description)]);
}

describe('columns about people', () => {
  it('are marked in their description', () => {
    // Settings of a type of work order that are neither true nor false in the API.
    const settings = ['completed_email', 'auto_send_confirmation_email'];
    const missing = ALL_STREAMS.flatMap(({ name }) =>
      columnsOf(name)
        .filter(([column, isMarked]) => TELLING.test(column) && !isMarked)
        .map(([column]) => `${name}.${column}`),
    );
    expect(missing).to.deep.equal(settings.map((column) => `work_order_types.${column}`));
  });

  it('are marked in events if they are in the list', () => {
    for (const feed of ALL_STREAMS.filter(({ paging }) => paging === 'events')) {
      const prefix = Object.values(feed.flatten)[0] ?? '';
      const inList = new Map(columnsOf(listOf(feed).name));
      for (const [column, isMarked] of columnsOf(feed.name)) {
        const own = inList.get(column.slice(prefix.length));
        if (column.startsWith(prefix) && own !== undefined)
          expect(isMarked, `${feed.name}.${column}`).to.equal(own);
      }
    }
  });
});
