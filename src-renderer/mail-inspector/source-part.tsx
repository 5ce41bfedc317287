/** The message as it lies on disk, line by line; only what is seen is made. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { Checkmark20Regular, Copy20Regular } from '@fluentui/react-icons';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, useMemo, useRef, useState } from 'react';
import { formatCount, formatSize } from '../ui/format';
import { ScrollRegion } from '../ui/scroll-region';
import { usePartStyles } from './part-styles';
import { decodeText, splitSource } from './source-lines';

const linePixels = 18;

const useStyles = makeStyles({
  body: { position: 'relative', minWidth: '100%', width: 'max-content' },
  line: {
    position: 'absolute',
    left: 0,
    display: 'flex',
    height: `${linePixels}px`,
    whiteSpace: 'pre',
    minWidth: '100%',
  },
  number: {
    position: 'sticky',
    left: 0,
    flexShrink: 0,
    boxSizing: 'border-box',
    width: '7ch',
    paddingRight: '1ch',
    marginRight: '1ch',
    textAlign: 'end',
    userSelect: 'none',
    backgroundColor: tokens.colorNeutralBackground1,
    borderRight: `1px solid ${tokens.colorNeutralStroke3}`,
    color: tokens.colorNeutralForeground3,
  },
  name: { color: tokens.colorBrandForeground1, fontWeight: tokens.fontWeightSemibold },
});

export function SourcePart({ bytes }: { readonly bytes: Uint8Array<ArrayBuffer> }): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const scroll = useRef<HTMLElement>(null);
  const source = useMemo(() => splitSource(bytes), [bytes]);
  const [copied, setCopied] = useState<'yes' | 'no' | undefined>(undefined);
  const virtualizer = useVirtualizer({
    count: source.count,
    getScrollElement: () => scroll.current,
    estimateSize: () => linePixels,
    overscan: 20,
  });
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(decodeText(bytes));
      setCopied('yes');
    } catch {
      setCopied('no');
    }
  };
  return (
    <div className={parts.column}>
      <div className={parts.bar}>
        <span>
          {formatCount(source.count, 'line')}, {formatSize(bytes.length)}
        </span>
        <span role="status" className={parts.push}>
          {copied === 'yes' && 'Copied.'}
          {copied === 'no' && 'The clipboard could not be used.'}
        </span>
        <Button
          size="small"
          appearance="subtle"
          icon={copied === 'yes' ? <Checkmark20Regular /> : <Copy20Regular />}
          onClick={() => void copy()}
        >
          Copy
        </Button>
      </div>
      <ScrollRegion ref={scroll} label="Source of the message">
        <div className={`${styles.body} ${parts.mono}`} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const line = source.lineAt(item.index);
            return (
              <div key={item.key} className={styles.line} style={{ top: item.start }}>
                <span className={styles.number} aria-hidden>
                  {line.number}
                </span>
                <span>
                  {line.nameLength > 0 && (
                    <span className={styles.name}>{line.text.slice(0, line.nameLength)}</span>
                  )}
                  {line.text.slice(line.nameLength)}
                </span>
              </div>
            );
          })}
        </div>
      </ScrollRegion>
    </div>
  );
}
