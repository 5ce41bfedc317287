/** The text of a message as it was sent: wrapped, nothing in it active. */
import { Checkbox, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { recall, remember } from '../ui/remembered';
import { ScrollRegion } from '../ui/scroll-region';
import { usePartStyles } from './part-styles';

/** More than this makes the page slow; the source shows all of it. */
const maxShownCharacters = 1024 * 1024;
const monospaceKey = 'mail.monospace';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

const useStyles = makeStyles({
  text: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: 'inherit',
    fontSize: tokens.fontSizeBase300,
    lineHeight: tokens.lineHeightBase300,
  },
});

export function TextPart({ text }: { readonly text: string }): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const [isMonospace, setIsMonospace] = useState(() => recall(monospaceKey, isBoolean) ?? false);
  const isCut = text.length > maxShownCharacters;
  return (
    <div className={parts.column}>
      <div className={parts.bar}>
        {isCut && <span>Only the first million characters are shown. The source has all of them.</span>}
        <Checkbox
          className={parts.push}
          size="medium"
          label="Monospace"
          checked={isMonospace}
          onChange={(_, data) => {
            setIsMonospace(data.checked === true);
            remember(monospaceKey, data.checked === true);
          }}
        />
      </div>
      <ScrollRegion label="Text of the message">
        <pre className={mergeClasses(styles.text, isMonospace && parts.mono)}>
          {isCut ? text.slice(0, maxShownCharacters) : text}
        </pre>
      </ScrollRegion>
    </div>
  );
}
