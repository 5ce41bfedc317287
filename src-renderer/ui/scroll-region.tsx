/** A part of the page that scrolls by itself, and is reached by keyboard because it does. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode, Ref } from 'react';

export interface ScrollRegionProps {
  /** For the screen reader. */
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string;
  readonly ref?: Ref<HTMLElement>;
}

const useStyles = makeStyles({
  root: {
    flexGrow: 1,
    height: '100%',
    minHeight: 0,
    boxSizing: 'border-box',
    overflow: 'auto',
    outlineStyle: 'none',
    ':focus-visible': { boxShadow: `inset 0 0 0 2px ${tokens.colorStrokeFocus2}` },
  },
});

export function ScrollRegion({ label, children, className, ref }: ScrollRegionProps): ReactElement {
  const styles = useStyles();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section ref={ref} className={mergeClasses(styles.root, className)} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
