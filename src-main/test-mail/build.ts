/**
 * The content of a test message, as a mail program would write it.
 *
 * Promises: plain ASCII with short lines whatever was typed; nothing typed starts a header line of its own; no file and no
 *   address is ever read for it. Trusts: sizes that the contract bounded.
 * Fails: with Problem 'invalid' for a header field that the message writes itself.
 */
import MailComposer from 'nodemailer/lib/mail-composer';
import { Problem } from '../engine/core/problem';

export interface TestMailForm {
  /** '' is the null reverse-path. */
  readonly from: string;
  readonly to: readonly string[];
  readonly cc?: readonly string[] | undefined;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
  readonly headers?: readonly { readonly name: string; readonly value: string }[] | undefined;
  readonly attachments?:
    | readonly { readonly name: string; readonly type: string; readonly contentBase64: string }[]
    | undefined;
}

/** Written from the rest of the form; two of them would be a broken message. */
const ownFields = /^(?:from|to|cc|bcc|subject|mime-version|content-.*)$/i;

const oneLine = (value: string): string => value.replace(/[\u0000-\u001f\u007f]+/g, ' ');

/** Builds the message, with a Date and a Message-ID of its own where the form has none. */
export async function buildTestMail(form: TestMailForm): Promise<Uint8Array> {
  for (const [index, { name }] of (form.headers ?? []).entries())
    if (ownFields.test(name))
      throw new Problem('invalid', `${name} is written from the form itself.`, `headers.${index}`);
  const composer = new MailComposer({
    from: form.from === '' ? { name: 'Mailroot', address: 'postmaster@localhost' } : mailbox(form.from),
    to: form.to.map(mailbox),
    ...(form.cc && form.cc.length > 0 ? { cc: form.cc.map(mailbox) } : {}),
    subject: oneLine(form.subject),
    text: form.text.replace(/\r\n?|\n/g, '\r\n'),
    textEncoding: 'base64',
    ...(form.html === undefined || form.html === '' ? {} : { html: form.html }),
    headers: (form.headers ?? []).map(({ name, value }) => ({ key: name, value: oneLine(value) })),
    attachments: (form.attachments ?? []).map(({ name, type, contentBase64 }) => ({
      filename: oneLine(name),
      contentType: /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream',
      content: Buffer.from(contentBase64, 'base64'),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

const mailbox = (address: string) => ({ name: '', address: oneLine(address) });
