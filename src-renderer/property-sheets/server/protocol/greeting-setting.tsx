/** The text of the greeting, and beneath it the line that clients get. */
import { makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useId } from 'react';
import { useStatus } from '../../../client';
import { useNow } from '../../../ui/clock';
import { TextSetting } from '../../fields';
import { useSetting } from '../../sheet-context';
import { greetingLine } from './greeting-line';

const useStyles = makeStyles({
  preview: { display: 'grid', rowGap: tokens.spacingVerticalXXS },
  label: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  line: {
    margin: 0,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    backgroundColor: tokens.colorNeutralBackground3,
    // Seen in high contrast, where grounds are not.
    border: `1px solid ${tokens.colorTransparentStroke}`,
    borderRadius: tokens.borderRadiusMedium,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
  },
});

const clockStepMs = 1000;

/** `fqdn` is the name in the draft. */
export function GreetingSetting({ fqdn }: { readonly fqdn: string }): ReactElement {
  const styles = useStyles();
  const id = useId();
  const greeting = String(useSetting('greeting').value ?? '');
  const version = useStatus().data?.version ?? '';
  const now = useNow(clockStepMs);
  return (
    <>
      <TextSetting
        name="greeting"
        label="Text behind the name"
        placeholder="product, version and date"
        hint="Audits often ask that no version is shown."
      />
      <div className={styles.preview}>
        <span id={id} className={styles.label}>
          Clients are greeted with
        </span>
        <output className={styles.line} aria-labelledby={id} aria-live="off">
          {greetingLine({ fqdn, greeting, version, now: new Date(now) })}
        </output>
      </div>
    </>
  );
}
