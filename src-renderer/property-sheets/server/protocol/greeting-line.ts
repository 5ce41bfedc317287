/** The line that a client is greeted with, as the service writes it. Pure. */

export interface GreetingFacts {
  readonly fqdn: string;
  /** '' is the usual one. */
  readonly greeting: string;
  readonly version: string;
  readonly now: Date;
}

export function greetingLine({ fqdn, greeting, version, now }: GreetingFacts): string {
  if (greeting !== '') return `220 ${fqdn} ${greeting}`;
  return `220 ${fqdn} Mailroot ESMTP MAIL Service, Version: ${version} ready at  ${mailDate(now)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** "Wed, 12 Mar 2008 10:00:00 +0100" (RFC 5322 section 3.3) */
function mailDate(date: Date): string {
  const [day = '', month = '', , year = ''] = date.toString().split(' ');
  const zone = /GMT([+-]\d{4})/.exec(date.toString())?.[1] ?? '+0000';
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day}, ${date.getDate()} ${month} ${year} ${time} ${zone}`;
}
