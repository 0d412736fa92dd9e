/** Words for the names, addresses and notes of the made-up tenant. */

type Words = readonly [string, ...string[]];

export const TOWNS: Words = [
  'Austin', 'Round Rock', 'Georgetown', 'Leander', 'Kyle', 'Buda', 'Pflugerville', 'Hutto', 'Manor', 'Dripping Springs',
  'San Marcos', 'New Braunfels', 'Seguin', 'Boerne', 'Liberty Hill', 'Bastrop', 'Elgin', 'Lockhart', 'Taylor', 'Temple',
]; // prettier-ignore

export const HOODS: Words = [
  'Cedar',
  'Oak',
  'Willow',
  'Mesa',
  'Prairie',
  'Stone',
  'Heron',
  'Copper',
  'Juniper',
  'Bluff',
];
export const LANDS: Words = [
  'Ridge',
  'Creek',
  'Crossing',
  'Meadows',
  'Hollow',
  'Landing',
  'Terrace',
];
export const STREETS: Words = [
  'Larkspur',
  'Mockingbird',
  'Bluebonnet',
  'Pecan',
  'Limestone',
  'Agarita',
  'Yaupon',
  'Cottonwood',
  'Granite',
  'Sotol',
];
export const STREET_KINDS: Words = ['Dr', 'Ln', 'Ct', 'Way', 'Cv', 'Trl'];
export const FIRST_NAMES: Words = [
  'Ana',
  'Luis',
  'Maria',
  'Dale',
  'Renee',
  'Hector',
  'Joyce',
  'Tomas',
  'Wanda',
  'Curtis',
  'Elena',
  'Grant',
];
export const LAST_NAMES: Words = [
  'Ortega',
  'Whitfield',
  'Nguyen',
  'Barrera',
  'Kowalski',
  'Hale',
  'Salinas',
  'Pruitt',
  'Okafor',
  'Lindqvist',
  'Tran',
];
export const BUILDERS: Words = [
  'Harbor',
  'Summit',
  'Lone Pine',
  'Keystone',
  'Blue Heron',
  'Highland',
  'Cornerstone',
  'Redbud',
  'Alder',
  'Marlowe',
];
export const BUILDER_KINDS: Words = [
  'Homes',
  'Builders',
  'Custom Homes',
  'Residential',
  'Construction Co.',
];
export const PLANS: Words = [
  'Aster',
  'Birch',
  'Cypress',
  'Dogwood',
  'Elm',
  'Foxglove',
  'Garnet',
  'Hickory',
];
export const TRADES: Words = [
  'Flooring',
  'Roofing',
  'Doors',
  'Tile',
  'Trim',
  'Carpet',
  'Garage Doors',
  'Hardwood',
  'Countertops',
  'Gutters',
];
export const STAGES: Words = [
  'New',
  'Scheduled',
  'Confirmed',
  'In Progress',
  'Completed',
  'Billed',
];
export const STATUS_STEPS: Words = ['Measured', 'Material ordered', 'Installed', 'Inspected'];
export const TITLES: Words = [
  'Installer',
  'Supervisor',
  'Project Manager',
  'Scheduler',
  'Estimator',
  'Bookkeeper',
];
export const ITEMS: Words = [
  'LVP plank, per box',
  'Carpet pad 8 lb',
  'Shingle bundle',
  'Drip edge 10 ft',
  'Exterior door slab',
  'Threshold',
  'Tear-out labor',
  'Quarter round',
  'Ridge vent',
  'Thinset 50 lb',
];
export const NOTES: Words = [
  'Call before arrival.',
  'Gate code at the office.',
  'Dog in the yard.',
  'Deliver to the garage.',
  'Builder supplies material.',
  'Second coat needed.',
];

/** Notes as people type them: other scripts, quotes, line breaks, tabs, a line separator. */
export const UGLY_NOTES: Words = [
  'Llave con la señora Núñez – piso “nogal”\nsegunda visita',
  'Gate #4 \\ back door\r\ncall "Hal" first\t(5–7 pm)',
  '客户要求换门 🚪 / ΔT ≤ 5 °F',
  'He said: {"not": "json"}, <b>ok</b> & done\u2028next line',
  'Zoë’s café, 1½″ threshold; naïve fit',
];
export const REASONS: Words = [
  'Weather',
  'Material not on site',
  'Builder not ready',
  'Crew short',
];
export const WARRANTY_ISSUES: Words = [
  'Squeak',
  'Leak at flashing',
  'Panel dented',
  'Grout cracked',
];
