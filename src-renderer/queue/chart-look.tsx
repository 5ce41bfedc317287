/** Colour and pattern of each series of the bars: told apart by either alone. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';

const useLookStyles = makeStyles({
  look0: { color: tokens.colorPaletteBlueBorderActive },
  look1: { color: tokens.colorPaletteMarigoldBorderActive },
  look2: { color: tokens.colorPaletteTealBorderActive },
  look3: { color: tokens.colorPaletteBerryBorderActive },
  look4: { color: tokens.colorPaletteSteelBorderActive },
  look5: { color: tokens.colorNeutralForeground4 },
  line: { stroke: tokens.colorNeutralBackground1, strokeWidth: 2.5, fill: 'none' },
  dot: { fill: tokens.colorNeutralBackground1 },
});

export type LookName = 'look0' | 'look1' | 'look2' | 'look3' | 'look4' | 'look5';
const lookName = (look: number): LookName => `look${Math.min(look, 5)}` as LookName;

/** The marks that lie over the colour of a look; the first has none. */
const marks: readonly ((styles: ReturnType<typeof useLookStyles>) => ReactElement | null)[] = [
  () => null,
  (styles) => <path className={styles.line} d="M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6" />,
  (styles) => <circle className={styles.dot} cx="4" cy="4" r="1.6" />,
  (styles) => <path className={styles.line} d="M0 4 H8" />,
  (styles) => <path className={styles.line} d="M4 0 V8" />,
  (styles) => <path className={styles.line} d="M-2 6 L2 10 M0 0 L8 8 M6 -2 L10 2" />,
];

export const patternId = (prefix: string, look: number): string => `${prefix}-pattern-${Math.min(look, 5)}`;

export function LookPatterns({ prefix }: { readonly prefix: string }): ReactElement {
  const styles = useLookStyles();
  return (
    <defs>
      {marks.map((mark, look) => (
        // The looks never change their order.
        <pattern
          key={patternId(prefix, look)}
          id={patternId(prefix, look)}
          width="8"
          height="8"
          patternUnits="userSpaceOnUse"
        >
          <rect width="8" height="8" fill="currentColor" className={styles[lookName(look)]} />
          {mark(styles)}
        </pattern>
      ))}
    </defs>
  );
}

/** The look in a small square, for the list of destinations. */
export function LookSwatch({
  look,
  prefix,
}: {
  readonly look: number;
  readonly prefix: string;
}): ReactElement {
  return (
    <svg width="12" height="12" aria-hidden style={{ flexShrink: 0 }}>
      <rect width="12" height="12" rx="2" fill={`url(#${patternId(prefix, look)})`} />
    </svg>
  );
}
