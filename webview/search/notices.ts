import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import type { ViewAction, ViewNotice } from '../../src/protocol/views.ts';
import { element } from '../shared/element.ts';
import { noticeView } from '../shared/notice.ts';
import type { NoticeEvents } from '../shared/notice.ts';

interface NoticesEvents extends Pick<NoticeEvents, 'action'> {
  dismiss(message: string): void;
}

/** The banners above the results. They stay while searches come and go, so that the results do not jump. */
export class Notices {
  readonly element = element('div', { class: 'notices', 'aria-live': 'polite' });
  readonly #strings: SearchStrings;
  readonly #events: NoticesEvents;
  #shown = '';

  constructor(strings: SearchStrings, events: NoticesEvents) {
    this.#strings = strings;
    this.#events = events;
  }

  /** The same message is shown once; errors cannot be closed. */
  update(notices: readonly (ViewNotice | undefined)[], dismissed: readonly string[]): void {
    const present = notices.filter((notice) => notice !== undefined);
    const byMessage = new Map(present.map((notice) => [notice.message, notice]));
    const open = [...byMessage.values()].filter(
      ({ severity, message }) => severity === 'error' || !dismissed.includes(message),
    );
    const content = JSON.stringify(open);
    if (content === this.#shown) return;
    this.#shown = content;
    const action = (id: ViewAction): void => this.#events.action(id);
    this.element.replaceChildren(
      ...open.map((notice) =>
        notice.severity === 'error'
          ? noticeView(notice, this.#strings, { action })
          : noticeView(notice, this.#strings, { action, dismiss: () => this.#events.dismiss(notice.message) }),
      ),
    );
  }
}
