/** The envelope that a message without one could have had, from its header. Pure; a suggestion, nothing more. */
import type { MailContent } from './mail-reader';

export interface SuggestedEnvelope {
  /** '' where nothing names one. */
  readonly sender: string;
  readonly recipients: readonly string[];
}

/** Lines that Pickup and Drop write above a message are its envelope; else Return-Path and From, To, Cc and Bcc. */
export function suggestEnvelope(content: MailContent | undefined): SuggestedEnvelope {
  if (content === undefined) return { sender: '', recipients: [] };
  const { summary, fields } = content;
  const addressesIn = (name: string): string[] =>
    fields.fields
      .filter((field) => field.name.toLowerCase() === name)
      .map(({ decoded }) => decoded.trim().replace(/^<|>$/g, ''))
      .filter((address) => address !== '');
  const [sender] = [...addressesIn('x-sender'), ...addressesIn('return-path')];
  const receivers = addressesIn('x-receiver');
  const named = [...summary.to, ...summary.cc, ...summary.bcc].map(({ address }) => address);
  return {
    sender: sender ?? summary.from?.address ?? '',
    recipients: [...new Set(receivers.length > 0 ? receivers : named)].filter((address) => address !== ''),
  };
}
