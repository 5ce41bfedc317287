/** The HTML of a message on paper, in a frame that can neither run nor load nor go anywhere by itself. */
import { Button, makeStyles, mergeClasses, Switch, ToggleButton, tokens } from '@fluentui/react-components';
import { ImageProhibited20Regular } from '@fluentui/react-icons';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { recall, remember } from '../ui/remembered';
import type { FindPicture } from './clean-css';
import { LinkDialog } from './link-dialog';
import { readLinkTarget } from './link-target';
import { type FrameLink, fillFrame, frameSandbox, listenInFrame } from './message-frame';
import { usePartStyles } from './part-styles';
import { type Paper, sanitiseHtml } from './sanitise-html';

const widths = [
  { id: 'phone', label: '390', name: '390 pixels, as on a telephone', pixels: 390 },
  { id: 'tablet', label: '768', name: '768 pixels, as on a tablet', pixels: 768 },
  { id: 'full', label: 'Full', name: 'Full width', pixels: undefined },
] as const;
type WidthId = (typeof widths)[number]['id'];

const widthKey = 'mail.html.width';
const paperKey = 'mail.html.paper';
const isWidth = (value: unknown): value is WidthId => widths.some(({ id }) => id === value);
const isPaper = (value: unknown): value is Paper => value === 'light' || value === 'dark';

const useStyles = makeStyles({
  desk: {
    flexGrow: 1,
    minHeight: 0,
    display: 'flex',
    overflow: 'auto',
    backgroundColor: tokens.colorNeutralBackground3,
  },
  frame: {
    flexGrow: 1,
    flexShrink: 0,
    minHeight: 0,
    width: '100%',
    height: '100%',
    boxSizing: 'border-box',
    border: 'none',
    display: 'block',
  },
  narrow: {
    flexGrow: 0,
    marginInline: 'auto',
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  // Paper, whatever the theme: the page must not shine through while the message loads.
  light: { backgroundColor: 'white', colorScheme: 'light' },
  dark: { backgroundColor: '#1f1f1f', colorScheme: 'dark' },
  widths: { display: 'flex' },
  width: { minWidth: '44px' },
  images: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    minWidth: 0,
    marginLeft: 'auto',
  },
  bar: { flexWrap: 'wrap', columnGap: tokens.spacingHorizontalM },
  status: {
    flexShrink: 0,
    height: '22px',
    lineHeight: '22px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    borderTop: `1px solid ${tokens.colorNeutralStroke3}`,
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  warning: { color: tokens.colorStatusWarningForeground1 },
});

export interface HtmlPartProps {
  readonly html: string;
  readonly findPicture: FindPicture;
  /** Names the message: its pictures are asked for one by one. */
  readonly messageKey: string;
}

export function HtmlPart({ html, findPicture, messageKey }: HtmlPartProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const frame = useRef<HTMLIFrameElement>(null);
  const [width, setWidth] = useState<WidthId>(() => recall(widthKey, isWidth) ?? 'full');
  const [paper, setPaper] = useState<Paper>(() => recall(paperKey, isPaper) ?? 'light');
  const [shownFor, setShownFor] = useState<string | undefined>(undefined);
  const [pointed, setPointed] = useState<FrameLink | undefined>(undefined);
  const [opened, setOpened] = useState<FrameLink | undefined>(undefined);
  const areImagesShown = shownFor === messageKey;
  const shown = useMemo(
    () => sanitiseHtml(html, { findPicture, paper, areImagesShown }),
    [html, findPicture, paper, areImagesShown],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another document has other links.
  useEffect(() => setPointed(undefined), [shown]);
  const onLoad = (): void => {
    if (frame.current === null) return;
    if (areImagesShown) fillFrame(frame.current, shown.document);
    listenInFrame(frame.current, { onPoint: setPointed, onOpen: setOpened });
  };
  const { pixels } = widths.find(({ id }) => id === width) ?? widths[2];
  return (
    <div className={parts.column}>
      <div className={mergeClasses(parts.bar, styles.bar)}>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset looks like a form. */}
        <div role="group" aria-label="Width of the message" className={styles.widths}>
          {widths.map(({ id, label, name }) => (
            <ToggleButton
              key={id}
              size="small"
              appearance="subtle"
              className={styles.width}
              aria-label={name}
              title={name}
              checked={width === id}
              onClick={() => {
                setWidth(id);
                remember(widthKey, id);
              }}
            >
              {label}
            </ToggleButton>
          ))}
        </div>
        <Switch
          label="Dark paper"
          checked={paper === 'dark'}
          onChange={(_, { checked }) => {
            setPaper(checked ? 'dark' : 'light');
            remember(paperKey, checked ? 'dark' : 'light');
          }}
        />
        <div className={styles.images} role="status">
          {shown.hasRemoteContent && !areImagesShown && (
            <>
              <ImageProhibited20Regular className={parts.barIcon} aria-hidden />
              {shown.hasRemoteImages ? 'Images are blocked.' : 'Remote content is blocked.'}
            </>
          )}
          {areImagesShown && 'Images are loaded from where the message says.'}
        </div>
        {shown.hasRemoteImages && !areImagesShown && (
          <Button
            size="small"
            title="Their servers learn that somebody reads this message, and from which address."
            onClick={() => setShownFor(messageKey)}
          >
            Show images
          </Button>
        )}
      </div>
      <div className={styles.desk}>
        <iframe
          // A frame keeps the rules it was made with.
          key={`${messageKey}/${areImagesShown ? paper : 'blocked'}`}
          ref={frame}
          title="Message"
          className={mergeClasses(styles.frame, pixels !== undefined && styles.narrow, styles[paper])}
          style={pixels === undefined ? undefined : { width: pixels }}
          sandbox={frameSandbox}
          referrerPolicy="no-referrer"
          onLoad={onLoad}
          {...(areImagesShown ? { src: './message-frame.html' } : { srcDoc: shown.document })}
        />
      </div>
      <PointedLink link={pointed} className={styles.status} warningClass={styles.warning} />
      {opened !== undefined && <LinkDialog link={opened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

interface PointedLinkProps {
  readonly link: FrameLink | undefined;
  readonly className: string;
  readonly warningClass: string;
}

function PointedLink({ link, className, warningClass }: PointedLinkProps): ReactElement {
  const target = link === undefined ? undefined : readLinkTarget(link.href, link.text);
  return (
    <div className={className} data-link-status>
      {target !== undefined && (
        <>
          {target.host !== '' && <strong>{target.host}</strong>} {target.url}{' '}
          {target.warning !== undefined && <span className={warningClass}>{target.warning}</span>}
        </>
      )}
    </div>
  );
}
