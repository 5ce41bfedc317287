/** Controls bound to a setting by its name: label, help, unit and limits come from the schema. */
import {
  Checkbox,
  Field,
  Input,
  Label,
  makeStyles,
  mergeClasses,
  Select,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { ErrorCircleFilled } from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useId, useState } from 'react';
import { usePickFolder } from '../client';
import { FolderInput } from '../ui/folder-input';
import { parseLines, parseNumber, spanUnits, unitOf, useFieldText } from './field-text';
import { useSetting } from './sheet-context';

const useStyles = makeStyles({
  row: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 344px) 104px auto',
    columnGap: tokens.spacingHorizontalM,
    alignItems: 'center',
    minHeight: '32px',
  },
  number: { minWidth: 0, '& input': { textAlign: 'right', fontVariantNumeric: 'tabular-nums', minWidth: 0 } },
  unit: { color: tokens.colorNeutralForeground2 },
  unitSelect: { maxWidth: '110px' },
  below: { gridColumnStart: 1, gridColumnEnd: -1 },
  fault: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorPaletteRedForeground1,
    fontSize: tokens.fontSizeBase200,
  },
  hint: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  checkbox: { marginInlineStart: '-8px' },
  underCheck: { paddingInlineStart: '25px' },
  nearCheck: { marginBlockStart: '-6px' },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

export interface SettingProps {
  readonly name: string;
  /** Default: the schema's title. */
  readonly label?: string;
  /** Help below the field. Default: the schema's text; false: none. */
  readonly hint?: string | false;
  /** Why it cannot be used now. */
  readonly reasonAgainst?: string | undefined;
}

const numberForm = { parse: parseNumber, format: String, isSame: Object.is };

/** Label, number, unit: one line each, all aligned. */
export function NumberSetting({ name, label, hint, reasonAgainst }: SettingProps): ReactElement {
  const styles = useStyles();
  const id = useId();
  const setting = useSetting(name);
  const { facts } = setting;
  return (
    <div className={styles.row}>
      <Label htmlFor={id}>{label ?? facts.title}</Label>
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
    <div className={styles.row}>
      <Checkbox className={styles.checkbox} label={label ?? facts.title} checked={isOn} onChange={toggle} />
      <NumberInput
        id={id}
        name={name}
        isDisabled={!isOn}
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
const withoutEmpty = (text: string): string => text.replace(/ Empty: no limit\.$/, '');

interface NumberInputProps {
  readonly id: string;
  readonly name: string;
  readonly isDisabled: boolean;
  readonly hasHint: boolean;
  readonly ariaLabel?: string;
}

function NumberInput({ id, name, isDisabled, hasHint, ariaLabel }: NumberInputProps): ReactElement {
  const styles = useStyles();
  const { value, set, leave, fault } = useSetting(name);
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
      disabled={isDisabled}
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
  const { value, set, leave, fault, facts } = useSetting(name);
  const [unit, setUnit] = useState(() => unitOf(value));
  const [text, setText] = useFieldText<unknown>(value, {
    parse: (typed) => inMinutes(parseNumber(typed), unit.minutes),
    format: (each) =>
      typeof each === 'number' ? String(Number((each / unit.minutes).toFixed(4))) : String(each),
    isSame: Object.is,
  });
  const title = label ?? facts.title;
  return (
    <div className={styles.row}>
      <Label htmlFor={id} title={facts.text}>
        {title}
      </Label>
      <Input
        id={id}
        className={styles.number}
        inputMode="decimal"
        value={text}
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

interface BelowProps {
  readonly id: string;
  readonly fault: string | undefined;
  readonly hint: ReactNode;
  readonly isUnderCheck?: boolean;
}

function Below({ id, fault, hint, isUnderCheck = false }: BelowProps): ReactElement | null {
  const styles = useStyles();
  if (fault === undefined && (hint === undefined || hint === '')) return null;
  return (
    <div id={`${id}-below`} className={mergeClasses(styles.below, isUnderCheck && styles.underCheck)}>
      {fault === undefined ? (
        <span className={styles.hint}>{hint}</span>
      ) : (
        <span className={styles.fault} role="alert">
          <ErrorCircleFilled aria-hidden />
          {fault}
        </span>
      )}
    </div>
  );
}

/** Properties of a Field for a setting. */
const fieldOf = (fault: string | undefined, hint: string | false | undefined) => ({
  ...(hint === false || hint === undefined || hint === '' ? {} : { hint }),
  ...(fault === undefined ? {} : { validationState: 'error' as const, validationMessage: fault }),
});

export function TextSetting(props: SettingProps & { readonly placeholder?: string }): ReactElement {
  const { name, label, hint, reasonAgainst, placeholder } = props;
  const { value, set, leave, fault, facts } = useSetting(name);
  return (
    <Field label={label ?? facts.title} {...fieldOf(fault, reasonAgainst ?? hint ?? facts.text)}>
      <Input
        value={String(value ?? '')}
        disabled={reasonAgainst !== undefined}
        {...(placeholder === undefined ? {} : { placeholder })}
        onChange={(_, data) => set(data.value)}
        onBlur={(event) => {
          if (event.target.value !== event.target.value.trim()) set(event.target.value.trim());
          leave();
        }}
      />
    </Field>
  );
}

/** `placeholder` is the folder that an empty field means. */
export function FolderSetting({
  name,
  label,
  hint,
  placeholder,
}: SettingProps & { readonly placeholder?: string }): ReactElement {
  const { value, set, leave, fault, facts } = useSetting(name);
  const browse = usePickFolder();
  return (
    <Field label={label ?? facts.title} {...fieldOf(fault, hint ?? facts.text)}>
      <FolderInput
        value={String(value ?? '')}
        onValue={set}
        onBlur={leave}
        browse={browse}
        {...(placeholder === undefined ? {} : { placeholder })}
      />
    </Field>
  );
}

export function CheckSetting({ name, label, hint, reasonAgainst }: SettingProps): ReactElement {
  const styles = useStyles();
  const id = useId();
  const { value, set, fault, facts } = useSetting(name);
  return (
    <div>
      <Checkbox
        className={styles.checkbox}
        label={label ?? facts.title}
        checked={value === true}
        disabled={reasonAgainst !== undefined && value !== true}
        aria-describedby={`${id}-below`}
        onChange={(_, data) => set(data.checked === true)}
      />
      <Below
        id={id}
        fault={fault}
        hint={hint === false ? undefined : (reasonAgainst ?? hint ?? facts.text)}
        isUnderCheck
      />
    </div>
  );
}

const linesForm = {
  parse: parseLines,
  format: (lines: string[]) => lines.join('\n'),
  isSame: (one: string[], other: string[]) => one.join('\n') === other.join('\n'),
};

/** One entry a line. */
export function LinesSetting({
  name,
  label,
  hint,
  rows,
  placeholder,
}: SettingProps & { readonly rows: number; readonly placeholder?: string }): ReactElement {
  const styles = useStyles();
  const { value, set, leave, faults, facts } = useSetting(name);
  const [text, setText] = useFieldText(Array.isArray(value) ? (value as string[]) : [], linesForm);
  const [fault] = faults;
  const line = Number(fault?.path.split('.')[1]);
  const reason = fault && (Number.isNaN(line) ? fault.reason : `Line ${line + 1}: ${fault.reason}`);
  return (
    <Field label={label ?? facts.title} {...fieldOf(reason, hint ?? facts.text)}>
      <Textarea
        rows={rows}
        resize="vertical"
        textarea={{ className: styles.code, spellCheck: false }}
        value={text}
        {...(placeholder === undefined ? {} : { placeholder })}
        onChange={(_, data) => {
          setText(data.value);
          set(parseLines(data.value));
        }}
        onBlur={leave}
      />
    </Field>
  );
}
