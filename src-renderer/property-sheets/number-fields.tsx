/** Numbers bound to a setting: label, number and unit on one line each, all aligned. */
import { Checkbox, Input, Label, makeStyles, Select, tokens } from '@fluentui/react-components';
import { type ReactElement, useId, useState } from 'react';
import { Below, SettingLabel, type SettingProps } from './field-parts';
import { parseNumber, spanUnits, unitOf, useFieldText } from './field-text';
import { useSetting } from './sheet-context';

const useStyles = makeStyles({
  row: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 344px) 104px minmax(110px, 1fr)',
    columnGap: tokens.spacingHorizontalM,
    alignItems: 'center',
    minHeight: '32px',
  },
  number: { minWidth: 0, '& input': { textAlign: 'right', fontVariantNumeric: 'tabular-nums', minWidth: 0 } },
  unit: { color: tokens.colorNeutralForeground2 },
  unitSelect: { maxWidth: '110px' },
  checkbox: { marginInlineStart: '-8px' },
});

const numberForm = { parse: parseNumber, format: String, isSame: Object.is };

/** Label, number, unit: one line each, all aligned. */
export function NumberSetting({ name, label, hint, reasonAgainst }: SettingProps): ReactElement {
  const styles = useStyles();
  const id = useId();
  const setting = useSetting(name);
  const { facts } = setting;
  return (
    <div className={styles.row} data-setting={name}>
      <Label htmlFor={id}>
        <SettingLabel name={name} label={label} />
      </Label>
      <NumberInput id={id} name={name} isDisabled={reasonAgainst !== undefined} hasHint={hint !== false} />
      <span className={styles.unit}>{facts.unit}</span>
      <Below
        id={id}
        fault={setting.fault}
        hint={hint === false ? undefined : (reasonAgainst ?? hint ?? facts.text)}
      />
    </div>
  );
}

/** "[x] Limit … to [ 2048 ] KB"; unticked is no limit. */
export interface LimitSettingProps extends SettingProps {
  /** Value when it is ticked and there is no default. */
  readonly proposal?: number;
  /** What unticked means. Default: "no limit". */
  readonly offWord?: string;
}

export function LimitSetting({
  name,
  label,
  hint,
  reasonAgainst,
  proposal,
  offWord = 'no limit',
}: LimitSettingProps): ReactElement {
  const styles = useStyles();
  const id = useId();
  const setting = useSetting(name);
  const { facts } = setting;
  const isOn = setting.value !== null;
  const [last, setLast] = useState<unknown>();
  const toggle = (): void => {
    if (isOn) setLast(setting.value);
    setting.set(isOn ? null : (last ?? proposal ?? facts.defaultValue ?? 1000));
  };
  return (
    <div className={styles.row} data-setting={name}>
      <Checkbox
        className={styles.checkbox}
        label={label ?? facts.title}
        checked={isOn}
        disabled={setting.isReadOnly || reasonAgainst !== undefined}
        onChange={toggle}
      />
      <NumberInput
        id={id}
        name={name}
        isDisabled={!isOn || reasonAgainst !== undefined}
        ariaLabel={`${label ?? facts.title}, value`}
        hasHint={hint !== false}
      />
      <span className={styles.unit}>{isOn ? facts.unit : offWord}</span>
      <Below
        id={id}
        fault={setting.fault}
        hint={hint === false ? undefined : (hint ?? withoutEmpty(facts.text))}
        isUnderCheck
      />
    </div>
  );
}

/** Where a box is unticked nothing is "empty". */
const withoutEmpty = (text: string): string => text.replace(/ Empty: (?:no limit|never)\.$/, '');

interface NumberInputProps {
  readonly id: string;
  readonly name: string;
  readonly isDisabled: boolean;
  readonly hasHint: boolean;
  readonly ariaLabel?: string;
}

function NumberInput({ id, name, isDisabled, hasHint, ariaLabel }: NumberInputProps): ReactElement {
  const styles = useStyles();
  const { value, set, leave, fault, isReadOnly } = useSetting(name);
  const [text, setText] = useFieldText<unknown>(value, {
    ...numberForm,
    format: (each) => (each === null || each === undefined ? '' : String(each)),
  });
  return (
    <Input
      id={id}
      className={styles.number}
      inputMode="decimal"
      value={text}
      disabled={isDisabled || isReadOnly}
      aria-invalid={fault !== undefined}
      {...(ariaLabel === undefined ? {} : { 'aria-label': ariaLabel })}
      {...(fault !== undefined || hasHint ? { 'aria-describedby': `${id}-below` } : {})}
      onChange={(_, data) => {
        setText(data.value);
        set(parseNumber(data.value));
      }}
      onBlur={leave}
    />
  );
}

/** A span of minutes with the unit that suits it. */
export function SpanSetting({ name, label }: SettingProps): ReactElement {
  const styles = useStyles();
  const id = useId();
  const { value, set, leave, fault, facts, isReadOnly } = useSetting(name);
  const [unit, setUnit] = useState(() => unitOf(value));
  const [text, setText] = useFieldText<unknown>(value, {
    parse: (typed) => inMinutes(parseNumber(typed), unit.minutes),
    format: (each) =>
      typeof each === 'number' ? String(Number((each / unit.minutes).toFixed(4))) : String(each),
    isSame: Object.is,
  });
  const title = label ?? facts.title;
  return (
    <div className={styles.row} data-setting={name}>
      <Label htmlFor={id} title={facts.text}>
        {title}
      </Label>
      <Input
        id={id}
        className={styles.number}
        inputMode="decimal"
        value={text}
        disabled={isReadOnly}
        aria-invalid={fault !== undefined}
        {...(fault === undefined ? {} : { 'aria-describedby': `${id}-below` })}
        onChange={(_, data) => {
          setText(data.value);
          set(inMinutes(parseNumber(data.value), unit.minutes));
        }}
        onBlur={leave}
      />
      <Select
        className={styles.unitSelect}
        aria-label={`${title}, unit`}
        value={unit.name}
        disabled={isReadOnly}
        onChange={(_, data) => {
          const chosen = spanUnits.find((each) => each.name === data.value) ?? unit;
          setUnit(chosen);
          set(inMinutes(parseNumber(text), chosen.minutes));
        }}
      >
        {spanUnits.map((each) => (
          <option key={each.name}>{each.name}</option>
        ))}
      </Select>
      <Below id={id} fault={fault} hint={undefined} />
    </div>
  );
}

const inMinutes = (amount: number | string, unitMinutes: number): number | string =>
  typeof amount === 'number' ? Number((amount * unitMinutes).toFixed(6)) : amount;
