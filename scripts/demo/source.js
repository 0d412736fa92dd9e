// The simulator as the source: what it counts, what happens in it, and its rows.

/** The calls that the simulator has counted so far, by stream. */
export async function callsOf(url) {
  const calls = await (await fetch(`${url}/_simulator/calls`)).json();
  return Object.fromEntries(
    Object.entries(calls).map(([stream, byStatus]) => [stream, sumOf(Object.values(byStatus))]),
  );
}

/** Lets things happen at the source, and gives how many rows or events that makes, by stream. */
export async function evolve(url, changes) {
  const body = JSON.stringify({ changes: changes });
  return (await fetch(`${url}/_simulator/evolve`, { method: 'POST', body })).json();
}

/** Deletes a job at the source. Returns it as the first sync brought it. */
export async function deleteJob(url, { last }) {
  const job = last.jobs.values().next().value;
  await post(url, 'remove', { stream: 'jobs', id: job.id });
  return job;
}

/** Checks or unchecks a status at the source. Returns it as the first sync brought it. */
export async function changeStatus(url, { last }) {
  const { ids } = await sourceRows(url, 'work_order_statuses');
  const status = [...last.work_order_statuses.values()].find(({ id }) => ids.has(id));
  const fields = { status: !status.status };
  await post(url, 'change', { stream: 'work_order_statuses', id: status.id, fields });
  return status;
}

/** The ids of the rows that exist at the source, and how many malformed rows have no id. */
export async function sourceRows(url, stream) {
  const text = await (await fetch(`${url}/_simulator/rows/${stream}`)).text();
  const rows = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const ids = rows.map((row) => Number(row?.id)).filter((id) => id > 0);
  return { ids: new Set(ids), keyless: rows.length - ids.length };
}

async function post(url, what, body) {
  const request = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${url}/_simulator/${what}`, request);
  if (!response.ok) throw new Error(`The simulator cannot ${what}: ${await response.text()}`);
}

export function sumOf(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
