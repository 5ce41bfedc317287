/** An inbound session as lists show it. */
export interface SessionInfo {
  readonly id: string;
  /** Account when authenticated, else the HELO/EHLO name, else ''. */
  readonly user: string;
  /** Peer's IP address. */
  readonly from: string;
  readonly connectedAt: number;
  /** Last command seen: '' before the first. */
  readonly command: string;
  readonly messageCount: number;
  readonly receivedBytes: number;
  readonly localPort: number;
}
