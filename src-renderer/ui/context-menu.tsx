/** A menu at a point: where the mouse was, or below the active row when it was opened by keyboard. */
import {
  Menu,
  MenuDivider,
  MenuItem,
  MenuList,
  MenuPopover,
  type PositioningVirtualElement,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useFocusReturn } from './focus-return';

export interface ContextMenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactElement;
  /** Shown at the end of the line, e.g. "Del". */
  readonly shortcut?: string;
  readonly isDisabled?: boolean;
  /** A line above this item. */
  readonly isGroupStart?: boolean;
  readonly onSelect: () => void;
}

export interface ContextMenuProps {
  readonly at: { readonly x: number; readonly y: number };
  readonly items: readonly ContextMenuItem[];
  readonly onClose: () => void;
}

export function ContextMenu({ at, items, onClose }: ContextMenuProps): ReactElement {
  const returnFocus = useFocusReturn();
  const target = useMemo<PositioningVirtualElement>(
    () => ({ getBoundingClientRect: () => DOMRect.fromRect({ x: at.x, y: at.y, width: 0, height: 0 }) }),
    [at.x, at.y],
  );
  return (
    <Menu
      open
      hasIcons={items.some((item) => item.icon !== undefined)}
      positioning={{ target, position: 'below', align: 'start' }}
      onOpenChange={(_, data) => {
        if (!data.open) onClose();
      }}
    >
      <MenuPopover>
        <MenuList>
          {items.flatMap((item) => [
            ...(item.isGroupStart ? [<MenuDivider key={`${item.id}-line`} />] : []),
            <MenuItem
              key={item.id}
              {...(item.icon && { icon: item.icon })}
              {...(item.shortcut !== undefined && { secondaryContent: item.shortcut })}
              disabled={item.isDisabled === true}
              onClick={() => {
                // First, so that a dialog that follows gives the focus back to the list and not to this menu.
                returnFocus();
                onClose();
                item.onSelect();
              }}
            >
              {item.label}
            </MenuItem>,
          ])}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
