/** What every control of a setting has around it: label, mark, help and the reason why it is wrong. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ErrorCircleFilled } from '@fluentui/react-icons';
import type { ReactElement, ReactNode } from 'react';
import { useSetting } from './sheet-context';

export interface SettingProps {
  readonly name: string;
  /** Default: the schema's title. */
  readonly label?: string;
  /** Help below the field. Default: the schema's text; false: none. */
  readonly hint?: string | false;
  /** Why it cannot be used now. */
  readonly reasonAgainst?: string | undefined;
}

const useStyles = makeStyles({
  restart: {
    marginInlineStart: tokens.spacingHorizontalS,
    paddingInline: tokens.spacingHorizontalXS,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground4,
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightRegular,
    whiteSpace: 'nowrap',
  },
  below: { gridColumnStart: 1, gridColumnEnd: -1 },
  underCheck: { paddingInlineStart: '25px' },
  fault: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorPaletteRedForeground1,
    fontSize: tokens.fontSizeBase200,
  },
  hint: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

/** The label of a setting; one that waits for a restart says so. */
export function SettingLabel({
  name,
  label,
}: {
  readonly name: string;
  readonly label?: string | undefined;
}): ReactElement {
  const styles = useStyles();
  const { facts } = useSetting(name);
  return (
    <>
      {label ?? facts.title}
      {facts.needsRestart && (
        <span
          className={styles.restart}
          title="The change comes into force when the virtual server is restarted."
        >
          after a restart
        </span>
      )}
    </>
  );
}

export function FaultLine({ children }: { readonly children: ReactNode }): ReactElement {
  const styles = useStyles();
  return (
    <span className={styles.fault} role="alert">
      <ErrorCircleFilled aria-hidden />
      {children}
    </span>
  );
}

export interface BelowProps {
  /** Of the control; the line has `-below` behind it. */
  readonly id: string;
  readonly fault: string | undefined;
  readonly hint: ReactNode;
  readonly isUnderCheck?: boolean;
}

/** Help, or the reason why it is wrong. */
export function Below({ id, fault, hint, isUnderCheck = false }: BelowProps): ReactElement | null {
  const styles = useStyles();
  if (fault === undefined && (hint === undefined || hint === '')) return null;
  return (
    <div id={`${id}-below`} className={mergeClasses(styles.below, isUnderCheck && styles.underCheck)}>
      {fault === undefined ? <span className={styles.hint}>{hint}</span> : <FaultLine>{fault}</FaultLine>}
    </div>
  );
}

/** Properties of a Field for a setting. */
export const fieldOf = (fault: string | undefined, hint: string | false | undefined) => ({
  ...(hint === false || hint === undefined || hint === '' ? {} : { hint }),
  ...(fault === undefined ? {} : { validationState: 'error' as const, validationMessage: fault }),
});
