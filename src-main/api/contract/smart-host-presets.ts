/**
 * What is known of the providers that take mail as a smart host: addresses, ways to log in, limits, and what has to be done
 * over there. Data only; `smart-host-plan.ts` makes settings of it.
 */
import type { OutboundTlsMode } from '../../settings/schema';

export const smartHostMethods = ['oauth2', 'basic', 'anonymous'] as const;
export type SmartHostMethod = (typeof smartHostMethods)[number];

/** One thing that has to be known. */
export interface PresetField {
  readonly key: 'host' | 'port' | 'domain' | 'region' | 'sender';
  readonly title: string;
  readonly text: string;
  readonly example?: string;
  readonly isOptional?: boolean;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

/** How it is logged in, and what that asks for. */
export interface PresetLogin {
  readonly method: SmartHostMethod;
  readonly title: string;
  /** Absent: there is none, or it is always the same. */
  readonly user?: { readonly title: string; readonly text: string; readonly example?: string };
  /** Always this name. */
  readonly fixedUser?: string;
  readonly password?: { readonly title: string; readonly text: string };
  /** Which sign-ins it is for. */
  readonly signIn?: { readonly text: string; readonly provider: 'microsoft' | 'google' };
  /** What has to be done at the provider, in this order, before the steps of the preset. */
  readonly steps?: readonly string[];
}

export interface SmartHostPreset {
  readonly id: string;
  readonly title: string;
  /** What it is for, and its main limit. */
  readonly text: string;
  /** "{region}" and "{domain}" stand for what was entered; "{domain-with-hyphens}" for it with hyphens for dots. */
  readonly host: string;
  readonly port: number;
  readonly tls: OutboundTlsMode;
  /** The first is the one that is proposed. */
  readonly logins: readonly [PresetLogin, ...PresetLogin[]];
  readonly fields: readonly PresetField[];
  /** What has to be done at the provider. */
  readonly steps: readonly string[];
  /** Limit of the provider, kept to by us. */
  readonly maxMessagesPerMinute?: number;
  /** Worth knowing afterwards. */
  readonly notes: readonly string[];
}

const sender = (text: string): PresetField => ({
  key: 'sender',
  title: 'Send as',
  text,
  example: 'scans@example.com',
  isOptional: true,
});
const none: PresetLogin = {
  method: 'anonymous',
  title: 'None: the provider knows this computer by its address',
};
const outlook = '{domain-with-hyphens}.mail.protection.outlook.com';
const ownDomain: PresetField = {
  key: 'domain',
  title: 'Your domain',
  text: 'As Microsoft 365 knows it: the host is made of it. The MX record of the domain names the same host.',
  example: 'example.com',
};
const publicAddress =
  'Find out the public address from which this computer reaches the Internet; it has to be always the same.';
const spf =
  'Add that address to the SPF record of your domain ("ip4:192.0.2.1"), so that the mail is not taken for spam.';

export const smartHostPresets: readonly SmartHostPreset[] = [
  {
    id: 'microsoft-365',
    title: 'Microsoft 365: client submission',
    text: 'Logs in to a mailbox and sends to anybody. At most 30 messages a minute and 10,000 recipients a day.',
    host: 'smtp.office365.com',
    port: 587,
    tls: 'verified',
    logins: [
      {
        method: 'oauth2',
        title: 'OAuth2',
        signIn: { text: 'The OAuth2 sign-in whose mailbox sends.', provider: 'microsoft' },
        steps: [
          'In Microsoft Entra, register an application, and make an OAuth2 sign-in with its client ID here.',
        ],
      },
      {
        method: 'basic',
        title: 'Basic authentication: Microsoft is switching it off',
        user: { title: 'Mailbox', text: 'Its user principal name.', example: 'scans@example.com' },
        password: {
          title: 'Password',
          text: 'Of the mailbox; where it has a second factor, an app password.',
        },
      },
    ],
    fields: [
      sender(
        'Microsoft refuses senders other than the mailbox itself. Enter the mailbox, and all mail comes from it; the sender it had becomes Reply-To. Or give the mailbox the right "Send As" for the others.',
      ),
    ],
    steps: [
      'The mailbox needs a licence with Exchange Online.',
      'In the Microsoft 365 admin center, allow it authenticated SMTP: the user, Mail, Manage email apps.',
      'Security defaults of Microsoft Entra switch authenticated SMTP off for all.',
    ],
    maxMessagesPerMinute: 30,
    notes: ['5.7.60 means that the mailbox may not send as the sender of the message: see Send as.'],
  },
  {
    id: 'microsoft-365-direct',
    title: 'Microsoft 365: direct send',
    text: 'Without a log-in, to mailboxes of your own organization only. For scanners and alerts.',
    host: outlook,
    port: 25,
    tls: 'required',
    logins: [none],
    fields: [ownDomain],
    steps: [
      publicAddress,
      spf,
      'Your Internet provider must let port 25 out.',
      'Your organization must not have "Reject direct send" switched on.',
    ],
    notes: ['Mail to anybody outside of your organization is refused (5.7.64). Use a connector for it.'],
  },
  {
    id: 'microsoft-365-connector',
    title: 'Microsoft 365: connector',
    text: 'Without a log-in, to anybody: an inbound connector knows this computer by its public address.',
    host: outlook,
    port: 25,
    tls: 'required',
    logins: [none],
    fields: [ownDomain],
    steps: [
      publicAddress,
      'In the Exchange admin center, Mail flow, Connectors: add one from "Your organization\'s email server" to Microsoft 365 that identifies it by that address.',
      spf,
      'Your Internet provider must let port 25 out.',
    ],
    notes: [
      'The domain of each sender must be a domain of your organization, or the mail is refused (5.7.64).',
    ],
  },
  {
    id: 'gmail',
    title: 'Gmail or Google Workspace',
    text: 'Logs in to a mailbox and sends to anybody. 500 messages a day with Gmail, 2,000 with Workspace.',
    host: 'smtp.gmail.com',
    port: 587,
    tls: 'verified',
    logins: [
      {
        method: 'basic',
        title: 'App password',
        user: { title: 'Mailbox', text: 'The whole address.', example: 'scans@gmail.com' },
        password: {
          title: 'App password',
          text: '16 letters, from the Google account. Not its own password.',
        },
        steps: [
          'Switch on 2-Step Verification for the Google account.',
          'Make an app password at myaccount.google.com/apppasswords.',
        ],
      },
      {
        method: 'oauth2',
        title: 'OAuth2',
        signIn: { text: 'The OAuth2 sign-in whose mailbox sends.', provider: 'google' },
        steps: [
          'In the Google Cloud console, make an OAuth client of the kind "Desktop app", and an OAuth2 sign-in with its client ID here.',
        ],
      },
    ],
    fields: [],
    steps: [],
    notes: [
      'Google writes the address of the mailbox into the From line, unless it is listed under "Send mail as" there.',
    ],
  },
  {
    id: 'google-relay',
    title: 'Google Workspace: SMTP relay service',
    text: 'For whole organizations: any sender of your domains, to anybody.',
    host: 'smtp-relay.gmail.com',
    port: 587,
    tls: 'verified',
    logins: [
      none,
      {
        method: 'basic',
        title: 'App password',
        user: { title: 'User', text: 'A user of your organization.', example: 'relay@example.com' },
        password: { title: 'App password', text: '16 letters, from the Google account of the user.' },
      },
    ],
    fields: [],
    steps: [
      publicAddress,
      'In the Google Admin console, Apps, Google Workspace, Gmail, Routing: add an SMTP relay service that accepts this address, or asks for a log-in, and that asks for TLS.',
    ],
    notes: [
      'Give the virtual server a fully qualified domain name of your own domain: Google judges the name in HELO.',
    ],
  },
  {
    id: 'amazon-ses',
    title: 'Amazon SES',
    text: 'Logs in with SMTP credentials of one region; senders have to be verified.',
    host: 'email-smtp.{region}.amazonaws.com',
    port: 587,
    tls: 'verified',
    logins: [
      {
        method: 'basic',
        title: 'SMTP credentials',
        user: {
          title: 'SMTP user name',
          text: 'From the SES console. Not an access key.',
          example: 'AKIA...',
        },
        password: {
          title: 'SMTP password',
          text: 'Shown once, when the credentials are made. Not a secret access key.',
        },
      },
    ],
    fields: [
      {
        key: 'region',
        title: 'Region',
        text: 'As in the address of the console. Credentials are good for one region.',
        example: 'eu-central-1',
      },
    ],
    steps: [
      'In the SES console of the region, verify the domain or address that sends.',
      'Ask for production access; before, mail goes to verified addresses only.',
      'SMTP settings, Create SMTP credentials.',
    ],
    notes: [
      '454 "Maximum sending rate exceeded" means that mail waits: limit the messages per minute to your quota.',
    ],
  },
  {
    id: 'sendgrid',
    title: 'SendGrid',
    text: 'Logs in with an API key.',
    host: 'smtp.sendgrid.net',
    port: 587,
    tls: 'verified',
    logins: [
      {
        method: 'basic',
        title: 'API key',
        fixedUser: 'apikey',
        password: { title: 'API key', text: 'It begins with "SG." and needs the right Mail Send.' },
      },
    ],
    fields: [],
    steps: [
      'Settings, Sender Authentication: authenticate your domain, or verify a single sender.',
      'Settings, API Keys: create one with the right Mail Send.',
    ],
    notes: [],
  },
  {
    id: 'mailgun',
    title: 'Mailgun',
    text: 'Logs in with the SMTP credentials of a sending domain.',
    host: '{region}',
    port: 587,
    tls: 'verified',
    logins: [
      {
        method: 'basic',
        title: 'SMTP credentials',
        user: { title: 'User', text: 'Of the sending domain.', example: 'postmaster@mg.example.com' },
        password: { title: 'Password', text: 'Of these SMTP credentials. Not an API key.' },
      },
    ],
    fields: [
      {
        key: 'region',
        title: 'Region',
        text: 'Where the sending domain was made.',
        choices: [
          { value: 'smtp.mailgun.org', label: 'United States' },
          { value: 'smtp.eu.mailgun.org', label: 'European Union' },
        ],
      },
    ],
    steps: [
      'Add your sending domain, with its DNS records.',
      'Domain settings, SMTP credentials: make a user.',
    ],
    notes: [],
  },
  {
    id: 'postmark',
    title: 'Postmark',
    text: 'Logs in with an SMTP token of a message stream.',
    host: 'smtp.postmarkapp.com',
    port: 587,
    tls: 'verified',
    logins: [
      {
        method: 'basic',
        title: 'SMTP token',
        user: { title: 'Access key', text: 'Of an SMTP token of the message stream.' },
        password: { title: 'Secret key', text: 'Shown once, when the SMTP token is made.' },
      },
    ],
    fields: [],
    steps: [
      'Sender Signatures: verify your domain, or the address that sends.',
      'Make a server for this mail, and ask for the approval of the account.',
      'Settings of its message stream: generate an SMTP token.',
    ],
    // A user name is no secret here: it lies in the settings file in clear, and is exported.
    notes: [
      'A server API token, entered as name and password alike, works too; but then it is readable in the settings.',
    ],
  },
  {
    id: 'mailroot',
    title: 'Another Mailroot, or any SMTP server',
    text: 'A relay of your own that has an account for this one.',
    host: '{host}',
    port: 587,
    tls: 'verified',
    logins: [
      {
        method: 'basic',
        title: 'Basic authentication',
        user: { title: 'Account', text: 'An account of the other server.', example: 'branch-office' },
        password: { title: 'Password', text: 'Of this account.' },
      },
      { method: 'anonymous', title: 'None: the other server lets this computer relay by its address' },
    ],
    fields: [
      { key: 'host', title: 'Host', text: 'A name that its certificate has.', example: 'relay.example.com' },
      { key: 'port', title: 'TCP port', text: 'Empty: 587.', example: '587', isOptional: true },
    ],
    steps: [
      'On the other server, make an account, and let it relay: Access, Authentication and Relay.',
      'Give it a certificate that this computer trusts; the connection is not made without.',
    ],
    notes: [],
  },
];
