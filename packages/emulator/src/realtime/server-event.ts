/** An event of the realtime socket as it leaves, but for its `event_id`. */
export type ServerEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** What the service says when it refuses a client event, or fails. */
export function errorEvent(error: {
  type: 'invalid_request_error' | 'server_error';
  message: string;
  code?: string | undefined;
  param?: string | undefined;
  /** Of the client event that it is about. */
  eventId?: string | undefined;
}): ServerEvent {
  const { type, code, message, param, eventId } = error;
  return {
    type: 'error',
    error: {
      type,
      ...(code !== undefined && { code }),
      message,
      ...(param !== undefined && { param }),
      ...(eventId !== undefined && { event_id: eventId }),
    },
  };
}
