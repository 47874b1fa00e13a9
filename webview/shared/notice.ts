import close from '@vscode/codicons/src/icons/close.svg';
import error from '@vscode/codicons/src/icons/error.svg';
import info from '@vscode/codicons/src/icons/info.svg';
import warning from '@vscode/codicons/src/icons/warning.svg';
import type { ViewAction, ViewNotice } from '../../src/protocol/views.ts';
import { iconButton, textButton } from './button.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';

export interface NoticeEvents {
  action(action: ViewAction): void;
  /** Without it the notice cannot be closed. */
  dismiss?: () => void;
}

export interface NoticeStrings {
  readonly dismiss: string;
  readonly severityInfo: string;
  readonly severityWarning: string;
  readonly severityError: string;
}

/** A banner: what is the matter, the button that leads on, and a way to close it. */
export function noticeView(
  { severity, message, action }: ViewNotice,
  strings: NoticeStrings,
  events: NoticeEvents,
): HTMLElement {
  const svg = { info, warning, error }[severity];
  const name = { info: strings.severityInfo, warning: strings.severityWarning, error: strings.severityError }[severity];
  const text = element(
    'div',
    { class: 'notice-text' },
    element('span', { class: 'visually-hidden' }, `${name}: `),
    message,
  );
  if (action !== undefined) {
    text.append(
      element(
        'div',
        { class: 'notice-action' },
        textButton(action.label, 'link', () => events.action(action.id)),
      ),
    );
  }
  const view = element('div', { class: `notice ${severity}`, role: 'group', 'aria-label': name });
  view.append(icon(svg, 'notice-icon'), text);
  if (events.dismiss !== undefined) view.append(iconButton(close, strings.dismiss, events.dismiss));
  return view;
}
