/**
 * Stands in for Postfix's smtp-source where that is not installed: sends `-m` messages of `-l` bytes in `-s`
 * sessions at the same time, a new connection for each message or, with `-d`, the same one again and again.
 * Ends with 1 and the server's words at the first reply that is no success.
 */
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: {
    s: { type: 'string', short: 's', default: '1' },
    l: { type: 'string', short: 'l', default: '5120' },
    m: { type: 'string', short: 'm', default: '1' },
    f: { type: 'string', short: 'f' },
    t: { type: 'string', short: 't' },
    d: { type: 'boolean', short: 'd', default: false },
  },
  allowPositionals: true,
});
const [host, port] = positionals[0].split(':');
const line = `${'X'.repeat(78)}\r\n`;
const body = line.repeat(Math.ceil(Number(values.l) / line.length)).slice(0, Number(values.l) - 2);
const content = `From: <${values.f}>\r\nTo: <${values.t}>\r\nSubject: load\r\n\r\n${body}\r\n.\r\n`;
let unsent = Number(values.m);

await Promise.all(Array.from({ length: Number(values.s) }, runSession));

async function runSession() {
  let session;
  while (unsent-- > 0) {
    session ??= await openSession();
    for (const words of [`MAIL FROM:<${values.f}>\r\n`, `RCPT TO:<${values.t}>\r\n`, 'DATA\r\n', content])
      await session.say(words);
    if (values.d) continue;
    await session.say('QUIT\r\n');
    session = undefined;
  }
  await session?.say('QUIT\r\n');
}

async function openSession() {
  const socket = connect(Number(port), host);
  socket.setNoDelay(true);
  let held = '';
  let answer;
  socket.on('error', (error) => fail(error.message));
  socket.on('data', (bytes) => {
    held += bytes;
    const last = /^(\d)\d\d .*\r\n$/m.exec(held);
    if (!last) return;
    if (last[1] > '3') fail(held.trim());
    held = '';
    answer();
  });
  const reply = () => new Promise((resolve) => (answer = resolve));
  await reply();
  const say = (words) => {
    const answered = reply();
    socket.write(words);
    return answered;
  };
  await say('HELO load.test\r\n');
  return { say };
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
