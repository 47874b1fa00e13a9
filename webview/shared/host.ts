/** What VS Code gives a page once. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The page's end of its conversation with the extension host. */
export interface Host<Outgoing, Incoming> {
  post(message: Outgoing): void;
  listen(handler: (message: Incoming) => void): void;
  /** The UI state saved last, in this life of the page or an earlier one; from an older version perhaps. */
  savedState(): unknown;
  saveState(state: object): void;
}

/** Call once per page: VS Code hands its API out a single time. */
export function connectHost<Outgoing, Incoming>(): Host<Outgoing, Incoming> {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    listen: (handler) => window.addEventListener('message', (event: MessageEvent<Incoming>) => handler(event.data)),
    savedState: () => api.getState(),
    saveState: (state) => api.setState(state),
  };
}
