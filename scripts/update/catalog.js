// catalog.example.json: what --discover prints.
import { discover } from '../../dist/catalog/discover.js';

export const catalogExample = {
  'catalog.example.json': () => `${JSON.stringify(discover(), null, 2)}\n`,
};
