/** How the connection of an attempt was encrypted. */
export interface TlsFacts {
  /** "TLSv1.3" */
  readonly version: string;
  /** IANA name. */
  readonly cipher: string;
  /** Of the host's name, from an authority that is trusted, and within its time. */
  readonly isVerified: boolean;
  /** Why it is not verified, for people: "it expired on 1 March 2026". */
  readonly fault?: string;
  /** What asked for verification, when something did: the route's setting or the domain's policy. */
  readonly policy?: 'route' | 'mta-sts';
}
