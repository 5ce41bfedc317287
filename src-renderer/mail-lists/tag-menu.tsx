/** Tags of the selected messages: those in use to tick, and a new one to type. */
import {
  Button,
  Checkbox,
  Field,
  Input,
  makeStyles,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  tokens,
} from '@fluentui/react-components';
import { Tag20Regular } from '@fluentui/react-icons';
import { type ReactElement, useState } from 'react';
import { tagName } from '../../src-main/api/contract';
import type { ListedMail } from './listed-mail';
import { type Marking, useTags } from './use-mail-acts';

const useStyles = makeStyles({
  surface: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, width: '240px' },
  list: { display: 'flex', flexDirection: 'column', maxHeight: '240px', overflowY: 'auto' },
  hint: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

export interface TagMenuProps {
  /** Those of the selected messages that are at hand. */
  readonly selected: readonly ListedMail[];
  readonly isDisabled: boolean;
  readonly onMark: (marking: Marking) => void;
}

/** On all, on some, or on none of the messages. Pure. */
export function tagState(selected: readonly ListedMail[], tag: string): boolean | 'mixed' {
  const count = selected.filter(({ marks }) => marks?.tags.includes(tag)).length;
  return count === 0 ? false : count === selected.length ? true : 'mixed';
}

export function TagMenu({ selected, isDisabled, onMark }: TagMenuProps): ReactElement {
  const styles = useStyles();
  const tags = useTags();
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const name = typed.trim();
  const fault =
    name === '' || tagName.safeParse(name).success
      ? undefined
      : tagName.safeParse(name).error?.issues[0]?.message;
  const add = (): void => {
    if (name === '' || fault !== undefined) return;
    onMark({ addTags: [name] });
    setTyped('');
  };
  return (
    <Popover
      open={isOpen && !isDisabled}
      onOpenChange={(_, data) => setIsOpen(data.open)}
      trapFocus
      positioning="below-start"
    >
      <PopoverTrigger disableButtonEnhancement>
        <Button size="small" appearance="subtle" icon={<Tag20Regular />} disabled={isDisabled}>
          Tags
        </Button>
      </PopoverTrigger>
      <PopoverSurface className={styles.surface} aria-label="Tags of the selected messages">
        <Field
          label="New tag"
          {...(fault === undefined ? {} : { validationMessage: fault, validationState: 'error' as const })}
        >
          <Input
            value={typed}
            maxLength={60}
            onChange={(_, data) => setTyped(data.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') add();
            }}
            contentAfter={
              <Button size="small" appearance="transparent" disabled={name === ''} onClick={add}>
                Add
              </Button>
            }
          />
        </Field>
        {tags.length === 0 ? (
          <span className={styles.hint}>No tag is in use. Search for a tag with tag:name.</span>
        ) : (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame of its own.
          <div className={styles.list} role="group" aria-label="Tags in use">
            {tags.map((tag) => {
              const state = tagState(selected, tag.name);
              return (
                <Checkbox
                  key={tag.name}
                  label={`${tag.name} (${tag.count.toLocaleString()})`}
                  checked={state}
                  onChange={() =>
                    onMark(state === true ? { removeTags: [tag.name] } : { addTags: [tag.name] })
                  }
                />
              );
            })}
          </div>
        )}
      </PopoverSurface>
    </Popover>
  );
}
