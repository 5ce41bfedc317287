/** Controls bound to a setting by its name: label, help, unit and limits come from the schema. */
import {
  Checkbox,
  Field,
  Input,
  makeStyles,
  mergeClasses,
  Radio,
  RadioGroup,
  Select,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, useId, useRef } from 'react';
import { usePickFolder } from '../client';
import { FolderInput } from '../ui/folder-input';
import { Below, fieldOf, SettingLabel, type SettingProps } from './field-parts';
import { parseLines, useFieldText } from './field-text';
import { useSetting } from './sheet-context';

export type { SettingProps } from './field-parts';
export { LimitSetting, NumberSetting, SpanSetting } from './number-fields';

const useStyles = makeStyles({
  checkbox: { marginInlineStart: '-8px' },
  radios: { marginInlineStart: '-8px' },
  columns: { display: 'grid', gridTemplateColumns: 'repeat(2, 1fr)', gridAutoFlow: 'row' },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

export function TextSetting(props: SettingProps & { readonly placeholder?: string }): ReactElement {
  const { name, label, hint, reasonAgainst, placeholder } = props;
  const { value, set, leave, fault, facts, isReadOnly } = useSetting(name);
  // A dialog that opens may move the focus off the field before anybody has seen it.
  const isUsed = useRef(false);
  return (
    <Field
      data-setting={name}
      label={<SettingLabel name={name} label={label} />}
      {...fieldOf(fault, reasonAgainst ?? hint ?? facts.text)}
    >
      <Input
        value={String(value ?? '')}
        disabled={reasonAgainst !== undefined || isReadOnly}
        {...(placeholder === undefined ? {} : { placeholder })}
        onKeyDown={() => {
          isUsed.current = true;
        }}
        onChange={(_, data) => {
          isUsed.current = true;
          set(data.value);
        }}
        onBlur={(event) => {
          if (event.target.value !== event.target.value.trim()) set(event.target.value.trim());
          if (isUsed.current) leave();
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
  const { value, set, leave, fault, facts, isReadOnly } = useSetting(name);
  const browse = usePickFolder();
  return (
    <Field
      data-setting={name}
      label={<SettingLabel name={name} label={label} />}
      {...fieldOf(fault, hint ?? facts.text)}
    >
      <FolderInput
        value={String(value ?? '')}
        onValue={set}
        disabled={isReadOnly}
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
  const { value, set, fault, facts, isReadOnly } = useSetting(name);
  return (
    <div data-setting={name}>
      <Checkbox
        className={styles.checkbox}
        label={<SettingLabel name={name} label={label} />}
        checked={value === true}
        // What is ticked and of no use can be unticked; but not where a whole group is off, which says so itself.
        disabled={isReadOnly || (reasonAgainst !== undefined && (value !== true || reasonAgainst === ''))}
        aria-describedby={`${id}-below`}
        onChange={(_, data) => set(data.checked === true)}
      />
      <Below
        id={id}
        fault={fault}
        hint={reasonAgainst ?? (hint === false ? undefined : (hint ?? facts.text))}
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
  const { value, set, leave, faults, facts, isReadOnly } = useSetting(name);
  const [text, setText] = useFieldText(Array.isArray(value) ? (value as string[]) : [], linesForm);
  const [fault] = faults;
  const line = Number(fault?.path.split('.')[1]);
  const reason = fault && (Number.isNaN(line) ? fault.reason : `Line ${line + 1}: ${fault.reason}`);
  return (
    <Field
      data-setting={name}
      label={<SettingLabel name={name} label={label} />}
      {...fieldOf(reason, hint ?? facts.text)}
    >
      <Textarea
        rows={rows}
        disabled={isReadOnly}
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

export interface ChoiceProps extends SettingProps {
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export interface RadioSettingProps extends ChoiceProps {
  readonly columns?: number;
  /** The title of the group above says what is chosen; the label is for those who do not see it. */
  readonly isUnderTitle?: boolean;
  /** Another setting may follow it. */
  readonly onChoose?: (value: string) => void;
}

/** One of a few, as radio buttons. */
export function RadioSetting({
  name,
  label,
  hint,
  choices,
  columns = 1,
  isUnderTitle = false,
  onChoose,
}: RadioSettingProps): ReactElement {
  const styles = useStyles();
  const { value, set, fault, facts, isReadOnly } = useSetting(name);
  return (
    <Field
      data-setting={name}
      {...(isUnderTitle ? {} : { label: <SettingLabel name={name} label={label} /> })}
      {...fieldOf(fault, hint ?? facts.text)}
    >
      <RadioGroup
        {...(isUnderTitle ? { 'aria-label': label ?? facts.title } : {})}
        className={mergeClasses(styles.radios, columns > 1 && styles.columns)}
        value={String(value)}
        disabled={isReadOnly}
        onChange={(_, data) => {
          set(data.value);
          onChoose?.(data.value);
        }}
      >
        {choices.map((choice) => (
          <Radio key={choice.value} value={choice.value} label={choice.label} />
        ))}
      </RadioGroup>
    </Field>
  );
}

/** One of a few, as a drop-down list. */
export function SelectSetting({ name, label, hint, reasonAgainst, choices }: ChoiceProps): ReactElement {
  const { value, set, fault, facts, isReadOnly } = useSetting(name);
  return (
    <Field
      data-setting={name}
      label={<SettingLabel name={name} label={label} />}
      {...fieldOf(fault, reasonAgainst ?? hint ?? facts.text)}
    >
      <Select
        value={String(value)}
        disabled={isReadOnly || reasonAgainst !== undefined}
        onChange={(_, data) => set(data.value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </Select>
    </Field>
  );
}
