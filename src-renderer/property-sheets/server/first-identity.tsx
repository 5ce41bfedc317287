/** Address and port of the first identity: all that most servers have. */
import { Field, Input, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import type { Binding } from '../../../src-main/api/contract';
import { useSuggestions } from '../../client';
import { ChoiceInput } from '../../ui/choice-input';
import { parseNumber, useFieldText } from '../field-text';
import { useSetting } from '../sheet-context';

export const allUnassigned = '(All Unassigned)';

const useStyles = makeStyles({
  pair: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) 140px',
    columnGap: tokens.spacingHorizontalL,
    alignItems: 'start',
  },
  three: { gridTemplateColumns: 'minmax(0, 1fr) 140px auto' },
  // Beneath the label, on the line of the fields.
  beside: {
    display: 'flex',
    alignItems: 'center',
    height: '32px',
    marginBlockStart: `calc(${tokens.lineHeightBase300} + ${tokens.spacingVerticalXXS} * 3)`,
  },
  narrow: { minWidth: 0, '& input': { minWidth: 0 } },
});

export interface PairFieldsProps {
  readonly pair: Binding;
  readonly onChange: (pair: Binding) => void;
  readonly onLeave: () => void;
  readonly addressFault: string | undefined;
  readonly portFault: string | undefined;
  readonly isReadOnly?: boolean;
  /** Stands beside the fields. */
  readonly children?: ReactNode;
}

const told = (fault: string | undefined) =>
  fault === undefined ? {} : { validationState: 'error' as const, validationMessage: fault };

const addressForm = {
  parse: (text: string) => (text === allUnassigned ? '' : text.trim()),
  format: (address: string) => (address === '' ? allUnassigned : address),
  isSame: (one: string, other: string) => one === other,
};

/** A port that is no number is kept as typed, for the schema to refuse. */
export function PairFields({
  pair,
  onChange,
  onLeave,
  addressFault,
  portFault,
  isReadOnly = false,
  children,
}: PairFieldsProps): ReactElement {
  const styles = useStyles();
  const addresses = useSuggestions().data?.addresses ?? [];
  const [port, setPort] = useFieldText<unknown>(pair.port, {
    parse: parseNumber,
    format: String,
    isSame: Object.is,
  });
  // Whoever empties the field to type another address types into an empty one.
  const [address, setAddress] = useFieldText(pair.address, addressForm);
  const take = (text: string): void => {
    setAddress(text);
    onChange({ ...pair, address: addressForm.parse(text) });
  };
  return (
    <div className={mergeClasses(styles.pair, children !== undefined && styles.three)}>
      <Field label="IP address" {...told(addressFault)}>
        <ChoiceInput
          value={address}
          placeholder={allUnassigned}
          choices={[allUnassigned, ...addresses]}
          onValue={take}
          onBlur={onLeave}
          disabled={isReadOnly}
        />
      </Field>
      <Field label="TCP port" {...told(portFault)}>
        <Input
          className={styles.narrow}
          inputMode="numeric"
          value={port}
          disabled={isReadOnly}
          onChange={(_, data) => {
            setPort(data.value);
            onChange({ ...pair, port: parseNumber(data.value) as number });
          }}
          onBlur={onLeave}
        />
      </Field>
      {children !== undefined && <div className={styles.beside}>{children}</div>}
    </div>
  );
}

export function FirstIdentity({ children }: { readonly children: ReactNode }): ReactElement | null {
  const { value, set, leave, faults, isReadOnly } = useSetting('bindings');
  const [first, ...others] = value as readonly Binding[];
  if (first === undefined) return null;
  const port = faults.find((fault) => fault.path === 'bindings.0.port');
  // What is wrong with the pair as a whole, or with another one, is told at the wide field.
  const address = faults.find((fault) => fault !== port);
  return (
    <PairFields
      pair={first}
      onChange={(pair) => set([pair, ...others])}
      onLeave={leave}
      addressFault={address?.reason}
      portFault={port?.reason}
      isReadOnly={isReadOnly}
    >
      {children}
    </PairFields>
  );
}
