/** What Mailroot asks of the operating system by native calls. Everything answers "unknown" where it cannot. */
export { createGssapi } from './gssapi';
export { nativeProblem } from './library';
export { type PeerIdentity, peerIdentityOf } from './peer-identity';
export { type SystemAccounts, systemAccounts } from './system-accounts';
