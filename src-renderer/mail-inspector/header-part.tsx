/** The headers: decoded in a table, or as they were sent. */
import { makeStyles, mergeClasses, Switch, tokens } from '@fluentui/react-components';
import { type ReactElement, useMemo, useState } from 'react';
import { formatCount } from '../ui/format';
import { ScrollRegion } from '../ui/scroll-region';
import type { ParsedMail } from './parsed-mail';
import { usePartStyles } from './part-styles';
import { readHeaderBlock } from './source-lines';

/** The source shows the rest. */
const maxRawBytes = 256 * 1024;

const useStyles = makeStyles({
  name: { width: '180px' },
  raw: { margin: 0, padding: tokens.spacingHorizontalM, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
});

export interface HeaderPartProps {
  readonly mail: ParsedMail;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function HeaderPart({ mail, bytes }: HeaderPartProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const [isRaw, setIsRaw] = useState(false);
  const raw = useMemo(() => (isRaw ? readHeaderBlock(bytes, maxRawBytes) : ''), [isRaw, bytes]);
  return (
    <div className={parts.column}>
      <div className={parts.bar}>
        <span>
          {mail.isHeaderListCut
            ? `The first ${formatCount(mail.headers.length, 'header')}. The source has all of them.`
            : formatCount(mail.headers.length, 'header')}
        </span>
        <Switch
          className={parts.push}
          label="Raw"
          labelPosition="before"
          checked={isRaw}
          onChange={(_, data) => setIsRaw(data.checked)}
        />
      </div>
      <ScrollRegion label="Headers of the message">
        {isRaw ? (
          <pre className={mergeClasses(styles.raw, parts.mono)}>{raw}</pre>
        ) : (
          <table className={parts.table}>
            <tbody>
              {mail.headers.map((header, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: headers repeat and never move.
                <tr key={index}>
                  <th scope="row" className={styles.name}>
                    {header.name}
                  </th>
                  <td>{header.value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ScrollRegion>
    </div>
  );
}
