/** What has to be said above the content: the engine is out of reach, a verb was refused, a change waits. */
import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarGroup,
  MessageBarTitle,
  makeStyles,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { useConnection } from '../client';
import { dismissNotice, useConsole } from './console-store';

const useStyles = makeStyles({ bar: { borderRadius: 0, borderInlineWidth: 0, borderTopWidth: 0 } });

export function Notices(): ReactElement {
  const styles = useStyles();
  const connection = useConnection();
  const notices = useConsole((state) => state.notices);
  return (
    <>
      {connection.state === 'lost' && (
        <MessageBar intent="error" className={styles.bar} layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>The engine is out of reach</MessageBarTitle> What you see may be old. Connecting
            again…
          </MessageBarBody>
        </MessageBar>
      )}
      <MessageBarGroup animate="exit-only">
        {notices.map((notice) => (
          <MessageBar key={notice.id} intent={notice.intent} className={styles.bar} layout="multiline">
            <MessageBarBody>
              <MessageBarTitle>{notice.title}</MessageBarTitle> {notice.text}
            </MessageBarBody>
            <MessageBarActions
              containerAction={
                <Button
                  appearance="transparent"
                  size="small"
                  aria-label="Dismiss"
                  icon={<DismissRegular />}
                  onClick={() => dismissNotice(notice.id)}
                />
              }
            >
              {notice.action !== undefined && (
                <Button
                  size="small"
                  onClick={() => {
                    dismissNotice(notice.id);
                    notice.action?.run();
                  }}
                >
                  {notice.action.label}
                </Button>
              )}
            </MessageBarActions>
          </MessageBar>
        ))}
      </MessageBarGroup>
    </>
  );
}
