/** What the checks found, by area; areas with faults are open. */
import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { CheckFinding } from '../../src-main/api/contract';
import { groupFindings, levelWords } from './check-words';
import { LevelIcon } from './level-icon';

const useStyles = makeStyles({
  header: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS, width: '100%' },
  counts: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  panel: { margin: `0 0 ${tokens.spacingVerticalS} 28px` },
  list: { margin: 0, padding: 0, listStyleType: 'none' },
  item: {
    display: 'grid',
    gridTemplateColumns: '88px minmax(0, 1fr)',
    gap: `0 ${tokens.spacingHorizontalS}`,
    padding: `${tokens.spacingVerticalS} 0`,
    borderTop: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  level: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    alignSelf: 'start',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  title: { fontWeight: tokens.fontWeightSemibold, overflowWrap: 'anywhere' },
  text: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere', maxWidth: '90ch' },
  places: {
    margin: `${tokens.spacingVerticalXS} 0 0`,
    padding: 0,
    listStyleType: 'none',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
});

export function FindingGroups({ findings }: { readonly findings: readonly CheckFinding[] }): ReactElement {
  const styles = useStyles();
  const groups = groupFindings(findings);
  return (
    <Accordion
      multiple
      collapsible
      defaultOpenItems={groups.filter(({ worst }) => worst === 'fault').map(({ title }) => title)}
    >
      {groups.map(({ title, findings: own, counts, worst }) => (
        <AccordionItem key={title} value={title}>
          <AccordionHeader as="h3" size="small">
            <span className={styles.header}>
              <LevelIcon level={worst} />
              {title}
              <span className={styles.counts}>{counts}</span>
            </span>
          </AccordionHeader>
          <AccordionPanel className={styles.panel}>
            <ul className={styles.list}>
              {own.map((each) => (
                <FindingItem key={`${each.code} ${each.title}`} finding={each} />
              ))}
            </ul>
          </AccordionPanel>
        </AccordionItem>
      ))}
    </Accordion>
  );
}

function FindingItem({ finding }: { readonly finding: CheckFinding }): ReactElement {
  const styles = useStyles();
  const { level, title, text, places } = finding;
  return (
    <li className={styles.item}>
      <span className={styles.level}>
        <LevelIcon level={level} />
        {levelWords[level]}
      </span>
      <div>
        <div className={styles.title}>{title}</div>
        <div className={styles.text}>{text}</div>
        {places.length > 0 && (
          <ul className={styles.places}>
            {places.map((place, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: places repeat and never move.
              <li key={index}>{place}</li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}
