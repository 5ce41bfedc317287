/**
 * Stands in for Postfix's smtp-sink where that is not installed: takes every message, throws it away and prints
 * its count in the form that smtp-sink has.
 */
import { writeSync } from 'node:fs';
import { createServer } from 'node:net';

const [host, port] = process.argv.find((word) => /^[\d.]+:\d+$/.test(word)).split(':');
const contentEnd = Buffer.from('\r\n.\r\n');
let sessions = 0;
let messages = 0;

createServer((socket) => {
  sessions++;
  socket.setNoDelay(true);
  let held = Buffer.alloc(0);
  let isReadingContent = false;
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    for (;;) {
      const end = held.indexOf(isReadingContent ? contentEnd : '\r\n');
      if (end < 0) return;
      const verb = isReadingContent ? '.' : held.toString('latin1', 0, 4).toUpperCase();
      held = held.subarray(end + (isReadingContent ? contentEnd.length : 2));
      isReadingContent = verb === 'DATA';
      if (verb === '.') writeSync(1, `sess=${sessions} quit=0 mesg=${++messages}\r`);
      socket.write(verb === 'DATA' ? '354 go on\r\n' : verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
      if (verb === 'QUIT') socket.end();
    }
  });
  socket.write('220 sink.test ESMTP\r\n');
}).listen(Number(port), host);
