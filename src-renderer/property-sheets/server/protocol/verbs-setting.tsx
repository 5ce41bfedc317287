/** Extensions and commands: a tick is offered, none is switched off. The setting lists those that are off. */
import { Checkbox, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { type SwitchableVerb, switchableVerbs } from '../../../../src-main/api/contract';
import { FaultLine } from '../../field-parts';
import { useSetting } from '../../sheet-context';
import { isOffered, verbWords, whyNotOffered, withSwitched } from './verb-words';

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(2, minmax(0, 1fr))',
    gridTemplateRows: `repeat(${Math.ceil(switchableVerbs.length / 2)}, auto)`,
    gridAutoFlow: 'column',
    columnGap: tokens.spacingHorizontalL,
    marginInlineStart: '-8px',
  },
  words: { color: tokens.colorNeutralForeground3, marginInlineStart: tokens.spacingHorizontalXS },
  hint: { margin: 0, color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

export function VerbsSetting(): ReactElement {
  const styles = useStyles();
  const { value, set, leave, fault, isReadOnly } = useSetting('verbsOff');
  const off = value as readonly SwitchableVerb[];
  return (
    <div data-setting="verbsOff">
      <p className={styles.hint}>
        What is not ticked is neither offered nor accepted. TURN, ATRN and ETRN are offered only while a
        remote domain waits for them.
      </p>
      {fault !== undefined && <FaultLine>{fault}</FaultLine>}
      <div className={styles.grid}>
        {switchableVerbs.map((verb) => (
          <Checkbox
            key={verb}
            label={
              <>
                {verb} <span className={styles.words}>{verbWords[verb]}</span>
              </>
            }
            checked={isOffered(verb, off)}
            disabled={isReadOnly || whyNotOffered(verb, off) !== undefined}
            title={whyNotOffered(verb, off)}
            onChange={() => {
              set(withSwitched(off, verb));
              leave();
            }}
          />
        ))}
      </div>
    </div>
  );
}
