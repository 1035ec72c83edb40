/** Reading long texts aloud. */
export const narration = {
  'help.narrate': 'read files or folders aloud, or into an audio file',
  'help.narrate.files': 'Markdown, text or source files, folders, or - for standard input',
  'help.narrate.out': 'write an .mp3 or .wav, with chapters, in place of playing',
  'help.narrate.from': 'begin at the heading that has these words',
  'help.narrate.continue': 'go on where reading these files ended last time',
  'help.narrate.cast':
    'voices of the persons in the text: Anna=linjiajiejie,Bo=cixingnansheng, or a JSON file',
  'help.narrate.tempo': 'how fast it is played, {least} to {most}; costs nothing anew (default: 1)',
  'help.narrate.cache': 'folder where speech that was paid for is kept (default: {folder})',
  'help.narrate.noCache': 'keep no speech',
  'help.narrate.dryRun': 'only say how long it gets and what it costs',
  'help.narrate.price': 'price of 10 000 billed characters (default: the list price of the model)',
  'help.narrate.subtitles': 'write subtitles beside the file: srt, vtt, json, several with commas',
  'help.narrate.bitrate': 'of an .mp3, in kbit/s: {rates} (default: {standard})',
  'help.narrate.artist': 'the artist that an .mp3 names',
  'help.narrate.read': 'read aloud what is left out or announced: {kinds}',
  'help.narrate.skip': 'leave out: {kinds}',
  'help.narrate.as': 'read the files as markdown, plain or code, whatever their names say',
  'help.narrate.directives':
    'words in ( ) direct the voice in place of being read (models 2.5 and 3)',
  'help.narrate.restart': 'begin the audio file anew where an earlier run broke off',

  'error.cast': '“{value}” is not name=voice.',
  'error.castFile': 'The cast {file} cannot be read: {reason}',
  'error.castShape': 'The cast {file} must be an object that has a voice for each name.',
  'error.castMember': 'In the cast {file}, “{field}” is not what it should be.',
  'error.emptyFolder': 'In {file} there is no Markdown or text file.',
  'error.fullFolder': '{file} has {count} texts; at most {most} are read at once.',
  'error.fileKind': '{file} cannot be read aloud: {extension} is not a text this program knows.',
  'advice.cast':
    'For example: --cast "Anna=linjiajiejie,Bo=cixingnansheng", or a file {"Anna": "linjiajiejie"}',
  'advice.fileKind': 'Convert it to Markdown first (pandoc can), or say how to read it: --as plain',
  'advice.narrate':
    'For example: stepvoice narrate notes.md, or: stepvoice narrate book/ -o book.mp3',
} as const;
