/** Log-ins that the system's GSSAPI library judges. */
import { Problem } from '../engine/core/problem';
import type { SecurityPackage } from '../engine/core/security-package';

export function createGssapi(): SecurityPackage {
  return {
    isUsable: () => false,
    accept: () => {
      throw new Problem('unavailable', 'Kerberos is not available on this computer.');
    },
  };
}
