/** The settings of a first run: one virtual server with everything at its installed default. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isDomainName } from '../engine/core/address';
import type { Endpoint, SettingsInput } from './schema';

/** This computer's name as a domain name; "localhost" when it has none that is usable. */
export function suggestFullyQualifiedDomainName(name: string = hostname()): string {
  return isDomainName(name) ? name.toLowerCase() : 'localhost';
}

/** "Default SMTP Virtual Server" with its mailroot below the data folder. */
export function createFirstDocument(facts: {
  readonly dataFolder: string;
  readonly fqdn: string;
  /** Undefined: port 25 on all unassigned addresses. */
  readonly binding?: Endpoint | undefined;
}): SettingsInput {
  return {
    version: 1,
    servers: [
      {
        id: 1,
        name: 'Default SMTP Virtual Server',
        bindings: [facts.binding ?? { address: '', port: 25 }],
        homeDirectory: join(facts.dataFolder, 'mailroot'),
        domains: [{ type: 'default', name: facts.fqdn }],
      },
    ],
  };
}
