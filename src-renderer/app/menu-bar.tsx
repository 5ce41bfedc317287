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
import { chooseTheme, openDialog, type ThemeChoice, themeChoices, useConsole } from './console-store';
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
  name: { fontWeight: tokens.fontWeightSemibold, marginInlineEnd: tokens.spacingHorizontalL },
  button: { minWidth: 'auto', fontWeight: tokens.fontWeightRegular, height: '26px' },
});

const themeTitles: Record<ThemeChoice, string> = {
  system: 'Like the system',
  light: 'Light',
  dark: 'Dark',
  'high-contrast': 'High contrast',
};

export function MenuBar({ target }: { readonly target: VerbTarget }): ReactElement {
  const styles = useStyles();
  const theme = useConsole((state) => state.theme);
  const host = useHost();
  return (
    <div className={styles.root}>
      <span className={styles.name}>Mailroot</span>
      <BarMenu title="Action">
        <VerbMenuItems target={target} verbs={offeredVerbs(target)} />
      </BarMenu>
      <BarMenu
        title="View"
        checked={{ theme: [theme] }}
        onCheck={(value) => chooseTheme(value as ThemeChoice)}
      >
        <VerbItem verb={verbOf('refresh')} target={target} />
        <VerbItem verb={verbOf('export-list')} target={target} />
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
      <BarMenu title="Help">
        <VerbItem verb={verbOf('help')} target={target} />
        <MenuDivider />
        <MenuItem onClick={() => openDialog({ kind: 'shortcuts' })}>Keyboard</MenuItem>
        <MenuItem onClick={() => openDialog({ kind: 'about' })}>About Mailroot</MenuItem>
      </BarMenu>
      <SignOutButton />
    </div>
  );
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
  readonly title: string;
  readonly children: ReactNode;
  readonly checked?: Record<string, string[]>;
  readonly onCheck?: (value: string) => void;
}

function BarMenu({ title, children, checked, onCheck }: BarMenuProps): ReactElement {
  const styles = useStyles();
  return (
    <Menu
      {...(checked === undefined ? {} : { checkedValues: checked })}
      onCheckedValueChange={(_, data) => {
        const [value] = data.checkedItems;
        if (value !== undefined) onCheck?.(value);
      }}
    >
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" size="small" className={styles.button}>
          {title}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>{children}</MenuList>
      </MenuPopover>
    </Menu>
  );
}
