/** One end of a channel that carries structured clones in order: a worker, a webview, a frame, a `MessagePort`. */
export interface OutputPort {
  /** Sends a message; the buffers in `transfer` may be moved instead of copied, and are not used here any more. */
  post(message: unknown, transfer: ArrayBuffer[]): void;
  /**
   * Calls `listener` with each message, and `onClosed` once the other end cannot be reached any more, until the function
   * it returns is called. Messages of others on the same channel are ignored.
   */
  subscribe(listener: (message: unknown) => void, onClosed: () => void): () => void;
}

/** What a `MessagePort`, a `Worker` and Node's own of both have in common. */
export type MessagePortLike = {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  removeEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  start?(): void;
};

/** A `MessagePort` or a `Worker` as a port. Closing it stays with whoever made it. */
export function toOutputPort(port: MessagePortLike): OutputPort {
  return {
    post: (message, transfer) => port.postMessage(message, transfer),
    subscribe(listener, onClosed) {
      const onMessage = ({ data }: { readonly data?: unknown }): void => listener(data);
      port.addEventListener('message', onMessage);
      port.addEventListener('close', onClosed);
      port.start?.();
      return () => {
        port.removeEventListener('message', onMessage);
        port.removeEventListener('close', onClosed);
      };
    },
  };
}
