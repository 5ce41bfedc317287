/** How a message came, in words. */
import type { MessageSource } from './envelope';

/** "SMTP from 192.0.2.7" */
export function describeSource(source: MessageSource): string {
  switch (source.kind) {
    case 'smtp':
      return `SMTP from ${source.peer}`;
    case 'pickup':
      return `Pickup file ${source.file}`;
    case 'notification':
      return `Notification about ${source.about}`;
    case 'resend':
      return `Sent again by ${source.by}`;
    case 'test':
      return 'Test message';
  }
}
