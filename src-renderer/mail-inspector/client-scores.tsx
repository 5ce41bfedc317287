/** What mail clients support of the HTML: a small bar for each family, its platforms below it on request. */
import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ChevronDown16Regular, ChevronRight16Regular } from '@fluentui/react-icons';
import { type ReactElement, useState } from 'react';
import type { ClientSupport } from '../../src-main/api/contract';
import { useCheckStyles } from './check-styles';
import { describePlatform, type FamilyScore, scoreFamilies } from './check-words';

const shownAtFirst = 8;

const useStyles = makeStyles({
  list: { margin: 0, padding: 0, listStyleType: 'none' },
  family: {
    display: 'grid',
    gridTemplateColumns: '180px 140px 48px minmax(0, 1fr)',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    minHeight: '26px',
  },
  name: { justifyContent: 'start', minWidth: 0, paddingLeft: '2px' },
  track: {
    height: '8px',
    borderRadius: tokens.borderRadiusSmall,
    backgroundColor: tokens.colorNeutralBackground5,
    overflow: 'hidden',
    // High contrast has no backgrounds of ours.
    '@media (forced-colors: active)': { border: '1px solid CanvasText' },
  },
  bar: { height: '100%', '@media (forced-colors: active)': { backgroundColor: 'Highlight' } },
  full: { backgroundColor: tokens.colorPaletteGreenBackground3 },
  most: { backgroundColor: tokens.colorBrandBackground },
  few: { backgroundColor: tokens.colorPaletteMarigoldBackground3 },
  percent: { textAlign: 'end', fontVariantNumeric: 'tabular-nums' },
  platforms: {
    margin: `0 0 ${tokens.spacingVerticalS} 24px`,
    display: 'grid',
    gridTemplateColumns: '160px minmax(0, 1fr)',
    gap: `2px ${tokens.spacingHorizontalM}`,
    maxWidth: '110ch',
    '& dt': { color: tokens.colorNeutralForeground2 },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
});

export interface ClientScoresProps {
  readonly clients: readonly ClientSupport[];
  /** Day of the data: "2026-05-13". */
  readonly dataOf: string;
}

export function ClientScores({ clients, dataOf }: ClientScoresProps): ReactElement {
  const checks = useCheckStyles();
  const styles = useStyles();
  const families = scoreFamilies(clients);
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? families : families.slice(0, shownAtFirst);
  return (
    <section className={checks.section}>
      <h3 className={checks.title}>Support in mail clients</h3>
      <div className={mergeClasses(checks.quiet, checks.gap)}>
        Share of the HTML and CSS of this message that each supports in full, on its weakest platform. Data of
        caniemail.com, {dataOf}.
      </div>
      <ul className={styles.list}>
        {shown.map((each) => (
          <Family key={each.family} score={each} />
        ))}
      </ul>
      {families.length > shownAtFirst && (
        <Button size="small" appearance="subtle" onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${families.length}`}
        </Button>
      )}
    </section>
  );
}

function Family({ score }: { readonly score: FamilyScore }): ReactElement {
  const checks = useCheckStyles();
  const styles = useStyles();
  const [isOpen, setIsOpen] = useState(false);
  const { family, percent, words, platforms } = score;
  const look = percent === 100 ? styles.full : percent >= 70 ? styles.most : styles.few;
  return (
    <li>
      <div className={styles.family}>
        <Button
          size="small"
          appearance="transparent"
          className={styles.name}
          aria-expanded={isOpen}
          icon={isOpen ? <ChevronDown16Regular /> : <ChevronRight16Regular />}
          onClick={() => setIsOpen(!isOpen)}
        >
          {family}
        </Button>
        <div className={styles.track} aria-hidden>
          <div className={mergeClasses(styles.bar, look)} style={{ width: `${percent}%` }} />
        </div>
        <span className={styles.percent}>{percent} %</span>
        <span className={checks.quiet}>{words}</span>
      </div>
      {isOpen && (
        <dl className={styles.platforms}>
          {platforms.map((each) => (
            <Platform key={each.platform} support={each} />
          ))}
        </dl>
      )}
    </li>
  );
}

function Platform({ support }: { readonly support: ClientSupport }): ReactElement {
  return (
    <>
      <dt>
        {support.platform} {Math.floor(support.score * 100)} %
      </dt>
      <dd>{describePlatform(support)}</dd>
    </>
  );
}
