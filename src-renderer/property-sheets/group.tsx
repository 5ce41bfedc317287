/** A titled group of settings on a page of a sheet. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';

const useStyles = makeStyles({
  group: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    margin: 0,
    padding: 0,
    border: 'none',
    minWidth: 0,
    marginBlockEnd: tokens.spacingVerticalXL,
    // A margin below the last one would be scrolled to.
    ':last-child': { marginBlockEnd: 0 },
  },
  dense: { gap: tokens.spacingVerticalXXS, marginBlockEnd: tokens.spacingVerticalM },
  title: { padding: 0, marginBlockEnd: tokens.spacingVerticalXS, fontWeight: tokens.fontWeightSemibold },
});

export function Group({
  title,
  isDense = false,
  children,
}: {
  readonly title: string;
  /** Many short rows. */
  readonly isDense?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  return (
    <fieldset className={mergeClasses(styles.group, isDense && styles.dense)}>
      <legend className={styles.title}>{title}</legend>
      {children}
    </fieldset>
  );
}
