import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environmentName, SETTINGS } from '#src/config/settings.js';
import { ALL_STREAMS } from '#src/streams.js';
import { makeFolder } from '../support/folder.js';
import { ROOT, inProject } from '../support/paths.js';

const read = (path: string): string => readFileSync(inProject(path), 'utf8');

describe('what deploys the tap', () => {
  it('names settings that there are', () => {
    const known: string[] = SETTINGS.map(({ name }) => environmentName(name));
    const files = ['airflow', 'cron', 'docker', 'kubernetes', 'systemd'].flatMap((folder) =>
      readdirSync(join(ROOT, 'deploy', folder)).map((name) => `deploy/${folder}/${name}`),
    );
    const named = ['Dockerfile', ...files].flatMap(
      (file) => read(file).match(/TAP_BOLT_ECI_\w+/g) ?? [],
    );
    expect(named).to.not.be.empty;
    expect(known).to.include.members(named);
  });

  it('names every stream once in the DAGs', () => {
    const dag = read('deploy/airflow/bolt_eci_tap.py');
    const lists = /^EVENTS = ([\s\S]*?)^SCHEDULES/m.exec(dag)?.[1] ?? '';
    const quoted = [...lists.matchAll(/"([^"]*)"/g)].map(([, text]) => text).join(',');
    expect(quoted.match(/[a-z_]+/g)).to.have.members(ALL_STREAMS.map(({ name }) => name));
  });

  it('copies into the image what there is, and the build gets it', () => {
    const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, paths = '']) => paths.split(' '),
    );
    expect(copied).to.include.members(['src', 'schemas', 'bin']);
    for (const path of copied) expect(existsSync(inProject(path)), path).to.equal(true);
    const kept = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
    expect(kept).to.have.members([...new Set(copied)]);
  });

  it('has one Node in all stages, of a major that the tap takes', () => {
    const versions = [...read('Dockerfile').matchAll(/^FROM node:(\d+)\.\d+\.\d+-/gm)].map(
      ([line, major]) => ({
        line: line.replace(/ AS .*/, ''),
        major: Number(major),
      }),
    );
    expect(versions).to.have.length(2);
    expect(new Set(versions.map(({ line }) => line)).size).to.equal(1);
    expect(versions[0]?.major).to.be.at.least(20);
  });
});

describe('run-bolt-eci-tap, for cron', () => {
  let dir: string;
  beforeEach(function () {
    if (process.platform === 'win32') this.skip();
    dir = makeFolder();
    // In the command's place: tells what it was given, a metric, and ends with the code it is told.
    const command =
      '#!/bin/sh\nprintf "<%s>" "$@"\necho\necho "INFO METRIC: {}" >&2\nexit "${CODE:-0}"\n';
    writeFileSync(join(dir, 'bolt-eci-tap'), command, { mode: 0o755 });
  });

  function runs(
    args: string[],
    env: NodeJS.ProcessEnv = {},
  ): { status: number | null; stdout: string; stderr: string } {
    const PATH = `${dir}${delimiter}${process.env['PATH']}`;
    return spawnSync(inProject('deploy/cron/run-bolt-eci-tap'), args, {
      encoding: 'utf8',
      env: {
        PATH,
        LOG_DIR: dir,
        CONFIG_DIR: '/etc/tap',
        STATE_DIR: '/var/tap',
        LOG_MAX_KB: '4',
        ...env,
      },
    });
  }

  it('is silent where all goes well, and logs', () => {
    expect(runs(['tables', 'target-x', '--config', 'a b.json'])).to.include({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect(readFileSync(join(dir, 'tables.log'), 'utf8')).to.equal(
      '<run><--config></etc/tap/tables.json><--state></var/tap/tables.state.json><--><target-x><--config><a b.json>\n' +
        'INFO METRIC: {}\n',
    );
  });

  it('passes the exit code on, with the log of this run but its metrics', () => {
    runs(['tables', 'first']);
    const { status, stdout, stderr } = runs(['tables', 'second'], { CODE: '6' });
    expect(status).to.equal(6);
    expect(stdout).to.equal('');
    expect(stderr).to.contain('run tables ended with code 6').and.contain('<second>');
    expect(stderr).to.not.contain('<first>');
    expect(stderr).to.not.contain('METRIC');
  });

  it('rotates the log and keeps five', () => {
    for (let n = 1; n <= 8; n++) {
      writeFileSync(join(dir, 'tables.log'), `log ${n}${' '.repeat(5000)}`);
      expect(runs(['tables', 'target-x'])).to.include({ status: 0, stderr: '' });
    }
    const logs = readdirSync(dir).filter((name) => name.startsWith('tables.log'));
    expect(logs).to.have.members([
      'tables.log',
      'tables.log.1',
      'tables.log.2',
      'tables.log.3',
      'tables.log.4',
      'tables.log.5',
    ]);
    expect(statSync(join(dir, 'tables.log')).size).to.be.below(1000);
    const kept = [1, 2, 3, 4, 5].map((n) =>
      readFileSync(join(dir, `tables.log.${n}`), 'utf8').trim(),
    );
    expect(kept).to.deep.equal(['log 8', 'log 7', 'log 6', 'log 5', 'log 4']);
  });

  it('says how it is used, and where it cannot log', () => {
    expect(runs(['tables'])).to.include({ status: 2 });
    expect(runs(['tables', 'target-x'], { LOG_DIR: join(dir, 'none') }).status).to.not.equal(0);
  });
});
