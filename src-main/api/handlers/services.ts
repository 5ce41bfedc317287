/** What handlers work with; compose.ts fills it. */
import type { CertificateStore } from '../../certificates';
import type { ChangeRecord } from '../../changes';
import type { Engine } from '../../engine/engine';
import type { MailChecks } from '../../mail-checks';
import type { MailIndex } from '../../mail-index';
import type { SignIns } from '../../oauth';
import type { People } from '../../people';
import type { Settings } from '../../settings/schema';
import type { SettingsStore } from '../../settings/store';
import type { TraceReader } from '../../trace';
import type { KeptWarnings } from '../kept-warnings';
import type { LiveFeed } from '../live-feed';

export interface Services {
  readonly engine: Engine;
  readonly settings: SettingsStore;
  /** Validates, writes and applies a change as a whole; rejects with a Problem and changes nothing otherwise. */
  readonly changeSettings: (change: (now: Settings) => unknown) => Promise<Settings>;
  readonly live: LiveFeed;
  readonly trace: TraceReader;
  readonly certificates: CertificateStore;
  readonly signIns: SignIns;
  readonly changes: ChangeRecord;
  readonly version: string;
  readonly host: 'desktop' | 'service';
  readonly dataFolder: string;
  readonly startedAt: number;
  readonly log: (line: string) => void;
  /** Facts about the first run that still need a person. */
  readonly firstRun: FirstRunNote;
  readonly warnings: KeptWarnings;
  /** Why Kerberos log-ins with this key file cannot be completed now; undefined: they can. */
  readonly whyKerberosUnusable: (keytab: string) => string | undefined;
  readonly people: People;
  readonly mailIndex: MailIndex;
  readonly mailChecks: MailChecks;
}

/** "Port 25 could not be used, the first virtual server is on 2525": kept until the port is changed. */
export interface FirstRunNote {
  current(): { readonly serverId: number; readonly reason: string } | undefined;
}
