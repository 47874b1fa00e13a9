/**
 * What the engine asks of the thread that started it. In the editor that is the extension-host thread: VS Code honours
 * proxies, certificates and `http.*` settings there and not in workers.
 */
export interface HostApi {
  /** Sends one HTTP request and reads the whole answer. Rejects only when cancelled: other failures are answers. */
  fetch(request: FetchRequest, signal?: AbortSignal): Promise<FetchOutcome>;
}

export interface FetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
  /** `manual`: a redirect is an answer like any other and is not followed. */
  readonly redirect: 'follow' | 'manual';
}

/** An HTTP answer whatever its status, or the reason why there is none. */
export type FetchOutcome =
  | {
      readonly ok: true;
      readonly status: number;
      readonly statusText: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly body: Uint8Array;
    }
  | { readonly ok: false; readonly message: string; readonly code?: string };
