/** What a person can do about mail that does not arrive, in words that several faults share. Values only. */

export interface PlainWords {
  readonly happened: string;
  readonly advice: string;
}

export const advice = {
  checkAddress: 'Check the address for typing errors, or ask the recipient for the right one.',
  tryLater: 'Send the message again later.',
  askAdministrator: 'Tell the administrator of your mail server, and show this message.',
  askRecipient: 'Reach the recipient another way and show this message to their administrator.',
  sendSmaller: 'Send a smaller message, or share large files in another way.',
  mendDomain:
    'Tell the administrator of your domain: its SPF, DKIM or DMARC records in DNS have to name the server that sent this message.',
  mendLogIn:
    'Tell the administrator of your mail server: user name and password for the next server (Outbound Security) are missing or wrong.',
} as const;
