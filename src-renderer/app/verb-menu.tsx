/** Verbs as menu entries, and the context menu at a point of the window. */
import {
  Menu,
  MenuDivider,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
} from '@fluentui/react-components';
import { Fragment, type ReactElement, useEffect, useMemo, useRef } from 'react';
import { useFocusReturn } from '../ui/focus-return';
import { useRunVerb } from './run-verb';
import { NewIcon, verbIcons } from './verb-icons';
import { offeredVerbs, type Verb, type VerbTarget, whyNot } from './verbs';

export interface VerbMenuItemsProps {
  readonly target: VerbTarget;
  readonly verbs: readonly Verb[];
  /** Called before a verb is run. */
  readonly onRun?: () => void;
}

/** Groups are divided by lines; the verbs of "New" stand in a menu of their own. */
export function VerbMenuItems({ target, verbs, onRun }: VerbMenuItemsProps): ReactElement {
  const groups = [...new Set(verbs.map((verb) => verb.group))];
  return (
    <>
      {groups.map((group, index) => {
        const members = verbs.filter((verb) => verb.group === group);
        const items = members.map((verb) => (
          <VerbItem key={verb.id} verb={verb} target={target} onRun={onRun} />
        ));
        return (
          <Fragment key={group}>
            {index > 0 && <MenuDivider />}
            {group === 'new' ? (
              <Menu>
                <MenuTrigger disableButtonEnhancement>
                  <MenuItem icon={<NewIcon />}>New</MenuItem>
                </MenuTrigger>
                <MenuPopover>
                  <MenuList>{items}</MenuList>
                </MenuPopover>
              </Menu>
            ) : (
              items
            )}
          </Fragment>
        );
      })}
    </>
  );
}

interface VerbItemProps {
  readonly verb: Verb;
  readonly target: VerbTarget;
  readonly onRun?: (() => void) | undefined;
}

export function VerbItem({ verb, target, onRun }: VerbItemProps): ReactElement {
  const run = useRunVerb();
  const Icon = verbIcons[verb.id];
  const reason = whyNot(verb, target);
  const item = (
    <MenuItem
      icon={<Icon />}
      disabled={reason !== undefined}
      {...(verb.shortcut === undefined ? {} : { secondaryContent: verb.shortcut })}
      onClick={() => {
        onRun?.();
        run(verb.id, target);
      }}
    >
      {verb.title}
    </MenuItem>
  );
  return reason === undefined ? (
    item
  ) : (
    <Tooltip content={reason} relationship="description" positioning="after">
      {item}
    </Tooltip>
  );
}

export interface ContextMenuProps {
  readonly target: VerbTarget;
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}

export function ContextMenu({ target, at, onClose }: ContextMenuProps): ReactElement | null {
  const returnFocus = useFocusReturn();
  const anchor = useMemo(() => ({ getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) }), [at]);
  const verbs = offeredVerbs(target);
  const list = useRef<HTMLDivElement | null>(null);
  const entries = verbs.map((verb) => verb.id).join();
  // What was selected a moment ago may change the entries, and take away the one that had the focus.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other entries are what may lose the focus.
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null)
      list.current?.querySelector<HTMLElement>('[role^="menuitem"]')?.focus();
  }, [entries]);
  if (verbs.length === 0) return null;
  return (
    <Menu
      open
      onOpenChange={(_, data) => !data.open && onClose()}
      positioning={{ target: anchor, position: 'below', align: 'start' }}
    >
      <MenuPopover>
        <MenuList
          ref={(element: HTMLDivElement | null) => {
            list.current = element;
          }}
          aria-label="Verbs of the selection"
        >
          {/* First the focus, so that a dialog that follows gives it back to the list and not to this menu. */}
          <VerbMenuItems target={target} verbs={verbs} onRun={returnFocus} />
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
