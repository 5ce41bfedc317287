/** Runs every conversation of this folder against a real listener. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { applyIntakeDirectives, parseConversation, runConversation } from './conversation';
import { startListener } from './listener-under-test';

const folder = join(import.meta.dirname, 'conversations');
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));

describe('SMTP conversations', () => {
  it.each(files)('%s', async (file) => {
    const conversation = parseConversation(readFileSync(join(folder, file), 'utf8'));
    const server = await startListener(conversation.settings);
    applyIntakeDirectives(server.intake, conversation.intake);
    for (const [domain, count] of conversation.held) server.trigger.held.set(domain, count);
    try {
      await runConversation(conversation, server, await server.connect());
    } finally {
      await server.close();
    }
  });
});
