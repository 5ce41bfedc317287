/** The menu bar: Action holds the verbs of the selection, View the looks, Help what one looks up. */
import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import type { HostCapabilities } from '../../src-main/api/contract/host';
import { useHost } from '../client';
import { tracePlace } from '../console-tree/places';
import {
  chooseTheme,
  openDialog,
  selectPlace,
  type ThemeChoice,
  themeChoices,
  useConsole,
} from './console-store';
import { type MenuBarKeys, useMenuBarKeys } from './menu-bar-keys';
import { SearchField } from './search-field';
import { SignOutButton } from './sign-out-button';
import { VerbItem, VerbMenuItems } from './verb-menu';
import { offeredVerbs, type VerbTarget, verbOf } from './verbs';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    gap: '2px',
    height: '36px',
    paddingInline: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  bar: { display: 'flex', gap: '2px' },
  name: { fontWeight: tokens.fontWeightSemibold, marginInlineEnd: tokens.spacingHorizontalL },
  button: { minWidth: 'auto', fontWeight: tokens.fontWeightRegular, height: '26px' },
});

const themeTitles: Record<ThemeChoice, string> = {
  system: 'Like the system',
  light: 'Light',
  dark: 'Dark',
  'high-contrast': 'High contrast',
};

const menuTitles = ['Action', 'View', 'Help'] as const;

export function MenuBar({ target }: { readonly target: VerbTarget }): ReactElement {
  const styles = useStyles();
  const theme = useConsole((state) => state.theme);
  const host = useHost();
  const keys = useMenuBarKeys(menuTitles);
  const { goBack } = keys;
  return (
    <div className={styles.root}>
      <span className={styles.name}>Mailroot</span>
      <div
        ref={keys.bar}
        role="menubar"
        aria-label="Menu bar"
        className={styles.bar}
        onKeyDown={keys.onKeyDown}
        onFocus={keys.onFocus}
      >
        <BarMenu title="Action" keys={keys}>
          <VerbMenuItems target={target} verbs={offeredVerbs(target)} onRun={goBack} />
        </BarMenu>
        <BarMenu
          title="View"
          keys={keys}
          checked={{ theme: [theme] }}
          onCheck={(value) => chooseTheme(value as ThemeChoice)}
        >
          <VerbItem verb={verbOf('refresh')} target={target} onRun={goBack} />
          <VerbItem verb={verbOf('export-list')} target={target} onRun={goBack} />
          <MenuDivider />
          <MenuItem
            onClick={() => {
              goBack();
              selectPlace(tracePlace);
            }}
          >
            Where is My Mail…
          </MenuItem>
          <MenuDivider />
          {host !== undefined && <ZoomItems host={host} />}
          <MenuGroup>
            <MenuGroupHeader>Theme</MenuGroupHeader>
            {themeChoices.map((choice) => (
              <MenuItemRadio key={choice} name="theme" value={choice}>
                {themeTitles[choice]}
              </MenuItemRadio>
            ))}
          </MenuGroup>
        </BarMenu>
        <BarMenu title="Help" keys={keys}>
          <VerbItem verb={verbOf('help')} target={target} onRun={goBack} />
          <MenuDivider />
          <DialogItem kind="shortcuts" title="Keyboard" onRun={goBack} />
          <DialogItem kind="about" title="About Mailroot" onRun={goBack} />
        </BarMenu>
      </div>
      <SearchField />
      <SignOutButton />
    </div>
  );
}

interface DialogItemProps {
  readonly kind: 'shortcuts' | 'about';
  readonly title: string;
  readonly onRun: () => void;
}

function DialogItem({ kind, title, onRun }: DialogItemProps): ReactElement {
  const open = (): void => {
    // First, so that the dialog gives the focus back to where it was before the menu.
    onRun();
    openDialog({ kind });
  };
  return <MenuItem onClick={open}>{title}</MenuItem>;
}

/** In a browser the browser's own keys and menu do this. */
function ZoomItems({ host }: { readonly host: HostCapabilities }): ReactElement {
  return (
    <>
      <MenuItem secondaryContent="Ctrl++" onClick={() => void host.zoom('in')}>
        Zoom In
      </MenuItem>
      <MenuItem secondaryContent="Ctrl+-" onClick={() => void host.zoom('out')}>
        Zoom Out
      </MenuItem>
      <MenuItem secondaryContent="Ctrl+0" onClick={() => void host.zoom('reset')}>
        Actual Size
      </MenuItem>
      <MenuDivider />
    </>
  );
}

interface BarMenuProps {
  readonly title: (typeof menuTitles)[number];
  readonly keys: MenuBarKeys;
  readonly children: ReactNode;
  readonly checked?: Record<string, string[]>;
  readonly onCheck?: (value: string) => void;
}

function BarMenu({ title, keys, children, checked, onCheck }: BarMenuProps): ReactElement {
  const styles = useStyles();
  return (
    <Menu
      open={keys.open === title}
      onOpenChange={(_, data) => keys.setOpen(title, data.open)}
      {...(checked === undefined ? {} : { checkedValues: checked })}
      onCheckedValueChange={(_, data) => {
        const [value] = data.checkedItems;
        if (value !== undefined) onCheck?.(value);
      }}
    >
      <MenuTrigger disableButtonEnhancement>
        <Button
          role="menuitem"
          data-menu={title}
          tabIndex={keys.current === title ? 0 : -1}
          appearance="subtle"
          size="small"
          className={styles.button}
          // While one menu is open, pointing at another opens that one.
          onPointerEnter={() => keys.open !== undefined && keys.open !== title && keys.setOpen(title, true)}
        >
          {title}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>{children}</MenuList>
      </MenuPopover>
    </Menu>
  );
}
