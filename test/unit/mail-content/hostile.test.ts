import { describe, expect, it } from 'vitest';
import { mailLimits, readFields, scanMail, summariseMail } from '../../../src-main/mail-content';
import { hostileMails, noLeak } from '../../support/hostile-mail';

describe('the reader over the hostile mails', () => {
  it('there are enough of them, each with a name of its own', () => {
    expect(hostileMails.length).toBeGreaterThan(50);
    expect(new Set(hostileMails.map(({ name }) => name)).size).toBe(hostileMails.length);
  });

  it.each(hostileMails.map((mail) => [mail.name, mail] as const))(
    'stays within its limits: %s',
    (_, { make }) => {
      const bytes = make(noLeak);
      const structure = scanMail(bytes);
      expect(structure.parts.length).toBeLessThanOrEqual(mailLimits.parts);
      expect(structure.parts.at(-1)?.bodyEnd).toBeLessThanOrEqual(bytes.length);
      for (const part of structure.parts.slice(0, 100))
        expect(readFields(bytes, part).fields.length).toBeLessThanOrEqual(mailLimits.fields);
      const mail = summariseMail(bytes, { structure, maxCharacters: 100_000 });
      expect(mail.to.length).toBeLessThanOrEqual(mailLimits.addresses);
      expect((mail.text ?? '').length + (mail.html ?? '').length).toBeLessThanOrEqual(200_000);
      // Plain data: it crosses between threads.
      expect(structuredClone(mail)).toEqual(mail);
    },
  );

  it('an attachment of 100 MB is neither copied nor decoded', () => {
    const bytes = hostileMails
      .find(({ name }) => name === 'attachment of 100 MB')
      ?.make(noLeak) as Uint8Array;
    const before = process.memoryUsage().arrayBuffers;
    const mail = summariseMail(bytes);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
    expect(mail.attachments[0]?.sizeBytes).toBe(57 * 1_344_000);
  });
});
