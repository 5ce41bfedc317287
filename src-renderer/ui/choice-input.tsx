/** A field with choices that takes any other text as well. Enter belongs to the form while the list is shut. */
import { Combobox, type ComboboxProps, makeStyles, Option } from '@fluentui/react-components';
import { type KeyboardEvent, type ReactElement, useState } from 'react';

const useStyles = makeStyles({ root: { minWidth: 0, width: '100%', '& input': { minWidth: 0 } } });

export interface ChoiceInputProps extends Omit<ComboboxProps, 'value' | 'onChange' | 'children'> {
  readonly value: string;
  readonly choices: readonly string[];
  readonly onValue: (value: string) => void;
}

/** Further properties go to the field, so that it can stand in a Field. */
export function ChoiceInput({ value, choices, onValue, ...rest }: ChoiceInputProps): ReactElement {
  const styles = useStyles();
  const [isOpen, setIsOpen] = useState(false);
  const onKeyDownCapture = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Enter' || isOpen) return;
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.form?.requestSubmit();
  };
  return (
    <Combobox
      {...rest}
      className={styles.root}
      freeform
      value={value}
      selectedOptions={[value]}
      open={isOpen}
      onOpenChange={(_, data) => setIsOpen(data.open)}
      onChange={(event) => onValue(event.target.value)}
      // Without a value it only tells that what was typed is none of the choices.
      onOptionSelect={(_, data) => data.optionValue !== undefined && onValue(data.optionValue)}
      onKeyDownCapture={onKeyDownCapture}
    >
      {choices.map((choice) => (
        <Option key={choice} value={choice}>
          {choice}
        </Option>
      ))}
    </Combobox>
  );
}
