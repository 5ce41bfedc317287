/** First page: which provider takes the mail. */
import { makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { type SmartHostPreset, smartHostPresets } from '../../src-main/api/contract';

const useStyles = makeStyles({
  group: { marginInlineStart: '-8px' },
  text: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

export interface ProviderPageProps {
  readonly value: string;
  readonly onValue: (preset: SmartHostPreset) => void;
}

export function ProviderPage({ value, onValue }: ProviderPageProps): ReactElement {
  const styles = useStyles();
  return (
    <RadioGroup
      className={styles.group}
      aria-label="Provider"
      value={value}
      onChange={(_, data) => {
        const preset = smartHostPresets.find(({ id }) => id === data.value);
        if (preset) onValue(preset);
      }}
    >
      {smartHostPresets.map(({ id, title, text }) => (
        <Radio
          key={id}
          value={id}
          label={
            <>
              {title}
              <br />
              <span className={styles.text}>{text}</span>
            </>
          }
        />
      ))}
    </RadioGroup>
  );
}
