/** Plausible virtual servers, messages and sessions for an engine that only remembers. */
import {
  type MessageRow,
  type QueueRow,
  type ServerSettings,
  type SessionRow,
  serverSettings,
} from '../../src-main/api/contract';

export const computerName = 'WORKSTATION-7';
export const minuteMs = 60_000;

export const makeServer = (settings: Record<string, unknown>): ServerSettings =>
  serverSettings.parse({ bindings: [{ address: '', port: 25 }], ...settings });

export function makeServers(): ServerSettings[] {
  return [
    makeServer({
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [{ address: '', port: 2525 }],
      homeDirectory: '/var/lib/mailroot/mailroot',
      relayList: ['127.0.0.1', '10.0.4.0/24'],
      smartHost: 'smtp.office365.com',
      domains: [
        { type: 'default', name: 'workstation-7.corp.test' },
        { type: 'alias', name: 'corp.test' },
        { type: 'remote', name: '*.branch.test', smartHost: '[10.0.4.25]', port: 587, isRelayAllowed: true },
      ],
    }),
    makeServer({
      id: 2,
      name: 'Scanners',
      bindings: [{ address: '10.0.4.7', port: 25 }],
      homeDirectory: '/srv/scanners',
      domains: [{ type: 'default', name: 'scan.corp.test' }],
    }),
    makeServer({
      id: 3,
      name: 'Test lab',
      bindings: [
        { address: '10.0.4.8', port: 25 },
        { address: '::1', port: 2526 },
      ],
      homeDirectory: '/srv/lab',
      relayMode: 'except',
      domains: [{ type: 'default', name: 'lab.test' }],
    }),
  ];
}

export const hexId = (number: number): string => number.toString(16).padStart(24, '0');
const subjects = [
  'Daily report',
  'Scan_0042',
  'Invoice 2026-1187',
  'Backup finished',
  'Your ticket was updated',
];
const senders = [
  'app@line.test',
  'hp-4250@print.test',
  'erp@corp.test',
  'backup@corp.test',
  'desk@help.test',
];

export function makeMessages(count: number, now: number): MessageRow[] {
  return Array.from({ length: count }, (_, index) => ({
    id: hexId(100_000 - index),
    receivedAt: now - index * 97_000,
    sizeBytes: 1800 + ((index * 7919) % 90_000),
    from: senders[index % senders.length] ?? '',
    subject: subjects[index % subjects.length] ?? '',
    sender: senders[index % senders.length] ?? '',
    recipients: index % 3 === 0 ? ['ann@corp.test', 'ben@corp.test'] : ['ann@corp.test'],
    hasAttachments: index % 4 === 1,
  }));
}

export function makeQueue(now: number): QueueRow[] {
  return Array.from({ length: 12 }, (_, index) => ({
    queueId: hexId(500 + index),
    arrivedAt: now - (4 + index * 9) * minuteMs,
    sender: senders[index % senders.length] ?? '',
    subject: subjects[index % subjects.length] ?? '',
    sizeBytes: 5200 + index * 311,
    source: index % 2 === 0 ? 'smtp' : 'pickup',
    recipients: [
      {
        address: `user${index}@partner.test`,
        attempts: 1,
        nextAttemptAt: now + (index + 2) * minuteMs,
        last: {
          at: now - minuteMs,
          status: { code: 421, enhanced: '4.4.1', text: 'Connection timed out' },
          remote: { name: 'mx1.partner.test', address: '192.0.2.25', port: 25 },
        },
        route: 'Smart host smtp.office365.com:25',
      },
    ],
    isActive: index === 0,
  }));
}

export const makeSessions = (now: number): SessionRow[] => [
  {
    id: 's1',
    user: 'erp.corp.test',
    from: '10.0.4.21',
    connectedAt: now - 261_000,
    command: 'DATA',
    messageCount: 14,
    receivedBytes: 482_113,
    localPort: 25,
  },
];
