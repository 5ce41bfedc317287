/** LDAP messages byte by byte (RFC 4511), for servers of the tests that do not keep to it. */

export function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const header = Buffer.alloc(6);
  header.writeUInt8(tag, 0);
  header.writeUInt8(0x84, 1);
  header.writeUInt32BE(length, 2);
  return Buffer.concat([header, content]);
}

const text = (value: string): Buffer => element(0x04, Buffer.from(value));

export const message = (id: number, ...parts: readonly Buffer[]): Buffer =>
  element(0x30, element(0x02, Buffer.from([id])), ...parts);

/** @param attributes member names are attribute names; `__proto__x` stands for "__proto__" */
export const answerEntry = (
  id: number,
  name: string,
  attributes: Readonly<Record<string, readonly string[]>>,
): Buffer =>
  message(
    id,
    element(
      0x64,
      text(name),
      element(
        0x30,
        ...Object.entries(attributes).map(([attribute, values]) =>
          element(
            0x30,
            text(attribute === '__proto__x' ? '__proto__' : attribute),
            element(0x31, ...values.map(text)),
          ),
        ),
      ),
    ),
  );

const result = (id: number, tag: number, code: number, words = ''): Buffer =>
  message(id, element(tag, element(0x0a, Buffer.from([code])), text(''), text(words)));

export const answerEnd = (id: number, code = 0, words = ''): Buffer => result(id, 0x65, code, words);
export const answerBind = (id: number, code = 0, words = ''): Buffer => result(id, 0x61, code, words);
