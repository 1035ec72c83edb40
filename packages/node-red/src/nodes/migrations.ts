/** Changes a configuration of one version into that of the next, in place. */
export type Migration = (config: Record<string, unknown>) => void;

/**
 * Of each type of node, what to do with a stored configuration of version 1, 2, …. Apart from the definitions, since the editor
 * needs them too when it opens a node that an older version of this package has saved.
 */
export const MIGRATIONS: Readonly<Record<string, readonly Migration[]>> = {};
