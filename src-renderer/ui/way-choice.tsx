/**
 * Which way mail goes in place of what the settings say: radio buttons, and a field where one needs a name. Knows
 * nothing of what is sent.
 */
import { Field, Input, makeStyles, Radio, RadioGroup, SpinButton, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { ChoiceInput } from './choice-input';

/** As it is filled in: everything stays while another kind is looked at. */
export interface WayDraft {
  readonly kind: 'settings' | 'smart-host' | 'remote-domain' | 'mx' | 'drop' | 'host';
  readonly name: string;
  readonly host: string;
  readonly port: string;
}

export const emptyWay: WayDraft = { kind: 'settings', name: '', host: '', port: '25' };

export type Way =
  | { readonly kind: 'smart-host' | 'mx' | 'drop' }
  | { readonly kind: 'remote-domain'; readonly name: string }
  | { readonly kind: 'host'; readonly host: string; readonly port: number };

export interface WayFault {
  readonly field: 'name' | 'host' | 'port';
  readonly text: string;
}

/** What is wrong with it; undefined: nothing. Pure. */
export function checkWay({ kind, name, host, port }: WayDraft): WayFault | undefined {
  if (kind === 'remote-domain' && name.trim() === '')
    return { field: 'name', text: 'Enter the name of a remote domain.' };
  if (kind !== 'host') return undefined;
  if (host.trim() === '' || /\s/.test(host.trim()))
    return { field: 'host', text: 'Enter the name or address of a host.' };
  const number = Number(port);
  return Number.isInteger(number) && number >= 1 && number <= 65_535
    ? undefined
    : { field: 'port', text: 'Enter a port from 1 to 65535.' };
}

/** As the engine takes it; null is by the settings. Of a draft without a fault. */
export function wayOf({ kind, name, host, port }: WayDraft): Way | null {
  switch (kind) {
    case 'settings':
      return null;
    case 'remote-domain':
      return { kind, name: name.trim() };
    case 'host':
      return { kind, host: host.trim(), port: Number(port) };
    default:
      return { kind };
  }
}

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  more: { display: 'flex', gap: tokens.spacingHorizontalM, alignItems: 'flex-start', paddingLeft: '28px' },
  grow: { flexGrow: 1, minWidth: 0 },
  port: { width: '96px' },
});

export interface WayChoiceProps {
  readonly way: WayDraft;
  readonly onWay: (way: WayDraft) => void;
  /** Names of the remote domains, to choose from. */
  readonly remoteDomains: readonly string[];
  /** Shown once the form was sent. */
  readonly fault: WayFault | undefined;
  readonly label?: string;
}

const kinds = [
  ['settings', 'As the settings say'],
  ['smart-host', 'To the smart host of this virtual server'],
  ['mx', 'By DNS, to the host of the recipient’s domain'],
  ['remote-domain', 'By the route of a remote domain'],
  ['host', 'To a host'],
  ['drop', 'Into Drop'],
] as const;

export function WayChoice({ way, onWay, remoteDomains, fault, label = 'Way' }: WayChoiceProps): ReactElement {
  const styles = useStyles();
  const told = (field: WayFault['field']) =>
    fault?.field === field ? { validationState: 'error' as const, validationMessage: fault.text } : {};
  return (
    <div className={styles.root}>
      <Field label={label}>
        <RadioGroup
          value={way.kind}
          onChange={(_, data) => {
            const kind = kinds.find(([each]) => each === data.value)?.[0];
            if (kind !== undefined) onWay({ ...way, kind });
          }}
        >
          {kinds.map(([kind, title]) => (
            <Radio key={kind} value={kind} label={title} />
          ))}
        </RadioGroup>
      </Field>
      {way.kind === 'remote-domain' && (
        <div className={styles.more}>
          <Field label="Remote domain" required className={styles.grow} {...told('name')}>
            <ChoiceInput
              value={way.name}
              choices={remoteDomains}
              onValue={(name) => onWay({ ...way, name })}
            />
          </Field>
        </div>
      )}
      {way.kind === 'host' && (
        <div className={styles.more}>
          <Field label="Host" required className={styles.grow} {...told('host')}>
            <Input
              value={way.host}
              maxLength={255}
              onChange={(_, data) => onWay({ ...way, host: data.value })}
            />
          </Field>
          <Field label="Port" required className={styles.port} {...told('port')}>
            <SpinButton
              min={1}
              max={65_535}
              value={Number(way.port) || null}
              displayValue={way.port}
              onChange={(_, data) =>
                onWay({ ...way, port: data.displayValue ?? (data.value == null ? '' : String(data.value)) })
              }
            />
          </Field>
        </div>
      )}
    </div>
  );
}
