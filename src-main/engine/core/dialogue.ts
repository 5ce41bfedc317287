/** What the two sides of an SMTP session said, for people. Bounded; credentials are masked. */

export interface DialogueLine {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** 'note' is ours: "Connected to 192.0.2.1:25", "TLS 1.3 begins". */
  readonly side: 'client' | 'server' | 'note';
  readonly text: string;
}
