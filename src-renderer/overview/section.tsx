/** A titled group of facts on an overview page: hairlines, no boxes. */
import { Button, makeStyles, Tooltip, tokens } from '@fluentui/react-components';
import { CheckmarkRegular, CopyRegular } from '@fluentui/react-icons';
import type { ReactElement, ReactNode } from 'react';
import { useCopy } from '../ui/use-copy';

const useStyles = makeStyles({
  section: { marginBlockEnd: tokens.spacingVerticalXXL },
  title: {
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightSemibold,
    margin: 0,
    paddingBlockEnd: tokens.spacingVerticalSNudge,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  facts: { margin: 0 },
  fact: {
    display: 'grid',
    gridTemplateColumns: '168px minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalL,
    alignItems: 'start',
    minHeight: '20px',
    paddingBlock: tokens.spacingVerticalSNudge,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    // A narrow window, or a large zoom: the name above its value.
    '@media (max-width: 760px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, minWidth: 0, overflowWrap: 'anywhere' },
  copy: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '2px',
    marginInlineEnd: tokens.spacingHorizontalM,
  },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  small: { minWidth: '20px', width: '20px', height: '18px', padding: 0 },
});

export function Section({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  return (
    <section className={styles.section} aria-label={title}>
      <h2 className={styles.title}>{title}</h2>
      {children}
    </section>
  );
}

export function Facts({ children }: { readonly children: ReactNode }): ReactElement {
  return <dl className={useStyles().facts}>{children}</dl>;
}

export function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  return (
    <div className={styles.fact}>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{children}</dd>
    </div>
  );
}

export interface CopyableProps {
  readonly text: string;
  /** More than is copied. Default: `text`. */
  readonly shown?: string;
}

/** Text with a button that copies it. Where the page may not write to the clipboard the text can be selected. */
export function Copyable({ text, shown = text }: CopyableProps): ReactElement {
  const styles = useStyles();
  const { copied, copy, forget } = useCopy();
  const isCopied = copied === text;
  return (
    <span className={styles.copy}>
      <span className={styles.code}>{shown}</span>
      <Tooltip content={isCopied ? 'Copied' : `Copy ${text}`} relationship="label">
        <Button
          appearance="subtle"
          size="small"
          className={styles.small}
          icon={isCopied ? <CheckmarkRegular fontSize={14} /> : <CopyRegular fontSize={14} />}
          onClick={() => copy(text, text)}
          onBlur={forget}
        />
      </Tooltip>
    </span>
  );
}
