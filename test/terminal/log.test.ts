import { expect } from 'chai';
import { createLog, type Log, type LogFields } from '#src/terminal/log.js';
import { LOG_LEVELS, type LogFormat, type LogLevel } from '#src/system/log-options.js';

const TOKEN = 'hush+hush/hush=';

function logged(
  say: (log: Log) => void,
  options: { level?: LogLevel; format?: LogFormat; isTerminal?: boolean; secrets?: string[] } = {},
): string[] {
  const { level = 'debug', format = 'text', isTerminal = true, secrets = [] } = options;
  const lines: string[] = [];
  const write = (line: string): unknown => lines.push(line);
  say(createLog({ level, format, isTerminal, secrets, write, now: () => 1_736_164_800_999 }));
  return lines;
}

function all(log: Log): void {
  log.debug('one');
  log.info('two');
  log.warn('RETRY', 'three');
  log.error('INTERNAL', 'four');
}

/** Logs the token at every level, in a message and in fields. */
function logToken(log: Log): void {
  const levels = [
    (text: string, fields: LogFields) => log.debug(text, fields),
    (text: string, fields: LogFields) => log.info(text, fields),
    (text: string, fields: LogFields) => log.warn('RETRY', text, fields),
    (text: string, fields: LogFields) => log.error('INTERNAL', text, fields),
  ];
  for (const say of levels) {
    say(`token=${TOKEN} and ${encodeURIComponent(TOKEN)}`, {
      url: `/?t=${TOKEN}`,
      deep: { list: [TOKEN] },
    });
  }
}

describe('createLog', () => {
  it('starts text lines with the level in capitals', () => {
    expect(logged(all)).to.deep.equal([
      'DEBUG one\n',
      'INFO two\n',
      'WARNING three\n',
      'ERROR four\n',
    ]);
  });

  it('has the time after the level, unless the lines go to a terminal', () => {
    expect(logged((log) => log.warn('RETRY', 'three'), { isTerminal: false })).to.deep.equal([
      'WARNING 2025-01-06T12:00:00Z three\n',
    ]);
  });

  it('omits what is below its level', () => {
    const counts = LOG_LEVELS.map((level) => logged(all, { level }).length);
    expect(counts).to.deep.equal([4, 3, 2, 1]);
  });

  it('puts a message on one line, and no control characters on the terminal', () => {
    expect(logged((log) => log.info('a\r\nERROR b\u001b[31m\u009bc'))).to.deep.equal([
      'INFO a ERROR b [31m c\n',
    ]);
  });

  it('removes characters that would break a line or change its reading direction', () => {
    const controls = [0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069];
    for (const control of controls) {
      const name = `a${String.fromCodePoint(control)}b`;
      expect(
        logged((log) => log.info(name)),
        control.toString(16),
      ).to.deep.equal(['INFO a b\n']);
    }
    const persian = 'می\u200cخواهم';
    expect(logged((log) => log.info(persian))).to.deep.equal([`INFO ${persian}\n`]);
  });

  it("writes json lines with the keys of Meltano's structured logging", () => {
    const [line = '', other = ''] = logged(
      (log) => {
        log.warn('RETRY', 'two\nlines', { stream: 'jobs', wait_ms: 5 });
        log.info('more');
      },
      { format: 'json' },
    );
    expect(line.endsWith('}\n')).to.equal(true);
    expect(line.trimEnd()).not.to.include('\n');
    expect(JSON.parse(line)).to.deep.equal({
      code: 'RETRY',
      level: 'warning',
      ts: 1_736_164_800.999,
      pid: process.pid,
      logger_name: 'bolt-eci-tap',
      thread_name: 'MainThread',
      app_name: 'bolt-eci-tap',
      stream_name: 'jobs',
      extra: { wait_ms: 5 },
      message: 'two\nlines',
    });
    expect(JSON.parse(other))
      .to.include({ level: 'info', message: 'more' })
      .and.not.to.have.property('stream_name');
    const levels = logged(all, { format: 'json' }).map((line) => /"level":"(\w+)"/.exec(line)?.[1]);
    expect(levels).to.deep.equal(LOG_LEVELS);
  });

  it('writes metrics as Singer tools parse them, not on a terminal, and under a key in json', () => {
    const point = {
      type: 'counter',
      metric: 'record_count',
      value: 5,
      tags: { stream: 'jobs' },
    } as const;
    const say = (log: Log): void => log.metric(point);
    expect(logged(say)).to.deep.equal([]);
    expect(logged(say, { isTerminal: false })).to.deep.equal([
      'INFO METRIC: {"type":"counter","metric":"record_count","value":5,"tags":{"stream":"jobs"}}\n',
    ]);
    const [line = ''] = logged(say, { format: 'json' });
    expect(JSON.parse(line)).to.deep.include({
      message: 'METRIC',
      stream_name: 'jobs',
      metric_info: point,
    });
    expect(logged(say, { level: 'warning', isTerminal: false })).to.deep.equal([]);
  });

  it('redacts messages and fields at every level, also URL-encoded secrets', () => {
    for (const format of ['text', 'json'] as const) {
      const lines = logged(logToken, { format, secrets: [TOKEN] });
      expect(lines).to.have.length(4);
      for (const line of lines) {
        expect(line).to.include('token=*** and ***');
        expect(line).not.to.include('hush');
      }
    }
  });

  it('redacts the whole of a secret that contains another', () => {
    expect(logged((log) => log.info('bolt-one'), { secrets: ['bolt', 'bolt-one'] })).to.deep.equal([
      'INFO ***\n',
    ]);
  });

  it('keeps its form, whatever the secrets are', () => {
    const [line = ''] = logged((log) => log.info('a message', { stream: 'jobs' }), {
      format: 'json',
      secrets: ['message', 'level', 'bolt-eci-tap', 'a'],
    });
    expect(JSON.parse(line)).to.include({
      level: 'info',
      app_name: 'bolt-eci-tap',
      message: 'a ***',
    });
  });
});
