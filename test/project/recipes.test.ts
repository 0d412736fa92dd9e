/** The recipes of deploy/, filled in as their guides say and run against the simulator. */
import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Simulator } from '#src/simulator/simulator.js';
import { serve, type Served } from '#src/simulator/serve.js';
import { ended } from '../support/command.js';
import { makeFolder } from '../support/folder.js';
import { splitOf } from '../support/split.js';
import { COMMAND, inProject, TEST_TARGET } from '../support/paths.js';

const FEEDS = ['job_events', 'work_order_events', 'work_order_status_events'];
const { events: EVENTS, tables: TABLES } = splitOf();

const read = (path: string): string => readFileSync(inProject(`deploy/${path}`), 'utf8');

/** The lines after `head` that are indented further, without that indent. */
function blockAfter(text: string, head: string): string {
  const lines = text.slice(text.indexOf(`${head}\n`) + head.length + 1).split('\n');
  const indent = /^ */.exec(lines[0] ?? '')![0];
  const end = lines.findIndex((line) => line.trim() !== '' && !line.startsWith(indent));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.slice(indent.length))
    .join('\n');
}

/** The first group of a pattern that has to match. */
function found(text: string, pattern: RegExp): string {
  const [, group] = pattern.exec(text) ?? [];
  expect(group, String(pattern)).to.be.a('string');
  return group!;
}

describe('the recipes of deploy/', function () {
  this.timeout(60_000);
  let root: string;
  let simulator: Simulator;
  let server: Served;
  const at = (...parts: string[]): string => join(root, ...parts);

  beforeEach(async function () {
    if (process.platform === 'win32') return this.skip();
    root = makeFolder();
    simulator = new Simulator({ rows: 5, requireName: true });
    server = await serve(simulator);
    for (const folder of ['bin', 'etc', 'state', 'log', 'credentials']) mkdirSync(at(folder));
    symlinkSync(COMMAND, at('bin/bolt-eci-tap'));
    symlinkSync(inProject('deploy/cron/run-bolt-eci-tap'), at('bin/run-bolt-eci-tap'));
    for (const name of ['target-jsonl', 'target-postgres']) {
      // The file of its settings has to be there.
      const script = `#!/bin/sh\ntest -r "$2" || exit 9\nexec node '${TEST_TARGET}' each '${at('rows.jsonl')}'\n`;
      writeFileSync(at('bin', name), script);
      chmodSync(at('bin', name), 0o755);
    }
    file('etc/target.json', '{}');
    return undefined;
  });
  afterEach(async () => {
    await server?.close();
  });

  function file(path: string, text: string): void {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text, { mode: 0o600 });
  }

  /** Settings of a guide with a token, and its name where the guide asks for one. */
  function filled(settings: string): string {
    return settings
      .replace('"api_token": "…"', '"api_token": "simulated-token"')
      .replace('"api_token_name": "…"', '"api_token_name": "simulator"');
  }

  /** Runs a command line with only the environment of a recipe and the simulator's address. */
  async function sh(line: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = spawn('/bin/sh', ['-c', line], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: [at('bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
        HOME: root,
        TAP_BOLT_ECI_BASE_URL: server.url,
        TAP_BOLT_ECI_CALLS_PER_SECOND: '1000',
        ...env,
      },
    });
    const { code, stdout, stderr } = await ended(child);
    const log = existsSync(at('log/events.log')) ? readFileSync(at('log/events.log'), 'utf8') : '';
    expect(code, `${line}\n${stdout}${stderr}${log}`).to.equal(0);
  }

  /** The streams that came to the target. */
  function loaded(): string[] {
    const lines = readFileSync(at('rows.jsonl'), 'utf8').trim().split('\n');
    return [...new Set(lines.map((line) => String(JSON.parse(line).stream)))].toSorted();
  }

  const inRoot = (text: string): string =>
    text.replaceAll('/etc/bolt-eci-tap', at('etc')).replaceAll(/(?<![\w/])\/data\b/g, at('state'));

  it('cron: the line of the crontab, with the settings of the guide', async () => {
    file(
      'etc/events.json',
      filled(blockAfter(read('cron/README.md'), '   ```json').split('```')[0]!),
    );
    const line = found(
      read('cron/bolt-eci-tap.crontab'),
      /^\S+ \S+ \S+ \S+ \S+ +\S+ +(run-bolt-eci-tap events .*)$/m,
    );
    await sh(inRoot(line), { CONFIG_DIR: at('etc'), STATE_DIR: at('state'), LOG_DIR: at('log') });
    expect(loaded()).to.have.members(EVENTS);
    expect(existsSync(at('state/events.state.json'))).to.equal(true);
  });

  it('README: the quick start, from configure to the line of cron', async () => {
    const readme = readFileSync(inProject('README.md'), 'utf8');
    file('bolt/target.json', blockAfter(readme, '```json').split('```')[0]!);
    expect(JSON.parse(readFileSync(at('bolt/target.json'), 'utf8'))).to.include.keys(
      'host',
      'password',
      'database',
    );
    const token = {
      TAP_BOLT_ECI_API_TOKEN: 'simulated-token',
      TAP_BOLT_ECI_API_TOKEN_NAME: 'simulator',
    };
    await sh(found(readme, /^(bolt-eci-tap configure) +#/m), token);
    await sh(found(readme, /^(bolt-eci-tap --profile default --test) +#/m));
    await sh(`cd bolt && ${found(readme, /^(bolt-eci-tap run --profile default --to .*)$/m)}`);
    expect(existsSync(at('bolt/bolt.duckdb'))).to.equal(true);
    await sh(`cd bolt && ${found(readme, /^(bolt-eci-tap run --profile default --state .*)$/m)}`);
    expect(loaded()).to.include.members(['jobs', ...FEEDS]);
    await sh(found(readme, /^17 \S+ \* \* \* +(.*)$/m));
    const log = readFileSync(at('bolt/bolt.log'), 'utf8');
    expect(log)
      .to.match(/incremental from a bookmark: .*jobs/)
      .and.match(/run succeeded/);
  });

  it('systemd: the command of the service, with the credential of the guide', async () => {
    const service = read('systemd/bolt-eci-tap@.service').replaceAll('\\\n', '');
    const secret = found(read('systemd/README.md'), /`(\{"api_token": .*?\})`/);
    file('credentials/secret.json', filled(secret));
    file('etc/events.json', blockAfter(read('systemd/README.md'), '     ```json').split('```')[0]!);
    mkdirSync(at('state/bolt-eci-tap'));
    const specified = (text: string): string =>
      inRoot(text)
        .replaceAll('%i', 'events')
        .replaceAll('%d', at('credentials'))
        .replaceAll(/%[SC]/g, at('state'));
    const set = [...service.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(
      ([, name = '', value = '']) => [
        name,
        name === 'PATH' ? `${at('bin')}:${dirname(process.execPath)}:${value}` : specified(value),
      ],
    );
    const command = found(service, /^ExecStart=(.*)$/m);
    expect(existsSync(command.split(' ')[0]!), 'an absolute path that every machine has').to.equal(
      true,
    );
    await sh(specified(command), Object.fromEntries(set));
    expect(loaded()).to.have.members(EVENTS);
  });

  it('Kubernetes: the arguments of the CronJobs, with their Secrets and ConfigMaps', async () => {
    await runManifest(read('kubernetes/bolt-eci-tap.yaml'));
    expect(loaded()).to.have.members(TABLES);
    const secrets = read('kubernetes/bolt-eci-tap.yaml').split('kind: ConfigMap')[0];
    await runManifest(`${secrets}${read('kubernetes/bolt-eci-tap-events.yaml')}`);
    expect(loaded()).to.have.members([...TABLES, ...EVENTS]);
  });

  it('Kubernetes: the two CronJobs differ in names, streams and times only', () => {
    const common = (path: string): string =>
      read(path)
        .slice(read(path).indexOf('kind: ConfigMap'))
        .replaceAll(/bolt-eci-tap-(?:tables|events)/g, 'NAME')
        .replace(/"streams": \[[^\]]*\]/, '')
        .replaceAll(
          /((?:calls_per_hour|max_run_minutes|schedule|\w+DeadlineSeconds)"?: ).*/g,
          '$1',
        );
    expect(common('kubernetes/bolt-eci-tap-events.yaml')).to.equal(
      common('kubernetes/bolt-eci-tap.yaml'),
    );
  });

  /** Runs the job of a manifest that has one, each with another volume. */
  async function runManifest(manifest: string): Promise<void> {
    const given: Record<string, string> = {
      TAP_BOLT_ECI_API_TOKEN: 'simulated-token',
      TAP_BOLT_ECI_API_TOKEN_NAME: 'simulator',
    };
    const secrets = [...manifest.matchAll(/^ {2}(TAP_BOLT_ECI_\w+): ''$/gm)].map(
      ([, name = '']) => name,
    );
    file('etc/config.json', blockAfter(manifest, '  config.json: |'));
    file('etc-target/target.json', blockAfter(manifest, '  target.json: |'));
    expect(JSON.parse(readFileSync(at('etc-target/target.json'), 'utf8'))).to.include.keys(
      'host',
      'password',
    );
    expect(manifest.slice(manifest.indexOf('kind: ConfigMap'))).not.to.match(/password/);
    const args = blockAfter(manifest, '              args:').trim().split('\n');
    const line = ['bolt-eci-tap', ...args.map((arg) => arg.replace(/^- /, ''))].join(' ');
    const cache = found(manifest, /name: TAP_BOLT_ECI_CACHE_DIR, value: (\S+) \}/);
    const env = Object.fromEntries(secrets.map((name) => [name, given[name] ?? '']));
    await sh(inRoot(line.replace('/etc/bolt-eci-tap-target', at('etc-target'))), {
      ...env,
      TAP_BOLT_ECI_CACHE_DIR: inRoot(cache),
    });
    const bookmarks = JSON.parse(readFileSync(at('state/state.json'), 'utf8')).bookmarks;
    expect(Object.keys(bookmarks)).not.to.include.members(['offices', 'jobs']);
    rmSync(at('state/state.json'));
  }

  it('names one image from the Docker guide to the CronJob', () => {
    const image = found(
      read('kubernetes/bolt-eci-tap.yaml'),
      /image: registry\.example\.com\/(\S+)/,
    );
    expect(read('docker/README.md')).to.include(`docker build -t ${image} `);
  });

  it('Docker: what the containers are given', async () => {
    const guide = read('docker/README.md').replaceAll('\\\n', '');
    const given: Record<string, string> = {
      TAP_BOLT_ECI_API_TOKEN: 'simulated-token',
      TAP_BOLT_ECI_API_TOKEN_NAME: 'simulator',
    };
    const runs = [...guide.matchAll(/^docker run (.*?) bolt-eci-tap\S*:\S+ (.*--config.*)$/gm)];
    expect(runs).to.have.length(2);
    for (const [, flags = '', args = ''] of runs) {
      const names = [...flags.matchAll(/-e (\w+)/g)].map(([, name = '']) => name);
      const env = Object.fromEntries(names.map((name) => [name, given[name] ?? '']));
      const line = inRoot(args.replace('/target.json', at('etc/target.json')));
      await sh(`bolt-eci-tap ${line}`, { ...env, TAP_BOLT_ECI_CACHE_DIR: at('state/cache') });
    }
    expect(loaded()).to.include.members(['jobs', ...FEEDS]);
  });

  it('Airflow: the tasks of the DAGs, with the connection of the guide', async function () {
    if (spawnSync('python3', ['--version']).status !== 0) return this.skip();
    const acme = tasks().filter(({ env }) => /acme/.test(env['TAP_BOLT_ECI_CACHE_DIR'] ?? ''));
    const guide = read('airflow/README.md');
    const connection: Record<string, string> = {
      password: found(guide, /--conn-password (\w+)/).replace('TOKEN', 'simulated-token'),
      login: found(guide, /--conn-login (\w+)/).replace('TOKEN_NAME', 'simulator'),
    };
    for (const folder of ['acme', 'bestbuild', 'metrics']) mkdirSync(at('state', folder));
    const loads: string[][] = [];
    for (const task of acme) {
      const env: Record<string, string> = {};
      for (const [name, value] of Object.entries(task.env)) {
        env[name] = data(value).replace(
          /^\{\{ conn\.bolt_acme\.(\w+) \}\}$/,
          (_, field: string) => connection[field] ?? '',
        );
      }
      await sh(inRoot(data(task.bash_command)), env);
      loads.push(loaded());
      rmSync(at('rows.jsonl'));
    }
    expect(loads.map((streams) => new Set(streams))).to.have.deep.members([
      new Set(TABLES),
      new Set(EVENTS),
    ]);
    return undefined;
  });

  it('Airflow: no two tasks write the same metrics, and none is tried again', function () {
    if (spawnSync('python3', ['--version']).status !== 0) return this.skip();
    const all = tasks();
    expect(all).to.have.length(4);
    const names = all.map(({ env }) => env['TAP_BOLT_ECI_METRICS_FILE']!.split('/').at(-1));
    expect(new Set(names).size).to.equal(4);
    expect(all.map(({ retries }) => retries)).to.deep.equal([0, 0, 0, 0]);
    return undefined;
  });

  interface Task {
    readonly bash_command: string;
    readonly env: Readonly<Record<string, string>>;
    readonly retries: number;
  }

  const data = (text: string): string => text.replaceAll('/var/lib/bolt-eci-tap', at('state'));

  /** The tasks as the DAG file declares them to Airflow, which is not installed here. */
  function tasks(): Task[] {
    const script = `
import json, sys, types

tasks, current = [], []

class DAG:
    def __init__(self, **options): self.retries = options["default_args"]["retries"]
    def __enter__(self): current.append(self)
    def __exit__(self, *_): current.pop()

class BashOperator:
    def __init__(self, bash_command, env, **_):
        tasks.append({"bash_command": bash_command, "env": env, "retries": current[-1].retries})

for name in ("airflow", "airflow.sdk", "airflow.providers", "airflow.providers.standard",
             "airflow.providers.standard.operators", "airflow.providers.standard.operators.bash"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["airflow.sdk"].DAG = DAG
sys.modules["airflow.providers.standard.operators.bash"].BashOperator = BashOperator
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"))
print(json.dumps(tasks))
`;
    const { status, stdout, stderr } = spawnSync(
      'python3',
      ['-c', script, inProject('deploy/airflow/bolt_eci_tap.py')],
      { encoding: 'utf8' },
    );
    expect(status, stderr).to.equal(0);
    return JSON.parse(stdout);
  }
});
