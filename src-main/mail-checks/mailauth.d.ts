/** The parts of mailauth that are used, each from its own file: its main entry would bring HTTP, XML and more along. */
interface MailauthStatus {
  readonly result: string;
  readonly comment?: string;
  readonly aligned?: string | false;
  readonly underSized?: number;
}
type MailauthResolver = (name: string, type: string) => Promise<unknown>;

declare module 'mailauth/lib/dkim/verify.js' {
  export interface DkimSignatureResult {
    readonly id?: string;
    readonly signingDomain?: string;
    readonly selector?: string;
    readonly signature?: string;
    readonly status: MailauthStatus;
    readonly rr?: string;
    readonly canonBodyLengthTotal?: number;
    readonly canonBodyLength?: number;
  }
  export interface DkimVerification {
    readonly headerFrom: readonly string[];
    readonly results: readonly DkimSignatureResult[];
    readonly arc: unknown;
  }
  export function dkimVerify(
    input: Uint8Array,
    options: {
      readonly resolver: MailauthResolver;
      readonly sender?: string;
      readonly minBitLength?: number;
      readonly curTime?: Date;
    },
  ): Promise<DkimVerification>;
}

declare module 'mailauth/lib/spf/index.js' {
  export interface SpfResult {
    readonly domain: string;
    readonly status: MailauthStatus;
    readonly rr?: string;
  }
  export function spf(options: {
    readonly resolver: MailauthResolver;
    readonly sender: string;
    readonly ip: string;
    readonly helo: string;
    readonly mta: string;
  }): Promise<SpfResult>;
}

declare module 'mailauth/lib/dmarc/index.js' {
  export interface DmarcResult {
    readonly status: MailauthStatus;
    readonly domain: string;
    readonly policy?: string;
    readonly error?: string;
  }
  export function dmarc(options: {
    readonly headerFrom: readonly string[];
    readonly spfDomains: readonly string[];
    readonly dkimDomains: readonly {
      readonly id: string | undefined;
      readonly domain: string;
      readonly aligned: unknown;
      readonly underSized: number | undefined;
    }[];
    readonly arcResult: unknown;
    readonly resolver: MailauthResolver;
  }): Promise<DmarcResult | false>;
}

declare module 'mailauth/lib/arc/index.js' {
  export interface ArcResult {
    readonly status: MailauthStatus;
    /** Number of hosts that sealed it. */
    readonly i: number | false;
    readonly signature?: { readonly signingDomain?: string; readonly selector?: string } | false;
    readonly authenticationResults?: {
      readonly mta?: string;
      readonly dmarc?: { readonly result?: string };
      readonly spf?: { readonly result?: string };
    };
  }
  export function arc(
    data: unknown,
    options: { readonly resolver: MailauthResolver; readonly minBitLength?: number },
  ): Promise<ArcResult>;
}
