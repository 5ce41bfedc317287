/** The way that an operator chooses for mail, checked against the settings of the virtual server that sends it. */
import { isIP } from 'node:net';
import { normaliseDomain } from '../../engine/core/address';
import type { ChosenWay } from '../../engine/core/envelope';
import { Problem } from '../../engine/core/problem';
import { type ServerSettings, smartHost } from '../../settings/schema';

/**
 * The way as it is kept. Throws Problem 'invalid' where the settings have no such way today, or a host is none.
 *
 * @param field of the argument, for the refusal
 */
export function readWay(way: ChosenWay, settings: ServerSettings, field = 'way'): ChosenWay {
  switch (way.kind) {
    case 'smart-host':
      if (settings.smartHost === '')
        throw new Problem(
          'invalid',
          'This virtual server has no smart host. Set one, or choose a host.',
          field,
        );
      return way;
    case 'remote-domain': {
      const name = normaliseDomain(way.name);
      const domain = settings.domains.find((known) => normaliseDomain(known.name) === name);
      if (domain?.type !== 'remote')
        throw new Problem('invalid', `There is no remote domain ${way.name}.`, `${field}.name`);
      return { kind: 'remote-domain', name: domain.name };
    }
    case 'host': {
      const host = isIP(way.host) ? `[${way.host}]` : way.host;
      const parsed = smartHost.safeParse(host);
      if (!parsed.success)
        throw new Problem('invalid', parsed.error.issues[0]?.message ?? 'Enter a host.', `${field}.host`);
      return { ...way, host };
    }
    default:
      return way;
  }
}
