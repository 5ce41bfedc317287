/** What an outgoing connection tells about itself. */

/** Hears what goes over the wire, as it goes; credentials are masked. */
export interface WireObserver {
  /** False: nobody listens, so nothing needs to be put into words. */
  readonly isListening: boolean;
  command(line: string, bytes: number): void;
  /** Lines joined by "\n". */
  reply(text: string, bytes: number): void;
  /** The whole content with its final dot was handed to the socket. */
  content(bytes: number): void;
  secured(protocol: string, cipher: string, certificate: string): void;
}

/** "AUTH PLAIN ****"; lines without the command are nothing but credentials. */
export const maskCredentials = (line: string): string =>
  line === ''
    ? ''
    : /^AUTH [A-Z0-9-]+$/.test(line)
      ? line
      : `${/^AUTH [A-Z0-9-]+ /.exec(line)?.[0] ?? ''}****`;
