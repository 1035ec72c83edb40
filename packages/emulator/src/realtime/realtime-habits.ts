/** How realtime conversations behave where the service's documentation and observations of it contradict each other. */
export type RealtimeHabits = {
  /**
   * Ids of items that a client creates: replaced by the server's own (observed), or those of the client (documented).
   * Default `server`, with `strict` `client`.
   */
  itemIds: 'server' | 'client';
  /** Whether turns found by the server's own detection get transcripts; both were observed. Default `sent`. */
  vadTranscripts: 'sent' | 'absent';
};

/** How fast replies are sent: as they would be played, or as fast as they can be made. */
export type Pace = 'real-time' | 'fast';

export const PACES: readonly Pace[] = ['real-time', 'fast'];
