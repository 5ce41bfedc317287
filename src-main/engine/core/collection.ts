/** What asking another host for our mail came to (reference 5.6, client side). Values only. */

export interface CollectionResult {
  /** The host hands its mail over, or has none. */
  readonly isOk: boolean;
  /** For people, with the host's own words. */
  readonly text: string;
}

/** One host of the settings that is asked for mail. */
export interface CollectionState {
  readonly name: string;
  readonly isAsking: boolean;
  readonly askedAt?: number;
  readonly result?: CollectionResult;
  /** Absent: by hand only. */
  readonly nextAskAt?: number;
}
