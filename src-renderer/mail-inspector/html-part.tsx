/** The HTML of a message on light paper, in a frame that can neither run nor load nor go anywhere. */
import { makeStyles } from '@fluentui/react-components';
import { ImageProhibited20Regular } from '@fluentui/react-icons';
import { type ReactElement, useMemo } from 'react';
import type { ParsedMail } from './parsed-mail';
import { usePartStyles } from './part-styles';
import { sanitiseHtml } from './sanitise-html';

const useStyles = makeStyles({
  frame: {
    flexGrow: 1,
    minHeight: 0,
    width: '100%',
    border: 'none',
    display: 'block',
    // Paper, whatever the theme: mail is written for it, and a dark page must not shine through while it loads.
    backgroundColor: 'white',
    colorScheme: 'light',
  },
});

export interface HtmlPartProps {
  readonly html: string;
  readonly attachments: ParsedMail['attachments'];
}

export function HtmlPart({ html, attachments }: HtmlPartProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const shown = useMemo(() => sanitiseHtml(html, attachments), [html, attachments]);
  return (
    <div className={parts.column}>
      {shown.hasRemoteContent && (
        <div className={parts.bar} role="status">
          <ImageProhibited20Regular className={parts.barIcon} aria-hidden />
          Remote images are blocked.
        </div>
      )}
      <iframe
        title="Message"
        className={styles.frame}
        sandbox=""
        referrerPolicy="no-referrer"
        srcDoc={shown.document}
      />
    </div>
  );
}
